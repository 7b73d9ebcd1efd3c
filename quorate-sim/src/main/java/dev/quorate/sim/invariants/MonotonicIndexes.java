package dev.quorate.sim.invariants;

import dev.quorate.raft.HardState;

/** Terms, commit, applied, snapshot and purge positions never go back; a term has one vote. */
final class MonotonicIndexes {
    static final String NAME = "MonotonicIndexes";

    private final Court court;

    MonotonicIndexes(Court court) {
        this.court = court;
    }

    void term(NodeRecord node, long term) {
        court.require(term >= node.term, NAME, "the term goes back:", node.id, node.term, term);
    }

    void commit(NodeRecord node, long index) {
        court.require(index > node.commitIndex, NAME, "commits backwards:", node.id, node.commitIndex, index);
        court.require(index <= node.log.last(), NAME, "commits behind its log:", node.id, index, node.log.last());
    }

    void hardState(NodeRecord node, HardState before, HardState now) {
        boolean later = now.term() > before.term();
        boolean same = now.term() == before.term()
                && (before.votedFor().isEmpty() || before.votedFor().equals(now.votedFor()));
        court.require(later || same, NAME, "term and vote go back:", node.id, before, now);
    }
}
