package dev.quorate.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssertTree;
import java.util.List;

/** A check that can be switched off is none: no {@code assert} statement, no way around the null checker. */
final class Checks implements Rule {
    @Override
    public List<Violation> violations(Source source) {
        return new Walk(source).all();
    }

    private static final class Walk extends Findings {
        Walk(Source source) {
            super(source);
        }

        @Override
        public Void visitAssert(AssertTree tree, Void unused) {
            note(tree, "assert is off in production: use an invariant");
            return super.visitAssert(tree, null);
        }

        @Override
        public Void visitAnnotation(AnnotationTree tree, Void unused) {
            String name = Annotations.name(tree);
            boolean silences = name.equals("SuppressWarnings")
                    && tree.getArguments().toString().contains("\"NullAway\"");
            if (silences || name.equals("NullUnmarked")) {
                note(tree, "the null checker is not silenced");
            }
            return super.visitAnnotation(tree, null);
        }
    }
}
