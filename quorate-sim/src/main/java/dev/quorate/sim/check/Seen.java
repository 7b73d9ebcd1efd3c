package dev.quorate.sim.check;

import java.util.OptionalLong;

/**
 * A value as a client read it.
 *
 * @param modRevision the revision at which the pair was last written, 1 or more, where the answer said it
 */
public record Seen(String value, OptionalLong modRevision) {
    public Seen {
        if (modRevision.isPresent() && modRevision.getAsLong() < 1) {
            throw new IllegalArgumentException("a revision is at least 1, not " + modRevision.getAsLong());
        }
    }

    /** A value without its revision. */
    public static Seen of(String value) {
        return new Seen(value, OptionalLong.empty());
    }

    /** A value that was last written at a revision. */
    public static Seen of(String value, long modRevision) {
        return new Seen(value, OptionalLong.of(modRevision));
    }
}
