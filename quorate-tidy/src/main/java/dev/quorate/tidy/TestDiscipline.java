package dev.quorate.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.Tree;
import java.util.List;
import java.util.regex.Pattern;

/** A test waits for an event, not for time to pass, and it runs. */
final class TestDiscipline implements Rule {
    private static final Pattern SLEEP =
            Pattern.compile("(?:.*\\.)?(?:Thread|TimeUnit(?:\\.[A-Z]+)?|[A-Z]+SECONDS)\\.sleep");

    @Override
    public List<Violation> violations(Source source) {
        return source.isMain() ? List.of() : new Walk(source).all();
    }

    private static final class Walk extends Findings {
        Walk(Source source) {
            super(source);
        }

        @Override
        public Void visitImport(ImportTree tree, Void unused) {
            if (tree.isStatic()) {
                noteSleep(tree, tree.getQualifiedIdentifier().toString());
            }
            return null;
        }

        @Override
        public Void visitMemberSelect(MemberSelectTree tree, Void unused) {
            noteSleep(tree, tree.toString());
            return super.visitMemberSelect(tree, null);
        }

        @Override
        public Void visitAnnotation(AnnotationTree tree, Void unused) {
            if (Annotations.name(tree).equals("Disabled")) {
                note(tree, "a disabled test proves nothing");
            }
            return super.visitAnnotation(tree, null);
        }

        private void noteSleep(Tree tree, String name) {
            if (SLEEP.matcher(name).matches()) {
                note(tree, "a test that sleeps is slow or wrong: wait for the event");
            }
        }
    }
}
