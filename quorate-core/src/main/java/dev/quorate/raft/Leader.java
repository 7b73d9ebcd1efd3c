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
    private final Core core;
    private final Replication replication;
    private final Rounds rounds = new Rounds();
    private final ReadIndex reads;
    private final Lease lease;
    /** The no-op: an entry at or above it is of this term, and only such entries are committed by counting. */
    private final long firstOfTerm;

    private long uncommittedBytes;
    private long heartbeatAtNanos;
    /** Since when the disk is full; {@link Election#NEVER} while it has space. */
    private long storageFullSinceNanos = Election.NEVER;

    Leader(Core core, Transfers transfers) {
        this.core = core;
        this.replication = new Replication(core, rounds, transfers);
        this.reads = new ReadIndex(core, rounds, replication);
        this.lease = new Lease(core);
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
        armHeartbeat();
        confirm();
    }

    /** The node has stopped to lead; it is a follower already. */
    void end() {
        lease.revoke();
        reads.leadershipLost();
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
            armHeartbeat();
            confirm();
        }
        reads.expire();
        return true;
    }

    /** When {@link #timeout} is due. */
    long deadlineNanos() {
        return Math.min(Math.min(heartbeatAtNanos, stepDownAtNanos()), reads.deadlineNanos());
    }

    void check() {
        replication.check();
    }

    SortedMap<NodeId, PeerStatus> status() {
        return replication.status();
    }

    /**
     * A leader that no quorum answers for an election timeout steps down, as does one whose disk has been full that
     * long: it could write nothing, and another one might.
     */
    private long stepDownAtNanos() {
        if (core.isSoleVoter()) {
            return Election.NEVER;
        }
        long timeout = core.options.electionTimeoutNanos();
        long unheard = replication.quorumHeardNanos() + timeout;
        return storageFullSinceNanos == Election.NEVER ? unheard : Math.min(unheard, storageFullSinceNanos + timeout);
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
