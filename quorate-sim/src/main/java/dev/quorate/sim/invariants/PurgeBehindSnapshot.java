package dev.quorate.sim.invariants;

import dev.quorate.raft.LogId;

/** A node forgets entries only behind a durable snapshot of its own. */
final class PurgeBehindSnapshot {
    static final String NAME = "PurgeBehindSnapshot";

    private final Court court;
    private final Ledger ledger;

    PurgeBehindSnapshot(Court court, Ledger ledger) {
        this.court = court;
        this.ledger = ledger;
    }

    /** A node is about to purge. */
    void purges(NodeRecord node, LogId through) {
        court.require(
                through.index() <= node.snapshot.index(),
                NAME,
                "purges past its snapshot:",
                node.id,
                through,
                node.snapshot);
        court.require(through.index() <= ledger.committed(), NAME, "purges what is not committed:", node.id, through);
    }

    /** A node is about to replace its log by a snapshot. */
    void resets(NodeRecord node, LogId to) {
        court.require(
                to.index() <= node.snapshot.index(),
                NAME,
                "drops its log without a snapshot:",
                node.id,
                to,
                node.snapshot);
    }
}
