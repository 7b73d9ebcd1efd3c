package dev.quorate.grpc;

import dev.quorate.raft.Message;
import dev.quorate.spi.PeerMessage;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of frames, their numbers on the wire and their lanes: all in this one place. A number is never used again
 * for something else; a node that does not know one skips the frame.
 */
enum FrameKind {
    PRE_VOTE_REQUEST(1, Lane.URGENT),
    PRE_VOTE_RESPONSE(2, Lane.URGENT),
    VOTE_REQUEST(3, Lane.URGENT),
    VOTE_RESPONSE(4, Lane.URGENT),
    APPEND_ENTRIES(5, Lane.LOG),
    APPEND_ACCEPTED(6, Lane.LOG),
    APPEND_REJECTED(7, Lane.LOG),
    HEARTBEAT(8, Lane.URGENT),
    HEARTBEAT_RESPONSE(9, Lane.URGENT),
    READ_INDEX_REQUEST(10, Lane.URGENT),
    READ_INDEX_RESPONSE(11, Lane.URGENT),
    STANDING_REQUEST(12, Lane.URGENT),
    STANDING_RESPONSE(13, Lane.URGENT),
    TIMEOUT_NOW(14, Lane.URGENT),
    NOT_MEMBER(15, Lane.URGENT),
    CHECKPOINT_REPORT(32, Lane.LOG),
    PURGE_REQUEST(33, Lane.LOG),
    PURGE_RESPONSE(34, Lane.LOG),
    SNAPSHOT_CHUNK(48, Lane.SNAPSHOT),
    SNAPSHOT_ACK(49, Lane.SNAPSHOT),
    /** "Are you there?", asked by the transport itself over the urgent lane. */
    PING(240, Lane.URGENT),
    /** The answer to a ping, over the stream that it came by. */
    PONG(241, Lane.URGENT);

    private static final int CODE_MAX = 255;
    private static final @Nullable FrameKind[] BY_CODE = new @Nullable FrameKind[CODE_MAX + 1];
    private static final Of OF = new Of();

    static {
        for (FrameKind kind : values()) {
            BY_CODE[kind.code] = kind;
        }
    }

    private final int code;
    private final Lane lane;

    FrameKind(int code, Lane lane) {
        this.code = code;
        this.lane = lane;
    }

    /** The number on the wire, 1 to 255. */
    int code() {
        return code;
    }

    /** The lane by which frames of this kind travel, so that they stay in order among each other. */
    Lane lane() {
        return lane;
    }

    /** The kind with this number; null when this version knows none. */
    static @Nullable FrameKind ofCode(int code) {
        return code < 0 || code > CODE_MAX ? null : BY_CODE[code];
    }

    /** The kind of frame that a message travels in. */
    static FrameKind of(PeerMessage message) {
        return message.accept(OF);
    }

    private static final class Of implements PeerMessage.Visitor<FrameKind>, Message.Visitor<FrameKind> {
        @Override
        public FrameKind protocol(PeerMessage.Protocol message) {
            return message.message().accept(this);
        }

        @Override
        public FrameKind checkpointReport(PeerMessage.CheckpointReport message) {
            return CHECKPOINT_REPORT;
        }

        @Override
        public FrameKind purgeRequest(PeerMessage.PurgeRequest message) {
            return PURGE_REQUEST;
        }

        @Override
        public FrameKind purgeResponse(PeerMessage.PurgeResponse message) {
            return PURGE_RESPONSE;
        }

        @Override
        public FrameKind snapshotChunk(PeerMessage.Chunk message) {
            return SNAPSHOT_CHUNK;
        }

        @Override
        public FrameKind snapshotAck(PeerMessage.Ack message) {
            return SNAPSHOT_ACK;
        }

        @Override
        public FrameKind preVoteRequest(Message.PreVoteRequest message) {
            return PRE_VOTE_REQUEST;
        }

        @Override
        public FrameKind preVoteResponse(Message.PreVoteResponse message) {
            return PRE_VOTE_RESPONSE;
        }

        @Override
        public FrameKind voteRequest(Message.VoteRequest message) {
            return VOTE_REQUEST;
        }

        @Override
        public FrameKind voteResponse(Message.VoteResponse message) {
            return VOTE_RESPONSE;
        }

        @Override
        public FrameKind appendEntries(Message.AppendEntries message) {
            return APPEND_ENTRIES;
        }

        @Override
        public FrameKind appendAccepted(Message.AppendAccepted message) {
            return APPEND_ACCEPTED;
        }

        @Override
        public FrameKind appendRejected(Message.AppendRejected message) {
            return APPEND_REJECTED;
        }

        @Override
        public FrameKind heartbeat(Message.Heartbeat message) {
            return HEARTBEAT;
        }

        @Override
        public FrameKind heartbeatResponse(Message.HeartbeatResponse message) {
            return HEARTBEAT_RESPONSE;
        }

        @Override
        public FrameKind readIndexRequest(Message.ReadIndexRequest message) {
            return READ_INDEX_REQUEST;
        }

        @Override
        public FrameKind readIndexResponse(Message.ReadIndexResponse message) {
            return READ_INDEX_RESPONSE;
        }

        @Override
        public FrameKind standingRequest(Message.StandingRequest message) {
            return STANDING_REQUEST;
        }

        @Override
        public FrameKind standingResponse(Message.StandingResponse message) {
            return STANDING_RESPONSE;
        }

        @Override
        public FrameKind timeoutNow(Message.TimeoutNow message) {
            return TIMEOUT_NOW;
        }

        @Override
        public FrameKind notMember(Message.NotMember message) {
            return NOT_MEMBER;
        }
    }
}
