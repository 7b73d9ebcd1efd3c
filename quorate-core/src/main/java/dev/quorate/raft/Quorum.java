package dev.quorate.raft;

import java.util.List;
import java.util.Set;

/**
 * The counting of a leader: the greatest value that a quorum of the voters has reached, of both halves while joint.
 * Says the same as {@link Membership#isQuorum} would of the voters at or above that value, without a set for each
 * acknowledgement.
 */
final class Quorum {
    /** What is counted. */
    enum Measure {
        /** The durable, equal part of the log. */
        MATCH,
        /** The newest confirmed round. */
        ROUND,
        /** The time of the last answer. */
        HEARD
    }

    private final Peer[] voters;
    private final Peer[] outgoing;
    private final long[] sorted;

    /** Counts the voters of the membership among {@code members}, which holds the leader itself too. */
    Quorum(Membership membership, List<Peer> members) {
        voters = select(membership.voters(), members);
        outgoing = select(membership.outgoing(), members);
        sorted = new long[Math.max(voters.length, outgoing.length)];
    }

    /** The greatest value that a quorum has reached. */
    long reached(Measure measure) {
        long byVoters = majority(voters, measure);
        return outgoing.length == 0 ? byVoters : Math.min(byVoters, majority(outgoing, measure));
    }

    /**
     * The value that more than half of the peers have reached: that of the peer in the middle, the lower one of two.
     */
    private long majority(Peer[] peers, Measure measure) {
        for (int i = 0; i < peers.length; i++) {
            long value = value(peers[i], measure);
            int place = i;
            while (place > 0 && sorted[place - 1] < value) {
                sorted[place] = sorted[place - 1];
                place--;
            }
            sorted[place] = value;
        }
        return sorted[peers.length / 2];
    }

    private static long value(Peer peer, Measure measure) {
        return switch (measure) {
            case MATCH -> peer.matchIndex;
            case ROUND -> peer.confirmedRound;
            case HEARD -> peer.heardNanos;
        };
    }

    private static Peer[] select(Set<NodeId> ids, List<Peer> members) {
        Peer[] selected = new Peer[ids.size()];
        int count = 0;
        for (Peer member : members) {
            if (ids.contains(member.id)) {
                selected[count++] = member;
            }
        }
        Invariant.check(count == selected.length, "voters without a record", count, selected.length);
        return selected;
    }
}
