package dev.quorate.sim.invariants;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where violations are brought; the first one of a world stays, and ends it. */
public final class Court {
    private @Nullable BrokenInvariantException first;

    /**
     * Demands that something holds.
     *
     * @param invariant its name
     * @param what what would be wrong, with the values after it
     * @throws BrokenInvariantException when it does not
     */
    public void require(boolean holds, String invariant, String what, @Nullable Object... values) {
        if (!holds) {
            StringBuilder text = new StringBuilder(what);
            for (@Nullable Object value : values) {
                text.append(' ').append(value);
            }
            throw broken(invariant, text.toString());
        }
    }

    /** As {@link #require(boolean, String, String, Object...)}, without values, so that nothing is allocated. */
    public void require(boolean holds, String invariant, String what) {
        if (!holds) {
            throw broken(invariant, what);
        }
    }

    /** Notes a violation; the result is to be thrown. */
    public BrokenInvariantException broken(String invariant, String what) {
        BrokenInvariantException broken = new BrokenInvariantException(invariant, what);
        if (first == null) {
            first = broken;
        }
        return broken;
    }

    /** True when something was violated. */
    public boolean isBroken() {
        return first != null;
    }

    /** The first violation. */
    public Optional<BrokenInvariantException> first() {
        return Optional.ofNullable(first);
    }
}
