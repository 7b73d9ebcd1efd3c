package dev.quorate.raft;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The change of membership that a leader carries out, one at a time (Raft §6, thesis ch. 4). Each arrow waits until the
 * entry before it is committed.
 *
 * <pre>
 *   request ─► new nodes are learners ─► they catch up ─► C_old,new ─► C_new ─► answered
 *                      └ only learners or addresses change ────────────► ┘
 * </pre>
 *
 * Whatever began it, a leader that finds a committed joint membership ends it: the second half needs no request.
 */
final class Reconfiguration {
    /** A new voter that has not caught up after so many rounds never will (thesis §4.2.1). */
    static final int ROUNDS_MAX = 10;

    /** A new voter that has been silent for so many election timeouts is not waited for. */
    static final int SILENCE_TIMEOUTS = 10;

    private record Request(long id, Membership target, SortedSet<NodeId> newVoters, long begunNanos) {}

    private final Core core;
    private final Replication replication;
    private final Lease lease;
    private Optional<Request> running = Optional.empty();

    Reconfiguration(Core core, Replication replication, Lease lease) {
        this.core = core;
        this.replication = replication;
        this.lease = lease;
    }

    /** True while the membership is being changed. */
    boolean isRunning() {
        return running.isPresent() || core.membership().isJoint() || !core.isMembershipCommitted();
    }

    /** Begins a change, or refuses it. An entry of the leader's own term is committed. */
    void begin(Input.Reconfigure input) {
        Membership now = core.membership();
        if (isRunning()) {
            refuse(
                    input.requestId(),
                    ChangeRefusal.CHANGE_IN_PROGRESS,
                    "one change at a time, the present one is " + now);
            return;
        }
        Membership target;
        try {
            target = input.change().target(now);
        } catch (IllegalArgumentException impossible) {
            refuse(input.requestId(), ChangeRefusal.INVALID, String.valueOf(impossible.getMessage()));
            return;
        }
        SortedSet<NodeId> newVoters = new TreeSet<>(target.voters());
        newVoters.removeAll(now.voters());
        Request request = new Request(input.requestId(), target, newVoters, core.nowNanos());
        Optional<NodeId> behind = behind(request);
        if (behind.isPresent() && !input.change().waitsForCatchUp()) {
            refuse(
                    input.requestId(),
                    ChangeRefusal.LEARNER_BEHIND,
                    "node " + behind.get() + " is at entry " + replication.matchIndex(behind.get()) + " of "
                            + core.log.lastIndex() + " and lags by more than an election timeout");
            return;
        }
        boolean fewer = newVoters.isEmpty() && !target.voters().equals(now.voters());
        if (fewer && !target.isQuorum(active(target))) {
            refuse(
                    input.requestId(),
                    ChangeRefusal.QUORUM_SILENT,
                    "of the voters that would be left, " + target.voters() + ", only " + active(target)
                            + " answered within the last election timeout");
            return;
        }
        running = Optional.of(request);
        advance();
    }

    /** The voters of a membership that are there at present. */
    private SortedSet<NodeId> active(Membership membership) {
        SortedSet<NodeId> active = new TreeSet<>();
        for (NodeId voter : membership.voters()) {
            if (voter.equals(core.self) || replication.isActive(voter)) {
                active.add(voter);
            }
        }
        return active;
    }

    /** Takes the next step as soon as the last one is committed; appends one entry at most. */
    void advance() {
        if (!core.isMembershipCommitted()) {
            return;
        }
        Membership now = core.membership();
        if (now.isJoint()) {
            append(now.leaveJoint());
        } else if (running.isPresent()) {
            advance(now, running.get());
        }
    }

    /** The node does not lead any more: the next leader completes what is in the log, and nobody the rest. */
    void leadershipLost() {
        running.ifPresent(request -> refuse(
                request.id(),
                ChangeRefusal.LEADERSHIP_LOST,
                "node " + core.self + " lost its leadership in the middle of the change to " + request.target()));
        running = Optional.empty();
    }

    private void advance(Membership now, Request request) {
        Membership withLearners = now.withLearnersOf(request.target());
        if (now.equals(request.target())) {
            running = Optional.empty();
            core.outbox.add(new Effect.Reconfigured(request.id(), now));
        } else if (!withLearners.equals(now)) {
            append(withLearners);
        } else if (now.voters().equals(request.target().voters())) {
            append(request.target());
        } else if (behind(request).isEmpty()) {
            append(now.jointWith(request.target()));
        } else {
            giveUpOn(request);
        }
    }

    private Optional<NodeId> behind(Request request) {
        for (NodeId voter : request.newVoters()) {
            if (core.membership().contains(voter) && !replication.isCaughtUp(voter)) {
                return Optional.of(voter);
            }
        }
        return Optional.empty();
    }

    /** Ends the waiting for a node that is silent, or too slow. */
    private void giveUpOn(Request request) {
        long patience = SILENCE_TIMEOUTS * core.options.electionTimeoutNanos();
        for (NodeId voter : request.newVoters()) {
            long silent = core.nowNanos() - Math.max(request.begunNanos(), replication.heardNanos(voter));
            boolean slow = !replication.isCaughtUp(voter) && replication.roundsEnded(voter) >= ROUNDS_MAX;
            if (slow || silent >= patience) {
                running = Optional.empty();
                refuse(
                        request.id(),
                        ChangeRefusal.CATCH_UP_FAILED,
                        "node " + voter + (slow ? " has not caught up in " + ROUNDS_MAX + " rounds" : " is silent")
                                + ", it stays a learner at entry " + replication.matchIndex(voter) + " of "
                                + core.log.lastIndex());
                return;
            }
        }
    }

    /** Appends a membership, which is in force from here on. */
    private void append(Membership membership) {
        boolean alone = core.isSoleVoter();
        core.log.append(core.term(), EntrySizes.of(0), 0, 1);
        LogId id = core.log.last();
        core.memberships.append(new LoggedMembership(id.index(), membership));
        core.outbox.answer(new Effect.MembershipAppended(id, membership));
        core.outbox.entries(id.index(), id.index());
        if (alone && !core.isSoleVoter()) {
            // The lease of a sole voter is longer than that of a leader which others could follow.
            lease.revoke();
        }
        replication.membershipChanged();
        replication.sendAll();
    }

    private void refuse(long requestId, ChangeRefusal reason, String why) {
        core.outbox.add(new Effect.ReconfigureRefused(requestId, reason, why, core.leader()));
    }
}
