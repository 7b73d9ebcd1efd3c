package dev.quorate.sim.invariants;

import dev.quorate.raft.LogId;

/** What is committed stays as it is: no node commits another entry there, and none drops one it knows as committed. */
final class CommittedImmutable {
    static final String NAME = "CommittedImmutable";

    private final Court court;
    private final Ledger ledger;

    CommittedImmutable(Court court, Ledger ledger) {
        this.court = court;
        this.ledger = ledger;
    }

    /** A node that knows entries up to {@code known} as committed commits up to {@code index} of its log. */
    void commits(NodeRecord node, long known, long index) {
        for (long at = Math.max(known, node.log.purged().index()) + 1; at <= index; at++) {
            long term = node.log.termAt(at);
            court.require(term >= 0, NAME, "commits what it has not written:", node.id, at);
            if (at <= ledger.committed()) {
                LogId before = ledger.committedAt(at);
                court.require(before.term() == term, NAME, "another entry committed:", node.id, at, before, term);
            } else {
                court.require(at == ledger.committed() + 1, NAME, "a hole in what is committed:", node.id, at);
                ledger.commit(new LogId(term, at), node.term);
            }
        }
    }

    /** A node drops the entries from an index on. */
    void truncates(NodeRecord node, long index) {
        court.require(index > node.commitIndex, NAME, "drops committed entries:", node.id, index, node.commitIndex);
    }
}
