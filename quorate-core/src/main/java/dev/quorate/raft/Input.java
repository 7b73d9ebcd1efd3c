package dev.quorate.raft;

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
     */
    record Received(NodeId from, Message message, EntrySizes sizes) implements Input {
        public Received {
            long entries = message instanceof Message.AppendEntries append ? append.count() : 0;
            if (entries != sizes.count()) {
                throw new IllegalArgumentException(entries + " entries with " + sizes.count() + " sizes");
            }
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
}
