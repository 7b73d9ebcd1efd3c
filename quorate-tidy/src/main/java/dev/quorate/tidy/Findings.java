package dev.quorate.tidy;

import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.List;

/** A walk over the tree of one source that notes what breaks a rule. */
abstract class Findings extends TreeScanner<Void, Void> {
    private final Source source;
    private final List<Violation> violations = new ArrayList<>();

    Findings(Source source) {
        this.source = source;
    }

    final Source source() {
        return source;
    }

    final void note(Tree where, String message) {
        violations.add(source.violation(where, message));
    }

    /** Walks the whole source. */
    final List<Violation> all() {
        scan(source.unit(), null);
        return List.copyOf(violations);
    }
}
