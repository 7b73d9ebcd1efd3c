package dev.quorate.raft;

import java.util.Optional;

/**
 * What all parts of one core share: who we are, what time it is, our term, vote and role, our log, and where effects
 * go.
 */
final class Core {
    final NodeId self;
    final RaftOptions options;
    final TermRuns log;
    final DurabilityGate gate;
    final Ladder ladder;
    final Outbox outbox;
    final Memberships memberships;

    private long randomState;
    private long announcedMembershipChange;
    private long nowNanos;
    private Role role = Role.FOLLOWER;
    private long term;
    private Optional<NodeId> votedFor;
    private Optional<NodeId> leader = Optional.empty();
    private Role announcedRole = Role.FOLLOWER;
    private long announcedTerm;
    private Optional<NodeId> announcedLeader = Optional.empty();

    Core(NodeId self, RaftOptions options, RecoveredState recovered, long nowNanos, long randomSeed) {
        this.self = self;
        this.options = options;
        this.log = new TermRuns(recovered.purged(), recovered.runs(), recovered.sizes());
        this.gate = new DurabilityGate(log.lastIndex());
        this.ladder = new Ladder(log, gate, recovered.snapshot(), recovered.applied());
        this.outbox = new Outbox(gate);
        this.randomState = randomSeed ^ Long.rotateLeft(self.value(), 32);
        this.memberships = new Memberships(self, recovered.membership(), recovered.memberships());
        this.announcedMembershipChange = memberships.changes();
        this.nowNanos = nowNanos;
        this.term = recovered.hardState().term();
        this.votedFor = recovered.hardState().votedFor();
        if (recovered.last().term() > term) {
            // A snapshot outran the term it came with.
            this.term = recovered.last().term();
            this.votedFor = Optional.empty();
            outbox.hardStateChanged();
        }
        this.announcedTerm = term;
        ladder.check();
    }

    /** A step begins at this time; a clock that went back stands still. */
    void begin(long now) {
        nowNanos = Math.max(nowNanos, now);
        outbox.open();
    }

    long nowNanos() {
        return nowNanos;
    }

    /** The membership in force. */
    Membership membership() {
        return memberships.current();
    }

    /** The position as of which the membership in force is that: its entry, or where the log begins behind it. */
    LogId membershipAt() {
        long index = Math.max(memberships.index(), log.purged().index());
        return new LogId(log.termAt(index), index);
    }

    /** True when the membership in force cannot be cut off any more. */
    boolean isMembershipCommitted() {
        return memberships.index() <= ladder.commit();
    }

    /** True, once, when another membership may be in force than at the last call. */
    boolean announceMembership() {
        memberships.committedTo(ladder.commit());
        boolean changed = memberships.changes() != announcedMembershipChange;
        announcedMembershipChange = memberships.changes();
        return changed;
    }

    /** True when this node alone is a quorum. */
    boolean isSoleVoter() {
        Membership membership = membership();
        return membership.voters().size() == 1
                && membership.voters().contains(self)
                && (membership.outgoing().isEmpty() || membership.outgoing().equals(membership.voters()));
    }

    Role role() {
        return role;
    }

    boolean isLeader() {
        return role == Role.LEADER;
    }

    long term() {
        return term;
    }

    Optional<NodeId> votedFor() {
        return votedFor;
    }

    Optional<NodeId> leader() {
        return leader;
    }

    /** Becomes, or stays, a follower; a higher term comes without a vote. */
    void follow(long newTerm, Optional<NodeId> newLeader) {
        Invariant.check(newTerm >= term, "the term falls", term, newTerm);
        if (newTerm > term) {
            term = newTerm;
            votedFor = Optional.empty();
            outbox.hardStateChanged();
        }
        role = Role.FOLLOWER;
        leader = newLeader;
    }

    /** Asks for pre-votes in the present term, whose leader is not heard any more. */
    void preCampaign() {
        role = Role.PRE_CANDIDATE;
        leader = Optional.empty();
    }

    /** Enters the next term with a vote for itself. */
    void campaign() {
        role = Role.CANDIDATE;
        term++;
        votedFor = Optional.of(self);
        leader = Optional.empty();
        outbox.hardStateChanged();
    }

    /** Leads the present term. */
    void lead() {
        Invariant.check(role == Role.CANDIDATE && gate.isHardStatePersisted(), "a leader without a durable vote", term);
        role = Role.LEADER;
        leader = Optional.of(self);
    }

    /** Gives its vote of the present term away. */
    void vote(NodeId candidate) {
        Invariant.check(votedFor.isEmpty(), "a second vote in one term", term);
        votedFor = Optional.of(candidate);
        outbox.hardStateChanged();
    }

    /** True, once, when role, term or leader have changed since the last call. */
    boolean announceRole() {
        if (role == announcedRole && term == announcedTerm && leader.equals(announcedLeader)) {
            return false;
        }
        announcedRole = role;
        announcedTerm = term;
        announcedLeader = leader;
        return true;
    }

    /**
     * A wait drawn from [T, 2T): two nodes that start together rarely time out together (Raft §5.2). One of the lowest
     * priority adds T to it, and so comes after all that do not hold back.
     */
    long randomElectionTimeout() {
        long shortest = options.electionTimeoutNanos();
        long restraint = shortest / RaftOptions.PRIORITY_MAX * (RaftOptions.PRIORITY_MAX - options.priority());
        return shortest + (nextRandom() >>> 1) % shortest + restraint;
    }

    /** A number that no earlier life of this node has drawn, but for a negligible chance. */
    long randomNumber() {
        return nextRandom() >>> 2;
    }

    /** SplitMix64, written out so that a seed means the same on every JVM. */
    private long nextRandom() {
        randomState += 0x9e3779b97f4a7c15L;
        long z = (randomState ^ (randomState >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
