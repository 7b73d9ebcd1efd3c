package dev.quorate.server.bench;

import java.util.Optional;

/**
 * What to think of an answer.
 *
 * @param bytes keys and values that it took there or brought back
 * @param conflict whether a compare-and-swap met what another client had written
 * @param wrong why the answer cannot be right
 */
record Verdict(long bytes, boolean conflict, Optional<String> wrong) {
    /** As it should be. */
    static Verdict right(long bytes) {
        return new Verdict(bytes, false, Optional.empty());
    }

    /** A comparison that did not hold. */
    static Verdict conflict(long bytes) {
        return new Verdict(bytes, true, Optional.empty());
    }

    /** Not possible. */
    static Verdict wrong(String why) {
        return new Verdict(0, false, Optional.of(why));
    }
}
