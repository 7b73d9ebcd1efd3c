package dev.quorate.raft;

import java.util.List;
import java.util.Optional;

/** Something that happened, as the core is told of it. */
public sealed interface Input {
    /** Calls the method of the visitor that belongs to this input. */
    <R> R accept(Visitor<R> visitor);

    /** One method an input. */
    interface Visitor<R> {
        R timerFired(TimerFired input);

        R received(Received input);

        R propose(Propose input);

        R read(Read input);

        R persisted(Persisted input);

        R applied(Applied input);

        R snapshotSaved(SnapshotSaved input);

        R snapshotReceived(SnapshotReceived input);

        R snapshotRestored(SnapshotRestored input);

        R snapshotDelivered(SnapshotDelivered input);

        R purged(Purged input);

        R termObserved(TermObserved input);

        R storageSpace(StorageSpace input);

        R reconfigure(Reconfigure input);

        R transferLeadership(TransferLeadership input);
    }

    /** The time of {@link Raft#nextDeadlineNanos()} has come. Harmless when early. */
    record TimerFired() implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.timerFired(this);
        }
    }

    /**
     * A message arrived.
     *
     * @param from the node that sent it, as the transport knows it
     * @param sizes the sizes of the entries that came with an {@link Message.AppendEntries}, else
     *     {@link EntrySizes#NONE}
     * @param memberships those of the entries that bring a membership, in the order of their indexes
     */
    record Received(NodeId from, Message message, EntrySizes sizes, List<LoggedMembership> memberships)
            implements Input {
        public Received {
            memberships = List.copyOf(memberships);
            long next = 0;
            long last = -1;
            if (message instanceof Message.AppendEntries append) {
                next = append.prev().index() + 1;
                last = append.last().index();
            }
            long entries = Math.max(0, last - next + 1);
            if (entries != sizes.count()) {
                throw new IllegalArgumentException(entries + " entries with " + sizes.count() + " sizes");
            }
            for (LoggedMembership logged : memberships) {
                if (logged.index() < next || logged.index() > last) {
                    throw new IllegalArgumentException("a membership that no entry brings: " + logged);
                }
                next = logged.index() + 1;
            }
        }

        /** A message that brings no membership. */
        public Received(NodeId from, Message message, EntrySizes sizes) {
            this(from, message, sizes, List.of());
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.received(this);
        }
    }

    /**
     * Clients propose entries; all of them are accepted, or none. Answered at once by {@link Effect.ProposalAccepted}
     * or {@link Effect.ProposalRefused}.
     *
     * @param sizes the sizes of the entries, at least one
     */
    record Propose(EntrySizes sizes) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.propose(this);
        }
    }

    /**
     * Clients want to read linearizably (thesis §6.4); one input may stand for a batch of them. Answered, at once or
     * later, by exactly one {@link Effect.ReadReady} or {@link Effect.ReadRefused} with the same id.
     *
     * @param readId chosen by the caller, increasing
     */
    record Read(long readId) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.read(this);
        }
    }

    /**
     * Every {@link Effect.Persist} up to this sequence number is durable.
     *
     * @param sequence never smaller than before
     */
    record Persisted(long sequence) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.persisted(this);
        }
    }

    /** The state machine shows the effects of everything up to {@code index}. */
    record Applied(long index) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.applied(this);
        }
    }

    /** A snapshot made by this node is durable under its final name. */
    record SnapshotSaved(LogId lastIncluded) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.snapshotSaved(this);
        }
    }

    /**
     * A snapshot streamed by a leader is verified and durable under its final name, but not restored. Answered by
     * {@link Effect.RestoreSnapshot}, or by {@link Effect.SnapshotIgnored} when the node is already past it.
     */
    record SnapshotReceived(LogId lastIncluded, Membership membership) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.snapshotReceived(this);
        }
    }

    /** The state machine holds the state of the snapshot that {@link Effect.RestoreSnapshot} named. */
    record SnapshotRestored(LogId lastIncluded) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.snapshotRestored(this);
        }
    }

    /**
     * The transfer asked for by {@link Effect.SendSnapshot} ended.
     *
     * @param lastIncluded the snapshot that was sent
     * @param installed true when the peer said that it holds the snapshot; false when the transfer failed
     */
    record SnapshotDelivered(NodeId to, LogId lastIncluded, boolean installed) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.snapshotDelivered(this);
        }
    }

    /** The log durably begins after {@code through}. */
    record Purged(LogId through) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.purged(this);
        }
    }

    /** A term was seen in a message that is not the core's (an answer to a purge, a snapshot stream). */
    record TermObserved(NodeId from, long term) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.termObserved(this);
        }
    }

    /**
     * The log's disk ran full, or has space again. While it is full the node takes no proposals and does not campaign.
     */
    record StorageSpace(boolean available) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.storageSpace(this);
        }
    }

    /**
     * An operator wants another membership. Answered, at once or later, by exactly one {@link Effect.Reconfigured} or
     * {@link Effect.ReconfigureRefused} with the same id.
     *
     * @param requestId chosen by the caller, unique among the requests that wait
     */
    record Reconfigure(long requestId, MembershipChange change) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.reconfigure(this);
        }
    }

    /**
     * An operator wants another leader (thesis §3.10). Answered, at once or later, by exactly one
     * {@link Effect.Transferred} or {@link Effect.TransferRefused} with the same id.
     *
     * @param requestId chosen by the caller, unique among the requests that wait
     * @param to the voter that is to lead; empty for the best: of the highest priority, then with the longest log
     */
    record TransferLeadership(long requestId, Optional<NodeId> to) implements Input {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.transferLeadership(this);
        }
    }
}
