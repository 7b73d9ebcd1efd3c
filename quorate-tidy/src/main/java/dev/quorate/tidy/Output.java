package dev.quorate.tidy;

import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import java.util.List;
import java.util.Set;

/** Only the command line, the examples and the benchmarks speak to the terminal; everything else answers its caller. */
final class Output implements Rule {
    private static final Set<String> SPEAKERS =
            Set.of("dev.quorate.server", "dev.quorate.examples", "dev.quorate.benchmarks");

    @Override
    public List<Violation> violations(Source source) {
        boolean speaks = SPEAKERS.stream().anyMatch(speaker -> (source.packageName() + ".").startsWith(speaker + "."));
        return speaks ? List.of() : new Walk(source).all();
    }

    private static final class Walk extends Findings {
        Walk(Source source) {
            super(source);
        }

        @Override
        public Void visitImport(ImportTree tree, Void unused) {
            String name = tree.getQualifiedIdentifier().toString();
            if (tree.isStatic()
                    && Set.of("java.lang.System.out", "java.lang.System.err").contains(name)) {
                note(tree, name + " outside the command line");
            }
            return null;
        }

        @Override
        public Void visitMemberSelect(MemberSelectTree tree, Void unused) {
            String owner = tree.getExpression().toString();
            String name = tree.getIdentifier().toString();
            boolean ofSystem = owner.equals("System") || owner.equals("java.lang.System");
            if (ofSystem && (name.equals("out") || name.equals("err"))) {
                note(tree, "System." + name + " outside the command line");
            }
            if (name.equals("printStackTrace")) {
                note(tree, "printStackTrace outside the command line");
            }
            return super.visitMemberSelect(tree, null);
        }
    }
}
