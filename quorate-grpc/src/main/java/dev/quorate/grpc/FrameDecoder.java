package dev.quorate.grpc;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.TermRun;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.ForwardedOutcome;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.PeerMessage.PurgeRefusal;
import dev.quorate.spi.SnapshotAck;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Makes messages of the bodies of frames. Every method throws {@link IllegalArgumentException}, saying what is wrong,
 * for bytes that are no such message, and allocates no more than in proportion to the bytes that are there. Payloads
 * are views of the body.
 */
final class FrameDecoder {
    private static final int RUN_BYTES = 12;
    private static final int ENTRY_BYTES = 13;

    private final byte[] body;
    private final ByteBuffer in;

    private FrameDecoder(byte[] body) {
        this.body = body;
        this.in = ByteBuffer.wrap(body);
    }

    /** The message in the body of a frame of any kind but ping and pong. */
    static PeerMessage decode(int version, FrameKind kind, byte[] body) {
        FrameDecoder decoder = new FrameDecoder(body);
        try {
            PeerMessage message = decoder.message(kind);
            decoder.requireEnd(version);
            return message;
        } catch (BufferUnderflowException e) {
            throw cutOff(body, e);
        }
    }

    /** The number in the body of a ping or a pong. */
    static long number(int version, FrameKind kind, byte[] body) {
        FrameDecoder decoder = new FrameDecoder(body);
        try {
            long number = decoder.in.getLong();
            decoder.requireEnd(version);
            if (number == 0) {
                throw new IllegalArgumentException("a " + kind + " without a number");
            }
            return number;
        } catch (BufferUnderflowException e) {
            throw cutOff(body, e);
        }
    }

    private static IllegalArgumentException cutOff(byte[] body, BufferUnderflowException cause) {
        return new IllegalArgumentException("a body cut off at byte " + body.length, cause);
    }

    /** What a newer version added at the end is not for us; in our own version nothing may be there. */
    private void requireEnd(int version) {
        if (version < 1) {
            throw new IllegalArgumentException("a frame of version " + version);
        }
        if (version <= Frame.VERSION && in.hasRemaining()) {
            throw new IllegalArgumentException(in.remaining() + " bytes behind the body");
        }
    }

    private PeerMessage message(FrameKind kind) {
        return switch (kind) {
            case APPEND_ENTRIES -> appendEntries();
            case CHECKPOINT_REPORT -> new PeerMessage.CheckpointReport(in.getLong(), position(), bytes());
            case PURGE_REQUEST -> purgeRequest();
            case PURGE_RESPONSE -> purgeResponse();
            case FORWARDED_PROPOSAL -> forwardedProposal();
            case FORWARDED_ANSWER -> forwardedAnswer();
            case SNAPSHOT_CHUNK -> chunk();
            case SNAPSHOT_ACK -> ack();
            case PING, PONG -> throw new IllegalArgumentException(kind + " is no message");
            default -> PeerMessage.Protocol.of(small(kind));
        };
    }

    private Message small(FrameKind kind) {
        long term = in.getLong();
        return switch (kind) {
            case PRE_VOTE_REQUEST -> new Message.PreVoteRequest(term, position());
            case PRE_VOTE_RESPONSE -> new Message.PreVoteResponse(term, flag());
            case VOTE_REQUEST -> new Message.VoteRequest(term, position(), flag());
            case VOTE_RESPONSE -> new Message.VoteResponse(term, flag());
            case APPEND_ACCEPTED -> new Message.AppendAccepted(term, in.getLong(), in.getLong());
            case APPEND_REJECTED ->
                new Message.AppendRejected(term, in.getLong(), in.getLong(), optionalPosition(), in.getLong());
            case HEARTBEAT -> new Message.Heartbeat(term, in.getLong(), in.getLong());
            case HEARTBEAT_RESPONSE -> new Message.HeartbeatResponse(term, in.getLong(), in.getInt());
            case READ_INDEX_REQUEST -> new Message.ReadIndexRequest(term, in.getLong());
            case READ_INDEX_RESPONSE ->
                new Message.ReadIndexResponse(
                        term, in.getLong(), flag() ? Optional.of(in.getLong()) : Optional.empty());
            case STANDING_REQUEST -> new Message.StandingRequest(term, in.getLong());
            case STANDING_RESPONSE ->
                new Message.StandingResponse(
                        term, in.getLong(), position(), position(), MembershipFormat.decode(bytes()), voters());
            case TIMEOUT_NOW -> new Message.TimeoutNow(term);
            case NOT_MEMBER -> new Message.NotMember(term, in.getLong());
            case APPEND_ENTRIES,
                    CHECKPOINT_REPORT,
                    PURGE_REQUEST,
                    PURGE_RESPONSE,
                    FORWARDED_PROPOSAL,
                    FORWARDED_ANSWER,
                    SNAPSHOT_CHUNK,
                    SNAPSHOT_ACK,
                    PING,
                    PONG -> throw new IllegalArgumentException(kind + " is no small message of the core");
        };
    }

    private PeerMessage appendEntries() {
        long term = in.getLong();
        LogId prev = position();
        long commitIndex = in.getLong();
        long round = in.getLong();
        List<TermRun> runs = runs(prev);
        Message.AppendEntries append = new Message.AppendEntries(term, prev, runs, commitIndex, round);
        int count = count(ENTRY_BYTES);
        if (count != append.count()) {
            throw new IllegalArgumentException(count + " entries in runs of " + append.count());
        }
        int payloadAt = in.position() + count * ENTRY_BYTES;
        List<Entry> entries = new ArrayList<>(count);
        for (TermRun run : runs) {
            for (long index = run.firstIndex(); index <= run.lastIndex(); index++) {
                EntryKind kind = EntryKind.ofCode(Byte.toUnsignedInt(in.get()));
                long timeMillis = in.getLong();
                int length = in.getInt();
                if (length < 0 || length > body.length - payloadAt) {
                    throw new IllegalArgumentException("a payload of " + Integer.toUnsignedLong(length)
                            + " bytes where " + (body.length - payloadAt) + " are left");
                }
                Bytes payload = Bytes.wrap(body, payloadAt, length);
                payloadAt += length;
                entries.add(new Entry(new LogId(run.term(), index), kind, payload, timeMillis));
            }
        }
        in.position(payloadAt);
        return new PeerMessage.Protocol(append, entries);
    }

    private List<TermRun> runs(LogId prev) {
        int count = count(RUN_BYTES);
        List<TermRun> runs = new ArrayList<>(count);
        long next = prev.index() + 1;
        for (int place = 0; place < count; place++) {
            long term = in.getLong();
            int size = in.getInt();
            if (size < 1 || next > Long.MAX_VALUE - size) {
                throw new IllegalArgumentException("a run of " + size + " entries from index " + next);
            }
            runs.add(new TermRun(term, next, next + size - 1));
            next += size;
        }
        return runs;
    }

    private PeerMessage purgeRequest() {
        return new PeerMessage.PurgeRequest(new PeerMessage.PurgeLogRequest(
                in.getLong(), NodeId.of(in.getLong()), in.getLong(), optionalPosition(), bytes()));
    }

    /** Two memberships at most are behind each other, so there are no more voters than in two. */
    private SortedSet<NodeId> voters() {
        int count = in.getInt();
        if (count < 0 || count > 2 * Membership.MEMBERS_MAX) {
            throw new IllegalArgumentException(count + " voters, the limit is " + 2 * Membership.MEMBERS_MAX);
        }
        SortedSet<NodeId> voters = new TreeSet<>();
        for (int place = 0; place < count; place++) {
            voters.add(NodeId.of(in.getLong()));
        }
        return voters;
    }

    private PeerMessage purgeResponse() {
        NodeId node = NodeId.of(in.getLong());
        long term = in.getLong();
        boolean success = flag();
        LogId lastPurged = position();
        int code = Byte.toUnsignedInt(in.get());
        Optional<PurgeRefusal> refusal = code == 0 ? Optional.empty() : Optional.of(WireCodes.refusal(code));
        return new PeerMessage.PurgeResponse(
                new PeerMessage.PurgeLogResponse(node, term, success, lastPurged, refusal));
    }

    private PeerMessage forwardedProposal() {
        return new PeerMessage.ForwardedProposal(
                in.getLong(), in.getLong(), in.getLong(), EntryKind.ofCode(Byte.toUnsignedInt(in.get())), bytes());
    }

    private PeerMessage forwardedAnswer() {
        long life = in.getLong();
        long number = in.getLong();
        ForwardedOutcome.Kind kind = ForwardedOutcome.Kind.ofCode(Byte.toUnsignedInt(in.get()));
        LogId position = position();
        long leader = in.getLong();
        Optional<NodeId> known = leader == 0 ? Optional.empty() : Optional.of(NodeId.of(leader));
        String why = new String(bytes().toByteArray(), StandardCharsets.UTF_8);
        return new PeerMessage.ForwardedAnswer(life, number, new ForwardedOutcome(kind, position, bytes(), known, why));
    }

    private PeerMessage chunk() {
        long stream = in.getLong();
        return new PeerMessage.Chunk(
                stream,
                new SnapshotChunk(
                        in.getLong(),
                        NodeId.of(in.getLong()),
                        in.getInt(),
                        in.getInt(),
                        in.getInt(),
                        flag() ? Optional.of(metadata()) : Optional.empty(),
                        bytes()));
    }

    /** Outlives the chunk by far, and so must not keep its data alive. */
    private SnapshotMetadata metadata() {
        return new SnapshotMetadata(
                position(),
                in.getLong(),
                MembershipFormat.decode(bytes()),
                bytes().compact(),
                in.getLong(),
                in.getInt(),
                bytes().compact());
    }

    private PeerMessage ack() {
        long stream = in.getLong();
        long term = in.getLong();
        int seq = in.getInt();
        SnapshotAck.Status status = WireCodes.status(Byte.toUnsignedInt(in.get()));
        return new PeerMessage.Ack(stream, term, new SnapshotAck(seq, status, in.getInt()));
    }

    private LogId position() {
        return new LogId(in.getLong(), in.getLong());
    }

    private Optional<LogId> optionalPosition() {
        return flag() ? Optional.of(position()) : Optional.empty();
    }

    private boolean flag() {
        byte value = in.get();
        if (value != 0 && value != 1) {
            throw new IllegalArgumentException("a flag of value " + value);
        }
        return value == 1;
    }

    /** A count of things that have at least so many bytes each. */
    private int count(int bytesEach) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / bytesEach) {
            throw new IllegalArgumentException(
                    "a count of " + Integer.toUnsignedLong(count) + " where " + in.remaining() + " bytes are left");
        }
        return count;
    }

    private Bytes bytes() {
        int length = count(1);
        Bytes bytes = Bytes.wrap(body, in.position(), length);
        in.position(in.position() + length);
        return bytes;
    }
}
