package dev.quorate.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.PrimitiveTypeTree;
import com.sun.source.tree.Tree;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.type.TypeKind;

/**
 * Names say what a thing is: a type does not end in a word that fits everything, an accessor does not begin with one.
 *
 * <p>An accessor that overrides another type's is named there. Two such names are ours all the same, because the state
 * machine handler's contract gives them: {@code NewCommitData} and {@code getLatestSnapshotMetadata}.
 */
final class Names implements Rule {
    private static final Pattern EMPTY_WORD =
            Pattern.compile("(?:^|.*[a-z0-9])(?:Impl|Manager|Utils?|Helpers?|Base|Data|Info)");
    private static final Pattern GETTER = Pattern.compile("get[A-Z].*");
    private static final Set<String> NAMED_BY_A_CONTRACT = Set.of("NewCommitData", "getLatestSnapshotMetadata");

    @Override
    public List<Violation> violations(Source source) {
        return new Walk(source).all();
    }

    private static final class Walk extends Findings {
        Walk(Source source) {
            super(source);
        }

        @Override
        public Void visitClass(ClassTree tree, Void unused) {
            String name = tree.getSimpleName().toString();
            if (EMPTY_WORD.matcher(name).matches() && !NAMED_BY_A_CONTRACT.contains(name)) {
                note(tree, "type name " + name + " ends in a word that says nothing");
            }
            return super.visitClass(tree, null);
        }

        @Override
        public Void visitMethod(MethodTree tree, Void unused) {
            String name = tree.getName().toString();
            if (GETTER.matcher(name).matches()
                    && !NAMED_BY_A_CONTRACT.contains(name)
                    && tree.getParameters().isEmpty()
                    && !isVoid(tree.getReturnType())
                    && !Annotations.names(tree.getModifiers()).contains("Override")) {
                note(tree, "accessor " + name + " carries a get");
            }
            return super.visitMethod(tree, null);
        }

        private static boolean isVoid(Tree type) {
            return type instanceof PrimitiveTypeTree primitive && primitive.getPrimitiveTypeKind() == TypeKind.VOID;
        }
    }
}
