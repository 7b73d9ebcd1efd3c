package dev.quorate.sim.invariants;

import dev.quorate.raft.NodeId;
import java.util.Map;
import java.util.TreeMap;

/** At most one leader in a term (Raft §5.2). */
final class ElectionSafety {
    static final String NAME = "ElectionSafety";

    private final Court court;
    private final Map<Long, NodeId> leaders = new TreeMap<>();

    ElectionSafety(Court court) {
        this.court = court;
    }

    /** A node leads, or sent what only a leader sends; true when that is news. */
    boolean leads(NodeId node, long term) {
        NodeId other = leaders.putIfAbsent(term, node);
        if (other != null && !other.equals(node)) {
            throw court.broken(NAME, "term " + term + " has two leaders: " + other + " and " + node);
        }
        return other == null;
    }
}
