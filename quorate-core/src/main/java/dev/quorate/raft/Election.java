package dev.quorate.raft;

import java.util.Optional;
import java.util.TreeSet;

/**
 * How a leader comes to be: the election timer, pre-votes and votes (Raft §5.2, §5.4.1; thesis §4.2.3, §9.6).
 *
 * <pre>
 *   FOLLOWER ──timeout──► PRE_CANDIDATE ──quorum would vote──► CANDIDATE ──quorum, own vote durable──► LEADER
 *       ▲                    │    ▲                              │  │
 *       └──── leader heard ──┘    └───────── timeout ────────────┘  └── leader heard, higher term ──► FOLLOWER
 * </pre>
 */
final class Election {
    /** The deadline of a node that does not wait for anything. */
    static final long NEVER = Long.MAX_VALUE;

    private final Core core;
    private final Rejoining rejoining;
    private final TreeSet<NodeId> votes = new TreeSet<>();
    private long deadlineNanos = NEVER;
    /** Before this time the node has promised, by following a live leader, to help no one else. */
    private long loyalUntilNanos = Long.MIN_VALUE;
    /** Before this time a promise may be in force that the node gave before its disk lost even the term. */
    private final long forgottenUntilNanos;

    private boolean storageFull;
    private boolean restoring;
    /** Told that it was removed by an entry which it does not have; until a leader is heard again. */
    private boolean expelled;

    Election(Core core, Rejoining rejoining) {
        this.core = core;
        this.rejoining = rejoining;
        this.forgottenUntilNanos = core.nowNanos() + core.options.electionTimeoutNanos();
        if (core.term() > 0) {
            // What was promised before a restart is forgotten, so the promise is assumed to be as fresh as can be.
            loyalUntilNanos = core.nowNanos() + core.options.electionTimeoutNanos();
        }
        arm();
    }

    /** When {@link #timeout} is due; {@link #NEVER} for a node that must not campaign. */
    long deadlineNanos() {
        return deadlineNanos;
    }

    /**
     * Begins to wait anew. A sole voter has no one to wait for, once that is committed: before, it may have become one
     * by an entry of a leader that removes itself and holds a lease until then.
     */
    void arm() {
        if (!mayCampaign()) {
            deadlineNanos = NEVER;
        } else {
            boolean alone = core.isSoleVoter() && core.isMembershipCommitted();
            deadlineNanos = alone ? core.nowNanos() : core.nowNanos() + core.randomElectionTimeout();
        }
    }

    /** The leader of the term was heard. */
    void heardLeader() {
        expelled = false;
        loyalUntilNanos = core.nowNanos() + core.options.electionTimeoutNanos();
        arm();
    }

    /** A node whose disk is full does not campaign: it could not write its no-op. */
    void storageFull(boolean full) {
        storageFull = full;
        arm();
    }

    /** A node whose state is being replaced does not campaign: its log is about to be reset. */
    void restoring(boolean active) {
        restoring = active;
        arm();
    }

    /** What the node may do changed with what it knows of its loss. */
    void rejoining() {
        if (mayCampaign() == (deadlineNanos == NEVER)) {
            arm();
        }
    }

    /** True when the node was told that the cluster has removed it. */
    boolean isExpelled() {
        return expelled;
    }

    /** A member of the cluster says that this node is none: it goes quiet, unless it knows better. */
    void notMember(Message.NotMember message) {
        boolean campaigns = core.role() == Role.PRE_CANDIDATE || core.role() == Role.CANDIDATE;
        long own = core.memberships.index();
        boolean knowsBetter = core.membership().contains(core.self)
                ? own >= message.membershipIndex()
                : own > message.membershipIndex();
        if (campaigns && !knowsBetter) {
            core.follow(core.term(), Optional.empty());
            expelled = true;
            arm();
        }
    }

    /** The leader wants this node to take over: it campaigns without a pre-vote, and without delay (thesis §3.10). */
    void timeoutNow() {
        if (core.role() == Role.FOLLOWER && mayCampaign()) {
            campaign(true);
        }
    }

    /** The timer of a node that does not lead has fired. */
    void timeout() {
        if (!mayCampaign()) {
            arm();
            return;
        }
        boolean voteUnderWay = core.role() == Role.CANDIDATE && !core.gate.isHardStatePersisted();
        if (voteUnderWay) {
            // The disk stalls: another term would not be written any sooner.
            deadlineNanos = core.nowNanos() + core.randomElectionTimeout();
            return;
        }
        core.preCampaign();
        deadlineNanos = core.nowNanos() + core.randomElectionTimeout();
        votes.clear();
        votes.add(core.self);
        if (core.membership().isQuorum(votes)) {
            campaign(false);
        } else {
            askVoters(new Message.PreVoteRequest(core.term() + 1, core.log.last()));
        }
    }

    /** Answers whether this node would vote; changes nothing. */
    void preVoteRequested(NodeId from, Message.PreVoteRequest request) {
        boolean granted = !isLoyal() && request.term() > core.term() && mayVoteFor(request.last());
        if (!granted && isKnownToBeRemoved(from)) {
            core.outbox.send(from, new Message.NotMember(core.term(), core.memberships.index()));
        } else {
            core.outbox.send(from, new Message.PreVoteResponse(granted ? request.term() : core.term(), granted));
        }
    }

    /** Counts a pre-vote; a quorum of them begins the campaign. */
    void preVoteAnswered(NodeId from, Message.PreVoteResponse response) {
        boolean counts = core.role() == Role.PRE_CANDIDATE
                && response.granted()
                && response.term() == core.term() + 1
                && votes.add(from);
        if (counts && core.membership().isQuorum(votes)) {
            campaign(false);
        }
    }

    /**
     * True when a request for a vote must not even raise the term: a live leader is known, and the request can only
     * come from a node that is cut off from it or removed (thesis §4.2.3). Leases rest on this (thesis §6.4.1).
     */
    boolean isLoyal() {
        return core.isLeader()
                || core.nowNanos() < loyalUntilNanos
                || (rejoining.isInquiring() && core.nowNanos() < forgottenUntilNanos);
    }

    /** Decides on a request of the present term. */
    void voteRequested(NodeId from, Message.VoteRequest request) {
        boolean free = core.votedFor().isEmpty() && core.leader().isEmpty();
        boolean again = core.votedFor().isPresent() && core.votedFor().get().equals(from);
        boolean repeated = again && (rejoining.isWhole() || rejoining.mayVoteFor(request.last()));
        boolean granted = repeated || (free && mayVoteFor(request.last()));
        if (granted) {
            if (!again) {
                core.vote(from);
            }
            // A pre-candidate that helps another one waits for the outcome.
            core.follow(core.term(), core.leader());
            arm();
        }
        core.outbox.send(from, new Message.VoteResponse(core.term(), granted));
    }

    /** Counts a vote of the present term; true when it wins the election. */
    boolean voteAnswered(NodeId from, Message.VoteResponse response) {
        return core.role() == Role.CANDIDATE && response.granted() && votes.add(from) && isWon();
    }

    /** Counts the node's own vote, now that it is durable; true when that wins the election. */
    boolean persisted() {
        return core.role() == Role.CANDIDATE && core.gate.isHardStatePersisted() && votes.add(core.self) && isWon();
    }

    private boolean isWon() {
        return core.gate.isHardStatePersisted() && core.membership().isQuorum(votes);
    }

    private void campaign(boolean transfer) {
        core.campaign();
        deadlineNanos = core.nowNanos() + core.randomElectionTimeout();
        votes.clear();
        askVoters(new Message.VoteRequest(core.term(), core.log.last(), transfer));
    }

    /**
     * True when the cluster has committed a membership without this node: nobody needs its vote or its campaign. One
     * that lost entries does not know the membership.
     */
    private boolean isKnownToBeRemoved(NodeId node) {
        return rejoining.isWhole()
                && !core.membership().contains(node)
                && !core.membership().voters().isEmpty()
                && core.isMembershipCommitted();
    }

    private void askVoters(Message request) {
        for (NodeId member : core.membership().members()) {
            if (core.membership().isVoter(member) && !member.equals(core.self)) {
                core.outbox.send(member, request);
            }
        }
    }

    /** True when the candidate's log is as up to date as ours (Raft §5.4.1), and we are fit to judge that. */
    private boolean mayVoteFor(LogId candidateLast) {
        return rejoining.mayVoteFor(candidateLast) && candidateLast.compareTo(core.log.last()) >= 0;
    }

    /**
     * True for a voter, and for one whose removal is in its log and not known to be committed: its log may be the one
     * that the others need (thesis §4.2.2). It does not count its own vote then.
     */
    private boolean mayCampaign() {
        return !storageFull
                && !restoring
                && !expelled
                && rejoining.mayCampaign()
                && core.memberships.isVoterYet(core.ladder.commit());
    }
}
