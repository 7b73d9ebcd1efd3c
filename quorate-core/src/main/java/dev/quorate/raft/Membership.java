package dev.quorate.raft;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who belongs to the cluster, and whose agreement makes a quorum.
 *
 * <p>While {@code outgoing} is not empty the membership is a joint one (Raft §6): a decision needs a majority of
 * {@code voters} and a majority of {@code outgoing}. Learners receive the log and never count.
 *
 * @param voters the voters of the (new) configuration; none only in {@link #NONE}, at most {@link #MEMBERS_MAX} with
 *     the rest
 * @param outgoing the voters of the configuration that is being left; empty outside a change
 * @param learners nodes that receive entries without a vote; disjoint from {@code voters}. A voter that is being
 *     demoted is in {@code outgoing} and in {@code learners}
 * @param addresses the peer address of each member, for transports that need one; "" when it has none
 */
public record Membership(
        SortedSet<NodeId> voters,
        SortedSet<NodeId> outgoing,
        SortedSet<NodeId> learners,
        SortedMap<NodeId, String> addresses) {

    /** The most members that a cluster may have, voters and learners together. */
    public static final int MEMBERS_MAX = 64;

    /** The membership of a node that joins a cluster and was not contacted yet: nobody, and so never a quorum. */
    public static final Membership NONE = new Membership(
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            Collections.emptySortedMap());

    public Membership {
        voters = Collections.unmodifiableSortedSet(new TreeSet<>(voters));
        outgoing = Collections.unmodifiableSortedSet(new TreeSet<>(outgoing));
        learners = Collections.unmodifiableSortedSet(new TreeSet<>(learners));
        addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        if (voters.isEmpty() && !(outgoing.isEmpty() && learners.isEmpty())) {
            throw new IllegalArgumentException("a membership needs at least one voter");
        }
        for (NodeId learner : learners) {
            if (voters.contains(learner)) {
                throw new IllegalArgumentException("node " + learner + " is both a voter and a learner");
            }
        }
        SortedSet<NodeId> members = union(voters, outgoing, learners);
        if (members.size() > MEMBERS_MAX) {
            throw new IllegalArgumentException(members.size() + " members, the limit is " + MEMBERS_MAX);
        }
        if (!addresses.keySet().equals(members)) {
            throw new IllegalArgumentException("addresses of " + addresses.keySet() + " for members " + members);
        }
    }

    /** A membership of voters at their addresses, without learners. */
    public static Membership ofVoters(Map<NodeId, String> addresses) {
        SortedMap<NodeId, String> sorted = new TreeMap<>(addresses);
        return new Membership(new TreeSet<>(sorted.keySet()), new TreeSet<>(), new TreeSet<>(), sorted);
    }

    /** A membership of voters that need no address. */
    public static Membership ofVoters(NodeId... voters) {
        SortedMap<NodeId, String> addresses = new TreeMap<>();
        for (NodeId voter : voters) {
            addresses.put(voter, "");
        }
        return ofVoters(addresses);
    }

    /** True in the middle of a change of voters, when two majorities are needed. */
    public boolean isJoint() {
        return !outgoing.isEmpty();
    }

    /** True when the node's vote counts, in either half of a joint membership. */
    public boolean isVoter(NodeId node) {
        return voters.contains(node) || outgoing.contains(node);
    }

    /** True when the node receives the log at all. */
    public boolean contains(NodeId node) {
        return addresses.containsKey(node);
    }

    /** Everyone who receives the log, in the order of their ids. */
    public Set<NodeId> members() {
        return addresses.keySet();
    }

    /** True when {@code agreeing} holds a majority of the voters, of both halves while joint. */
    public boolean isQuorum(Set<NodeId> agreeing) {
        return isMajority(voters, agreeing) && (outgoing.isEmpty() || isMajority(outgoing, agreeing));
    }

    /** The first half of a change to {@code target}: both majorities are needed from here on (Raft §6). */
    Membership jointWith(Membership target) {
        SortedMap<NodeId, String> all = new TreeMap<>(addresses);
        all.putAll(target.addresses);
        all.keySet().retainAll(union(target.voters, voters, target.learners));
        return new Membership(target.voters, voters, target.learners, all);
    }

    /** The second half of a change: the new configuration alone. */
    Membership leaveJoint() {
        SortedMap<NodeId, String> rest = new TreeMap<>(addresses);
        rest.keySet().retainAll(union(voters, learners, Collections.emptySortedSet()));
        return new Membership(voters, Collections.emptySortedSet(), learners, rest);
    }

    /** This membership and those voters of {@code target} that are no members yet, as learners. */
    Membership withLearnersOf(Membership target) {
        SortedSet<NodeId> more = new TreeSet<>(learners);
        SortedMap<NodeId, String> all = new TreeMap<>(addresses);
        for (NodeId voter : target.voters) {
            if (!contains(voter)) {
                more.add(voter);
                all.put(voter, target.addresses.getOrDefault(voter, ""));
            }
        }
        return new Membership(voters, outgoing, more, all);
    }

    private static boolean isMajority(Set<NodeId> of, Set<NodeId> agreeing) {
        int count = 0;
        for (NodeId voter : of) {
            if (agreeing.contains(voter)) {
                count++;
            }
        }
        return count > of.size() / 2;
    }

    private static SortedSet<NodeId> union(Set<NodeId> a, Set<NodeId> b, Set<NodeId> c) {
        SortedSet<NodeId> all = new TreeSet<>(a);
        all.addAll(b);
        all.addAll(c);
        return all;
    }
}
