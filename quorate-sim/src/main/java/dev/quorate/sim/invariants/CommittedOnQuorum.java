package dev.quorate.sim.invariants;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is committed is durable on a quorum, the leader's own disk counting like any other. Judged when the first node
 * acts on it, which may be a follower: the leader tells before its own disk is done.
 */
final class CommittedOnQuorum {
    static final String NAME = "CommittedOnQuorum";

    private final Court court;

    CommittedOnQuorum(Court court) {
        this.court = court;
    }

    /** A node was the first to commit up to this entry. */
    void committed(NodeRecord first, LogId id, Collection<NodeRecord> nodes) {
        Set<NodeId> durable = new TreeSet<>();
        for (NodeRecord node : nodes) {
            if (node.heldDurably(id)) {
                durable.add(node.id);
            }
        }
        court.require(
                isQuorum(durable, id, nodes), NAME, "committed, but durable only at", durable, id, "by", first.id);
    }

    /**
     * A quorum of the membership at the entry, or of a later one: a leader counts by the newest in its log, wherever
     * the entry stands and before it is on any disk (Raft §6).
     */
    private static boolean isQuorum(Set<NodeId> durable, LogId id, Collection<NodeRecord> nodes) {
        for (NodeRecord node : nodes) {
            if (isQuorum(durable, node.announcedMembership)) {
                return true;
            }
            for (Membership membership : node.membershipsSince(id.index())) {
                if (isQuorum(durable, membership)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isQuorum(Set<NodeId> durable, Membership membership) {
        return !membership.voters().isEmpty() && membership.isQuorum(durable);
    }
}
