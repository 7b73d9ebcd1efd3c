package dev.quorate.sim.invariants;

/** An invariant did not hold. Thrown through the node that broke it, which halts. */
public final class BrokenInvariantException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String invariant;

    BrokenInvariantException(String invariant, String what) {
        super(invariant + ": " + what);
        this.invariant = invariant;
    }

    /** The name of the invariant. */
    public String invariant() {
        return invariant;
    }
}
