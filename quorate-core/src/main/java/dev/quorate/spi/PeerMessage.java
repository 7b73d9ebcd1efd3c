package dev.quorate.spi;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import java.util.List;
import java.util.Optional;

/** All that one node sends to another. */
public sealed interface PeerMessage {
    /** Calls the method of the visitor that belongs to this message. */
    <R> R accept(Visitor<R> visitor);

    /** One method a message. */
    interface Visitor<R> {
        R protocol(Protocol message);

        R checkpointReport(CheckpointReport message);

        R purgeRequest(PurgeRequest message);

        R purgeResponse(PurgeResponse message);

        R snapshotChunk(Chunk message);

        R snapshotAck(Ack message);

        R forwardedProposal(ForwardedProposal message);

        R forwardedAnswer(ForwardedAnswer message);
    }

    /**
     * A message of the core.
     *
     * @param entries for {@link Message.AppendEntries}: exactly the entries it names; else empty
     */
    record Protocol(Message message, List<Entry> entries) implements PeerMessage {
        public Protocol {
            long named = message instanceof Message.AppendEntries append ? append.count() : 0;
            if (named != entries.size()) {
                throw new IllegalArgumentException("a message that names " + named + " entries with " + entries.size());
            }
        }

        /** A message without entries. */
        public static Protocol of(Message message) {
            return new Protocol(message, List.of());
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.protocol(this);
        }
    }

    /**
     * A replica tells the leader that its snapshot of a checkpoint is durable.
     *
     * @param term the term of the replica
     * @param lastIncluded the checkpoint entry
     * @param stateDigest the replica's digest at it, empty when there is none
     */
    record CheckpointReport(long term, LogId lastIncluded, Bytes stateDigest) implements PeerMessage {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.checkpointReport(this);
        }
    }

    /** The leader asks a follower to purge its log. */
    record PurgeRequest(PurgeLogRequest request) implements PeerMessage {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.purgeRequest(this);
        }
    }

    /** The follower's answer to a purge request. */
    record PurgeResponse(PurgeLogResponse response) implements PeerMessage {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.purgeResponse(this);
        }
    }

    /**
     * A chunk of a snapshot stream.
     *
     * @param stream the sender's number of the stream, a new one for each attempt
     */
    record Chunk(long stream, SnapshotChunk chunk) implements PeerMessage {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.snapshotChunk(this);
        }
    }

    /**
     * The answer to a chunk.
     *
     * @param stream the number in the chunk
     * @param term the receiver's term
     */
    record Ack(long stream, long term, SnapshotAck ack) implements PeerMessage {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.snapshotAck(this);
        }
    }

    /**
     * What somebody wants in the log, sent on to the leader by the node that was asked.
     *
     * <p>No receiver may take one twice, whatever the network does: {@code life} and {@code number} name it, and
     * numbers of one life only grow.
     *
     * @param term the term in which the sender takes the receiver for the leader
     * @param life a number that the sender drew when it started
     * @param number a greater one for each message of that life
     * @param kind {@link EntryKind#COMMAND}, a kind of entry of a client session, or {@link EntryKind#MEMBERSHIP} for a
     *     change of membership
     * @param payload the payload of the entry; for a change of membership the bytes of {@link ChangeFormat}
     */
    record ForwardedProposal(long term, long life, long number, EntryKind kind, Bytes payload) implements PeerMessage {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.forwardedProposal(this);
        }
    }

    /**
     * What became of a {@link ForwardedProposal}.
     *
     * @param life the life in it
     * @param number the number in it
     */
    record ForwardedAnswer(long life, long number, ForwardedOutcome outcome) implements PeerMessage {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.forwardedAnswer(this);
        }
    }

    /**
     * The request of a purge.
     *
     * @param term the leader's term
     * @param leaderCommit the leader's commit index
     * @param lastIncluded a checkpoint entry that the snapshots of leader and follower stand at; empty is malformed
     * @param snapshotChecksum the leader's state digest at {@code lastIncluded}; empty when its state machine offers
     *     none
     */
    record PurgeLogRequest(
            long term, NodeId leaderId, long leaderCommit, Optional<LogId> lastIncluded, Bytes snapshotChecksum) {}

    /**
     * The answer to a purge.
     *
     * @param term the follower's term
     * @param lastPurged the position that its log begins after now; {@link LogId#ZERO} for a whole log
     * @param refusal why nothing was purged; empty on success
     */
    record PurgeLogResponse(
            NodeId nodeId, long term, boolean success, LogId lastPurged, Optional<PurgeRefusal> refusal) {}

    /** Why a replica refuses a purge. */
    enum PurgeRefusal {
        /** The request is of an older term than the replica's. */
        STALE_TERM,
        /** The sender is not the leader that the replica knows for this term. */
        NOT_LEADER,
        /** No position, or one that the leader itself has not committed. */
        MALFORMED,
        /** The replica has not applied that far. */
        BEHIND,
        /** The replica has no durable snapshot that covers the position. */
        NO_SNAPSHOT,
        /** The replica's state at the position is not the leader's. */
        STATE_DIVERGED
    }
}
