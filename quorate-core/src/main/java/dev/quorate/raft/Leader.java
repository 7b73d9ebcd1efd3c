package dev.quorate.raft;

import dev.quorate.raft.RaftStatus.PeerStatus;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What a node does while it leads: takes proposals, replicates and commits them (Raft §5.3, §5.4.2), confirms that it
 * still leads, answers reads, and steps down when it cannot be sure (thesis §6.2, §6.4).
 *
 * <p>Made anew for each leadership, so that nothing of an earlier one is left.
 */
final class Leader {
    /** So long, in election timeouts, a leader stays in office before it hands over to one that would rather lead. */
    static final int YIELD_AFTER_TIMEOUTS = 4;

    /** And so long it waits after an attempt. */
    static final int YIELD_RETRY_TIMEOUTS = 16;

    private final Core core;
    private final Replication replication;
    private final Rounds rounds = new Rounds();
    private final ReadIndex reads;
    private final Lease lease;
    private final Reconfiguration reconfiguration;
    private final Handover handover;
    /** The no-op: an entry at or above it is of this term, and only such entries are committed by counting. */
    private final long firstOfTerm;

    private long uncommittedBytes;
    private long heartbeatAtNanos;
    /** From here on the node hands over by itself to one that would rather lead. */
    private long yieldFromNanos;
    /** The write that was stalled when the node last tried to hand over for that reason, by the time of its issue. */
    private long stallNoticedNanos = Election.NEVER;
    /** Since when the disk is full; {@link Election#NEVER} while it has space. */
    private long storageFullSinceNanos = Election.NEVER;

    Leader(Core core, Transfers transfers, Handover handover) {
        this.core = core;
        this.replication = new Replication(core, rounds, transfers);
        this.reads = new ReadIndex(core, rounds, replication);
        this.lease = new Lease(core);
        this.reconfiguration = new Reconfiguration(core, replication, lease);
        this.handover = handover;
        this.firstOfTerm = core.log.lastIndex() + 1;
    }

    /** Appends the no-op of the term, which commits all that came before (Raft §8), and tells everyone. */
    void begin() {
        uncommittedBytes = core.log.bytes(core.ladder.commit() + 1, core.log.lastIndex());
        rounds.begin(core.nowNanos());
        core.log.append(core.term(), EntrySizes.of(0), 0, 1);
        core.outbox.answer(new Effect.NoOpAppended(core.log.last()));
        core.outbox.entries(firstOfTerm, firstOfTerm);
        replication.sendAll();
        yieldFromNanos = core.nowNanos() + YIELD_AFTER_TIMEOUTS * core.options.electionTimeoutNanos();
        armHeartbeat();
        confirm();
    }

    /** The node has stopped to lead; it is a follower already. */
    void end() {
        lease.revoke();
        reads.leadershipLost();
        reconfiguration.leadershipLost();
    }

    /** True when the node is no voter any more, and that is committed: it must step down (Raft §6, thesis §4.2.2). */
    boolean isRemoved() {
        return !core.membership().isVoter(core.self) && core.isMembershipCommitted() && hasCommittedInTerm();
    }

    /** Tells everyone that its removal is committed, and the best of them to take over at once. */
    void farewell() {
        replication.heartbeat(false);
        replication.successor().filter(this::hasWholeLog).ifPresent(this::tellToCampaign);
    }

    /** Takes a change of membership, or refuses it. */
    void reconfigure(Input.Reconfigure input) {
        if (!hasCommittedInTerm()) {
            refuse(input, ChangeRefusal.NOT_READY, "no entry of term " + core.term() + " is committed yet");
        } else if (handover.target().isPresent()) {
            refuse(
                    input,
                    ChangeRefusal.TRANSFER_IN_PROGRESS,
                    "node " + handover.target().get() + " is to lead");
        } else if (storageFullSinceNanos != Election.NEVER) {
            refuse(input, ChangeRefusal.STORAGE_FULL, "the disk of node " + core.self + "'s log is full");
        } else {
            reconfiguration.begin(input);
        }
    }

    /** Takes a transfer of the leadership, or refuses it. */
    void transfer(Input.TransferLeadership input) {
        Optional<NodeId> to = input.to().or(replication::successor);
        if (handover.target().isPresent()) {
            refuse(
                    input,
                    ChangeRefusal.TRANSFER_IN_PROGRESS,
                    "node " + handover.target().get() + " is to lead");
        } else if (to.isEmpty()) {
            refuse(input, ChangeRefusal.INVALID, "there is no other voter that answers");
        } else if (to.get().equals(core.self)) {
            core.outbox.add(new Effect.Transferred(input.requestId(), core.self));
        } else if (!core.membership().voters().contains(to.get())) {
            refuse(input, ChangeRefusal.INVALID, "node " + to.get() + " is not a voter of " + core.membership());
        } else {
            handOver(Optional.of(input.requestId()), to.get());
        }
    }

    /** There may be someone to send heartbeats to now. */
    void membershipChanged() {
        heartbeatAtNanos = Math.min(heartbeatAtNanos, core.nowNanos() + core.options.heartbeatNanos());
    }

    /** True for a node that gets the log of this leader. */
    boolean isReceiver(NodeId id) {
        return replication.isReceiver(id);
    }

    /** Takes all of the entries, or none. */
    void propose(EntrySizes sizes) {
        long bytes = 0;
        for (int i = 0; i < sizes.count(); i++) {
            bytes += sizes.bytes(i);
        }
        Optional<Refusal> refusal = refusal(bytes);
        if (refusal.isPresent()) {
            core.outbox.answer(new Effect.ProposalRefused(refusal.get(), core.leader()));
            return;
        }
        long first = core.log.lastIndex() + 1;
        core.log.append(core.term(), sizes, 0, sizes.count());
        uncommittedBytes += bytes;
        core.outbox.answer(new Effect.ProposalAccepted(new LogId(core.term(), first), sizes.count()));
        core.outbox.entries(first, core.log.lastIndex());
        replication.sendAll();
    }

    /** Takes a read of this node, or of the follower {@code from}. */
    void read(Optional<NodeId> from, long readId) {
        reads.read(from, readId, hasCommittedInTerm());
    }

    Optional<Rejection> accepted(NodeId from, Message.AppendAccepted message) {
        Optional<Rejection> rejection = replication.accepted(from, message);
        if (rejection.isEmpty()) {
            commit();
            replication.send(from);
            confirm();
            if (handover.target().equals(Optional.of(from))) {
                pursueHandover();
            }
        }
        return rejection;
    }

    Optional<Rejection> rejected(NodeId from, Message.AppendRejected message) {
        Optional<Rejection> rejection = replication.rejected(from, message);
        if (rejection.isEmpty()) {
            confirm();
        }
        return rejection;
    }

    Optional<Rejection> echoed(NodeId from, Message.HeartbeatResponse message) {
        Optional<Rejection> rejection = replication.echoed(from, message);
        if (rejection.isEmpty()) {
            confirm();
        }
        return rejection;
    }

    /** More of the leader's own log is durable. */
    void persisted() {
        commit();
    }

    void snapshotDelivered(Input.SnapshotDelivered input) {
        replication.snapshotDelivered(input);
    }

    /** The disk is full, or has space again. */
    void storageFull(boolean full) {
        storageFullSinceNanos = full ? Math.min(storageFullSinceNanos, core.nowNanos()) : Election.NEVER;
    }

    /** Does what is due; false when the node must step down. */
    boolean timeout() {
        if (core.nowNanos() >= stepDownAtNanos()) {
            return false;
        }
        if (core.nowNanos() >= heartbeatAtNanos) {
            rounds.begin(core.nowNanos());
            replication.heartbeat(false);
            replication.dismissLeaving();
            armHeartbeat();
            confirm();
            if (hasCommittedInTerm()) {
                reconfiguration.advance();
            }
            pursueHandover();
            yieldToPreferred();
        }
        yieldOnStall();
        reads.expire();
        return true;
    }

    /** When {@link #timeout} is due. */
    long deadlineNanos() {
        long own = Math.min(heartbeatAtNanos, Math.min(stepDownAtNanos(), stallNoticeAtNanos()));
        return Math.min(own, reads.deadlineNanos());
    }

    void check() {
        replication.check();
    }

    SortedMap<NodeId, PeerStatus> status() {
        return replication.status();
    }

    /**
     * A leader that no quorum answers for an election timeout steps down, as does one whose disk has been full, or has
     * not finished a write, for that long: it can write nothing, and another one might.
     */
    private long stepDownAtNanos() {
        if (core.isSoleVoter()) {
            return Election.NEVER;
        }
        long timeout = core.options.electionTimeoutNanos();
        long unheard = replication.quorumHeardNanos() + timeout;
        long stuckSince = Math.min(storageFullSinceNanos, core.gate.oldestIssuedNanos());
        return stuckSince == Election.NEVER ? unheard : Math.min(unheard, stuckSince + timeout);
    }

    /** When a write has lasted half the time after which the node steps down; once for each such write. */
    private long stallNoticeAtNanos() {
        long oldest = core.gate.oldestIssuedNanos();
        boolean ahead = oldest != Election.NEVER && oldest != stallNoticedNanos && !core.isSoleVoter();
        return ahead ? oldest + core.options.electionTimeoutNanos() / 2 : Election.NEVER;
    }

    /** Hands over, while there is time, when the disk stalls. */
    private void yieldOnStall() {
        if (core.nowNanos() >= stallNoticeAtNanos()) {
            stallNoticedNanos = core.gate.oldestIssuedNanos();
            if (handover.target().isEmpty()) {
                replication.successor().ifPresent(to -> handOver(Optional.empty(), to));
            }
        }
    }

    /** Hands over, now and then, to a voter that has caught up and would rather lead. */
    private void yieldToPreferred() {
        boolean calm = hasCommittedInTerm() && handover.target().isEmpty() && !reconfiguration.isRunning();
        if (calm && core.nowNanos() >= yieldFromNanos) {
            replication.preferred().ifPresent(to -> {
                yieldFromNanos = core.nowNanos() + YIELD_RETRY_TIMEOUTS * core.options.electionTimeoutNanos();
                handOver(Optional.empty(), to);
            });
        }
    }

    private void handOver(Optional<Long> requestId, NodeId to) {
        handover.begin(requestId, to);
        replication.send(to);
        pursueHandover();
    }

    /** Tells the target to campaign as soon as it has everything; again with each heartbeat, should that be lost. */
    private void pursueHandover() {
        Optional<NodeId> to = handover.target();
        if (to.isPresent() && core.membership().voters().contains(to.get()) && hasWholeLog(to.get())) {
            tellToCampaign(to.get());
        }
    }

    private boolean hasWholeLog(NodeId id) {
        return replication.matchIndex(id) == core.log.lastIndex();
    }

    private void tellToCampaign(NodeId to) {
        lease.giveUp();
        core.outbox.send(to, new Message.TimeoutNow(core.term()));
    }

    private void refuse(Input.Reconfigure input, ChangeRefusal reason, String why) {
        core.outbox.add(new Effect.ReconfigureRefused(input.requestId(), reason, why, core.leader()));
    }

    private void refuse(Input.TransferLeadership input, ChangeRefusal reason, String why) {
        core.outbox.add(new Effect.TransferRefused(input.requestId(), reason, why, core.leader()));
    }

    private void armHeartbeat() {
        // Alone there is no one to tell; the timer only renews the lease.
        long wait = replication.hasPeers() ? core.options.heartbeatNanos() : lease.lengthNanos() / 2;
        heartbeatAtNanos = core.nowNanos() + wait;
    }

    private Optional<Refusal> refusal(long bytes) {
        if (storageFullSinceNanos != Election.NEVER) {
            return Optional.of(Refusal.STORAGE_FULL);
        }
        if (handover.target().isPresent()) {
            return Optional.of(Refusal.TRANSFERRING);
        }
        boolean fits = uncommittedBytes == 0 || uncommittedBytes + bytes <= core.options.uncommittedBytesMax();
        return fits ? Optional.empty() : Optional.of(Refusal.OVERLOADED);
    }

    private boolean hasCommittedInTerm() {
        return core.ladder.commit() >= firstOfTerm;
    }

    /** Commits what is durable at a quorum, from the first entry of this term on (Raft §5.4.2, figure 8). */
    private void commit() {
        long durable = replication.quorumMatch();
        long before = core.ladder.commit();
        if (durable <= before || durable < firstOfTerm) {
            return;
        }
        core.ladder.commitTo(durable);
        uncommittedBytes -= core.log.bytes(before + 1, durable);
        if (before < firstOfTerm) {
            reads.committedInTerm();
            confirm();
        }
        reconfiguration.advance();
    }

    /** Looks at the rounds that a quorum has echoed by now. */
    private void confirm() {
        if (rounds.confirm(replication.quorumRound())) {
            reads.confirmed();
        }
        if (hasCommittedInTerm() && rounds.confirmed() > 0) {
            lease.extend(rounds.confirmedBegunNanos());
        }
    }
}
