package dev.quorate.raft;

import java.util.Optional;

/**
 * Something the runtime has to do. The effects of a step are executed front to back, each started before the next; what
 * must wait for durability is held inside the core, so that this order alone is always correct.
 */
public sealed interface Effect {
    /** Calls the method of the visitor that belongs to this effect. */
    <R> R accept(Visitor<R> visitor);

    /** One method an effect. */
    interface Visitor<R> {
        R proposalAccepted(ProposalAccepted effect);

        R proposalRefused(ProposalRefused effect);

        R noOpAppended(NoOpAppended effect);

        R persist(Persist effect);

        R send(Send effect);

        R commit(Commit effect);

        R readReady(ReadReady effect);

        R readRefused(ReadRefused effect);

        R sendSnapshot(SendSnapshot effect);

        R restoreSnapshot(RestoreSnapshot effect);

        R snapshotIgnored(SnapshotIgnored effect);

        R roleChanged(RoleChanged effect);

        R leaseChanged(LeaseChanged effect);

        R membershipAppended(MembershipAppended effect);

        R membershipChanged(MembershipChanged effect);

        R membershipHeard(MembershipHeard effect);

        R reconfigured(Reconfigured effect);

        R reconfigureRefused(ReconfigureRefused effect);

        R transferred(Transferred effect);

        R transferRefused(TransferRefused effect);
    }

    /**
     * The entries of the current {@link Input.Propose} got the positions {@code first} and following, all in one term.
     * Always comes before the {@link Persist} and the messages that name them.
     */
    record ProposalAccepted(LogId first, int count) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.proposalAccepted(this);
        }
    }

    /**
     * The entries of the current {@link Input.Propose} were not taken, nothing changed, a retry elsewhere or later is
     * safe.
     */
    record ProposalRefused(Refusal reason, Optional<NodeId> leader) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.proposalRefused(this);
        }
    }

    /** A new leader appended the no-op of its term (Raft §8) at this position; the runtime makes the entry. */
    record NoOpAppended(LogId id) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.noOpAppended(this);
        }
    }

    /**
     * Make durable, in this order: the reset or the truncation, then the hard state, then the entries. Answered by
     * {@link Input.Persisted}; writes are never reordered.
     *
     * @param sequence one more than that of the previous {@code Persist}
     * @param hardState the new term and vote, when they changed
     * @param resetTo when present, the whole log is replaced by an empty one that begins after this position
     * @param truncateFrom when above 0, every entry at or above this index is dropped first
     * @param first the first of the entries to append, 0 when there are none; the runtime has them: they came with the
     *     current input, or an earlier effect of the same step announced them
     * @param last the last of the entries to append, 0 when there are none
     */
    record Persist(
            long sequence,
            Optional<HardState> hardState,
            Optional<LogId> resetTo,
            long truncateFrom,
            long first,
            long last)
            implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.persist(this);
        }
    }

    /** Hand the message to the transport; for {@link Message.AppendEntries} with the entries it names. May be lost. */
    record Send(NodeId to, Message message) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.send(this);
        }
    }

    /** Everything up to {@code index} is committed and durable here: it may be applied. */
    record Commit(long index) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.commit(this);
        }
    }

    /** The read may be answered from any state that has applied {@code readIndex}. */
    record ReadReady(long readId, long readIndex) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.readReady(this);
        }
    }

    /** The read was not confirmed; nothing changed, a retry is safe. */
    record ReadRefused(long readId, Refusal reason, Optional<NodeId> leader) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.readRefused(this);
        }
    }

    /**
     * The peer needs entries that are purged: stream the newest snapshot to it. Answered by
     * {@link Input.SnapshotDelivered}; not asked again for this peer before that.
     */
    record SendSnapshot(NodeId to) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.sendSnapshot(this);
        }
    }

    /** Replace the state machine's state by this snapshot. Answered by {@link Input.SnapshotRestored}. */
    record RestoreSnapshot(LogId lastIncluded) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.restoreSnapshot(this);
        }
    }

    /** The received snapshot is not newer than what is committed here: it is kept or deleted, but not restored. */
    record SnapshotIgnored(LogId lastIncluded) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.snapshotIgnored(this);
        }
    }

    /** The role, the term or the known leader changed. */
    record RoleChanged(Role role, long term, Optional<NodeId> leader) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.roleChanged(this);
        }
    }

    /**
     * The leader's lease changed: strictly before {@code untilNanos} no other leader can have committed anything, so a
     * state that has applied everything committed here answers linearizably without a round (thesis §6.4.1).
     *
     * @param untilNanos on the clock of {@code step}
     * @param valid false when the lease is revoked; {@code untilNanos} has no meaning then
     */
    record LeaseChanged(boolean valid, long untilNanos) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.leaseChanged(this);
        }
    }

    /** The leader appended an entry with this membership at this position; the runtime makes the entry. */
    record MembershipAppended(LogId id, Membership membership) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.membershipAppended(this);
        }
    }

    /**
     * Another membership is in force, because its entry is in the log now, or is not any more. Comes before the
     * messages that go to new members.
     */
    record MembershipChanged(Membership membership) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.membershipChanged(this);
        }
    }

    /**
     * Somebody told of a newer membership than the node's own, which has lost its log: not in force here, but its
     * members are to be reached. Comes before the messages that go to them.
     */
    record MembershipHeard(Membership membership) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.membershipHeard(this);
        }
    }

    /** What {@link Input.Reconfigure} asked for is committed, or was so before. */
    record Reconfigured(long requestId, Membership membership) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.reconfigured(this);
        }
    }

    /**
     * What {@link Input.Reconfigure} asked for was not done.
     *
     * @param why the reason in words, with the numbers that matter
     */
    record ReconfigureRefused(long requestId, ChangeRefusal reason, String why, Optional<NodeId> leader)
            implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.reconfigureRefused(this);
        }
    }

    /**
     * The transfer of leadership came to its end.
     *
     * @param leader the new leader: the one that was to be, unless another was faster
     */
    record Transferred(long requestId, NodeId leader) implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.transferred(this);
        }
    }

    /**
     * The leadership was not transferred.
     *
     * @param why the reason in words, with the numbers that matter
     */
    record TransferRefused(long requestId, ChangeRefusal reason, String why, Optional<NodeId> leader)
            implements Effect {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.transferRefused(this);
        }
    }
}
