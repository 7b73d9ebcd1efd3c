package dev.quorate.sim.invariants;

import java.util.Collection;

/** While the leader of one term holds a lease, nothing is committed in another (thesis §6.4.1). */
final class LeaseSafety {
    static final String NAME = "LeaseSafety";

    private final Court court;

    LeaseSafety(Court court) {
        this.court = court;
    }

    /** A node was the first to commit something, in its term. */
    void committedNew(NodeRecord by, Collection<NodeRecord> nodes) {
        for (NodeRecord node : nodes) {
            court.require(
                    node.term == by.term || !node.holdsLease(),
                    NAME,
                    "committed under another's lease:",
                    by.id,
                    node.id);
        }
    }
}
