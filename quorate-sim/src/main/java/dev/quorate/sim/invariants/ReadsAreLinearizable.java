package dev.quorate.sim.invariants;

import dev.quorate.raft.NodeId;

/**
 * A linearizable read sees everything that was committed before it was asked. The cheap half of the proof, at once; the
 * history of all clients is checked at the end of a world.
 */
public final class ReadsAreLinearizable {
    /** The name. */
    public static final String NAME = "ReadsAreLinearizable";

    private final Court court;
    private final Ledger ledger;

    ReadsAreLinearizable(Court court, Ledger ledger) {
        this.court = court;
        this.ledger = ledger;
    }

    /**
     * A read was answered.
     *
     * @param committedBefore the highest index that was committed when it was asked
     * @param revision the revision of the state that it saw
     */
    public void answered(NodeId by, long committedBefore, long revision) {
        long least = ledger.revisionAt(committedBefore);
        court.require(
                revision >= least,
                NAME,
                "a stale read: by",
                by,
                "revision",
                revision,
                "at least",
                least,
                "committed",
                committedBefore);
    }
}
