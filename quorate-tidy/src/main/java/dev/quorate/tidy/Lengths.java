package dev.quorate.tidy;

import com.sun.source.tree.BlockTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/** What a reader can hold in view: a file, a method and a line have a greatest length. */
final class Lengths implements Rule {
    static final int FILE_LINES_MAX = 600;
    static final int METHOD_LINES_MAX = 70;
    static final int LINE_COLUMNS_MAX = 120;

    @Override
    public List<Violation> violations(Source source) {
        List<Violation> violations = new ArrayList<>();
        List<String> lines = source.lines();
        if (lines.size() > FILE_LINES_MAX) {
            violations.add(source.violation(FILE_LINES_MAX + 1L, "file of " + lines.size() + " lines"));
        }
        for (int i = 0; i < lines.size(); i++) {
            int columns = lines.get(i).codePointCount(0, lines.get(i).length());
            if (columns > LINE_COLUMNS_MAX) {
                violations.add(source.violation(i + 1L, "line of " + columns + " columns"));
            }
        }
        violations.addAll(new Walk(source).all());
        return List.copyOf(violations);
    }

    private static final class Walk extends Findings {
        Walk(Source source) {
            super(source);
        }

        @Override
        public Void visitMethod(MethodTree tree, Void unused) {
            measure(tree, "method " + tree.getName());
            return super.visitMethod(tree, null);
        }

        @Override
        public Void visitClass(ClassTree tree, Void unused) {
            for (Tree member : tree.getMembers()) {
                if (member instanceof BlockTree) {
                    measure(member, "initializer");
                }
            }
            return super.visitClass(tree, null);
        }

        private void measure(Tree tree, String what) {
            long lines = source().lastLine(tree) - source().firstLine(tree) + 1;
            if (lines > METHOD_LINES_MAX) {
                note(tree, what + " of " + lines + " lines");
            }
        }
    }
}
