package dev.quorate.sim.invariants;

/** An entry committed in a term is in the log of every leader of a later term (Raft §5.4). */
final class LeaderCompleteness {
    static final String NAME = "LeaderCompleteness";

    private final Court court;
    private final Ledger ledger;

    LeaderCompleteness(Court court, Ledger ledger) {
        this.court = court;
        this.ledger = ledger;
    }

    /** A node has been elected. */
    void elected(NodeRecord node, long term) {
        long first = Math.max(node.log.purged().index(), node.snapshot.index()) + 1;
        for (long index = first; index <= ledger.committed(); index++) {
            boolean due = ledger.committedInTerm(index) < term;
            boolean there = !due || node.log.holds(ledger.committedAt(index));
            court.require(there, NAME, "the leader lacks a committed entry:", node.id, term, index);
        }
    }
}
