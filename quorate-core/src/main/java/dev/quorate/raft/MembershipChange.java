package dev.quorate.raft;

import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What an operator wants to be different about a cluster. Each change is idempotent: asked for again, after an unknown
 * outcome for instance, it succeeds without doing anything.
 *
 * <p>A node that gets a vote is made a learner first, catches up in rounds (thesis §4.2.1), and votes from the joint
 * configuration on (Raft §6). Should it never catch up, the change fails and it stays a learner.
 */
public sealed interface MembershipChange {
    /** A node that receives the log without a vote. */
    static MembershipChange addLearner(NodeId id, String address) {
        return new AddLearner(id, address);
    }

    /** A node that catches up as a learner and then gets a vote. */
    static MembershipChange addVoter(NodeId id, String address) {
        return new AddVoter(id, address);
    }

    /** A vote for a learner that has caught up; refused when it lags. */
    static MembershipChange promote(NodeId id) {
        return new Promote(id);
    }

    /** A voter that becomes a learner. */
    static MembershipChange demote(NodeId id) {
        return new Demote(id);
    }

    /** A member less. A leader that removes itself hands over when that is committed. */
    static MembershipChange remove(NodeId id) {
        return new Remove(id);
    }

    /** A new node in the place of an old one: a voter for a voter, a learner for a learner. */
    static MembershipChange replace(NodeId old, NodeId id, String address) {
        return new Replace(old, id, address);
    }

    /** Another address of the same node. */
    static MembershipChange updateAddress(NodeId id, String address) {
        return new UpdateAddress(id, address);
    }

    /** Another address of the same node, unless somebody else gave it one meanwhile, which refuses this. */
    static MembershipChange exchangeAddress(NodeId id, String from, String to) {
        return new ExchangeAddress(id, from, to);
    }

    /** Exactly these voters, in one change; learners that are not among them stay. */
    static MembershipChange voters(Map<NodeId, String> addresses) {
        return new Voters(new TreeMap<>(addresses));
    }

    /** As {@link #voters(Map)}; members keep their addresses, new nodes need none. */
    static MembershipChange voters(Set<NodeId> ids) {
        return new VoterIds(new TreeSet<>(ids));
    }

    /**
     * The membership that this change leads to.
     *
     * @param now the membership in force, not a joint one
     * @throws IllegalArgumentException when the change makes no sense with it; the message says why
     */
    Membership target(Membership now);

    /** True when new voters are waited for until they have caught up. */
    default boolean waitsForCatchUp() {
        return true;
    }

    /** See {@link #addLearner}. */
    record AddLearner(NodeId id, String address) implements MembershipChange {
        @Override
        public Membership target(Membership now) {
            if (now.voters().contains(id)) {
                throw new IllegalArgumentException("node " + id + " is a voter already; demote makes it a learner");
            }
            MembershipDraft draft = new MembershipDraft(now);
            draft.admit(id, address);
            draft.makeLearner(id);
            return draft.membership();
        }
    }

    /** See {@link #addVoter}. */
    record AddVoter(NodeId id, String address) implements MembershipChange {
        @Override
        public Membership target(Membership now) {
            MembershipDraft draft = new MembershipDraft(now);
            draft.admit(id, address);
            draft.makeVoter(id);
            return draft.membership();
        }
    }

    /** See {@link #promote}. */
    record Promote(NodeId id) implements MembershipChange {
        @Override
        public Membership target(Membership now) {
            MembershipDraft draft = new MembershipDraft(now);
            draft.requireMember(id);
            draft.makeVoter(id);
            return draft.membership();
        }

        @Override
        public boolean waitsForCatchUp() {
            return false;
        }
    }

    /** See {@link #demote}. */
    record Demote(NodeId id) implements MembershipChange {
        @Override
        public Membership target(Membership now) {
            MembershipDraft draft = new MembershipDraft(now);
            draft.requireMember(id);
            draft.makeLearner(id);
            return draft.membership();
        }
    }

    /** See {@link #remove}. */
    record Remove(NodeId id) implements MembershipChange {
        @Override
        public Membership target(Membership now) {
            MembershipDraft draft = new MembershipDraft(now);
            draft.drop(id);
            return draft.membership();
        }
    }

    /** See {@link #replace}. */
    record Replace(NodeId old, NodeId id, String address) implements MembershipChange {
        @Override
        public Membership target(Membership now) {
            MembershipDraft draft = new MembershipDraft(now);
            boolean done = !now.contains(old) && now.contains(id);
            if (!done) {
                draft.requireMember(old);
            }
            if (old.equals(id)) {
                throw new IllegalArgumentException("node " + id + " cannot take its own place");
            }
            boolean voter = done ? now.voters().contains(id) : now.voters().contains(old);
            draft.drop(old);
            draft.admit(id, address);
            if (voter) {
                draft.makeVoter(id);
            } else if (!now.voters().contains(id)) {
                draft.makeLearner(id);
            }
            return draft.membership();
        }
    }

    /** See {@link #updateAddress}. */
    record UpdateAddress(NodeId id, String address) implements MembershipChange {
        @Override
        public Membership target(Membership now) {
            MembershipDraft draft = new MembershipDraft(now);
            draft.requireMember(id);
            draft.address(id, address);
            return draft.membership();
        }
    }

    /** See {@link #exchangeAddress}. */
    record ExchangeAddress(NodeId id, String from, String to) implements MembershipChange {
        @Override
        public Membership target(Membership now) {
            MembershipDraft draft = new MembershipDraft(now);
            draft.requireMember(id);
            draft.exchange(id, from, to);
            return draft.membership();
        }
    }

    /** See {@link #voters(Map)}. */
    record Voters(SortedMap<NodeId, String> addresses) implements MembershipChange {
        @Override
        public Membership target(Membership now) {
            MembershipDraft draft = new MembershipDraft(now);
            for (NodeId voter : now.voters()) {
                if (!addresses.containsKey(voter)) {
                    draft.drop(voter);
                }
            }
            addresses.forEach((id, address) -> {
                draft.address(id, address);
                draft.makeVoter(id);
            });
            return draft.membership();
        }
    }

    /** See {@link #voters(Set)}. */
    record VoterIds(SortedSet<NodeId> ids) implements MembershipChange {
        @Override
        public Membership target(Membership now) {
            SortedMap<NodeId, String> addresses = new TreeMap<>();
            for (NodeId id : ids) {
                addresses.put(id, now.addresses().getOrDefault(id, ""));
            }
            return new Voters(addresses).target(now);
        }
    }
}
