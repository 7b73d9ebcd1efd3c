package dev.quorate.raft;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A membership while it is being changed; every method throws {@link IllegalArgumentException} for what cannot be. */
final class MembershipDraft {
    private final SortedSet<NodeId> voters;
    private final SortedSet<NodeId> learners;
    private final SortedMap<NodeId, String> addresses;

    MembershipDraft(Membership now) {
        if (now.isJoint()) {
            throw new IllegalArgumentException("another change is under way: " + now);
        }
        voters = new TreeSet<>(now.voters());
        learners = new TreeSet<>(now.learners());
        addresses = new TreeMap<>(now.addresses());
    }

    /** Makes sure that the node is a member at this address. */
    void admit(NodeId id, String address) {
        String known = addresses.putIfAbsent(id, address);
        if (known != null && !known.equals(address)) {
            throw new IllegalArgumentException(
                    "node " + id + " is a member already, at address '" + known + "'; updateAddress changes that");
        }
    }

    void address(NodeId id, String address) {
        addresses.put(id, address);
    }

    /** Another address for the one that is expected; nothing when it is there already. */
    void exchange(NodeId id, String from, String to) {
        String known = addresses.put(id, to);
        if (!to.equals(known) && !from.equals(known)) {
            throw new IllegalArgumentException("node " + id + " is at address '" + known + "', not at '" + from
                    + "' any more: it was changed meanwhile");
        }
    }

    void makeVoter(NodeId id) {
        learners.remove(id);
        voters.add(id);
    }

    void makeLearner(NodeId id) {
        voters.remove(id);
        learners.add(id);
    }

    void drop(NodeId id) {
        voters.remove(id);
        learners.remove(id);
        addresses.remove(id);
    }

    void requireMember(NodeId id) {
        if (!addresses.containsKey(id)) {
            throw new IllegalArgumentException("node " + id + " is not a member");
        }
    }

    Membership membership() {
        if (voters.isEmpty()) {
            throw new IllegalArgumentException("a cluster needs at least one voter");
        }
        return new Membership(voters, new TreeSet<>(), learners, addresses);
    }
}
