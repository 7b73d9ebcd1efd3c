package dev.quorate.sim.invariants;

import dev.quorate.spi.Entry;

/** The time that leaders stamp on entries never goes back along the log, whatever their clocks do. */
final class ClusterTimeNeverFalls {
    static final String NAME = "ClusterTimeNeverFalls";

    private final Court court;

    ClusterTimeNeverFalls(Court court) {
        this.court = court;
    }

    /** A state machine is about to apply a command. */
    void applies(NodeRecord node, Entry entry) {
        long before = node.appliedMillis;
        court.require(entry.timeMillis() >= before, NAME, "time goes back:", node.id, entry.id(), before, entry);
        node.appliedMillis = entry.timeMillis();
    }
}
