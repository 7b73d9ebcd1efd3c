package dev.quorate.tidy;

import java.util.List;

/** A rule that is judged one source at a time. */
interface Rule {
    /** All places of the source that break this rule, in the order of the text; empty when it is tidy. */
    List<Violation> violations(Source source);
}
