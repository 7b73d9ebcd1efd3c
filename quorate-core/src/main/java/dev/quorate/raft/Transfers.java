package dev.quorate.raft;

import java.util.TreeSet;

/** The snapshot transfers that this node has begun: they outlive a leadership, and there is one a peer. */
final class Transfers {
    private final TreeSet<NodeId> running = new TreeSet<>();

    /** Notes that one begins; false when one to this peer runs already. */
    boolean begin(NodeId to) {
        return running.add(to);
    }

    boolean isRunning(NodeId to) {
        return running.contains(to);
    }

    void end(NodeId to) {
        running.remove(to);
    }
}
