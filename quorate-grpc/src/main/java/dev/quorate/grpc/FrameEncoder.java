package dev.quorate.grpc;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.TermRun;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.ForwardedOutcome;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.SnapshotAck;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes frames of messages: the fields in the order of their records, a position as term 8 and index 8, a flag or an
 * enumeration as 1, what is optional behind a flag, bytes behind their length 4. {@link FrameDecoder} reads them. Owned
 * by one thread.
 */
final class FrameEncoder implements PeerMessage.Visitor<Frame>, Message.Visitor<Frame> {
    private static final int SCRATCH_BYTES = 4096;

    private ByteBuffer out = ByteBuffer.allocate(SCRATCH_BYTES);
    private List<Entry> entries = List.of();

    /** The frame of a message. */
    Frame encode(PeerMessage message) {
        return message.accept(this);
    }

    /** The frame of a ping or a pong. */
    Frame number(FrameKind kind, long number) {
        return begin(kind).putLong(number).frame();
    }

    /** About the bytes of the message in a frame, without making it: the payloads, and a share for the rest. */
    static int estimate(PeerMessage message) {
        long sum = 64;
        if (message instanceof PeerMessage.Protocol protocol) {
            for (int place = 0; place < protocol.entries().size(); place++) {
                sum += 16L + protocol.entries().get(place).payload().length();
            }
        } else if (message instanceof PeerMessage.Chunk part) {
            sum += part.chunk().data().length();
        } else if (message instanceof PeerMessage.ForwardedProposal proposal) {
            sum += proposal.payload().length();
        } else if (message instanceof PeerMessage.ForwardedAnswer answer) {
            sum += answer.outcome().response().length();
        }
        return (int) Math.min(sum, Integer.MAX_VALUE);
    }

    @Override
    public Frame protocol(PeerMessage.Protocol message) {
        entries = message.entries();
        return message.message().accept(this);
    }

    @Override
    public Frame preVoteRequest(Message.PreVoteRequest message) {
        return begin(FrameKind.PRE_VOTE_REQUEST)
                .putLong(message.term())
                .put(message.last())
                .frame();
    }

    @Override
    public Frame preVoteResponse(Message.PreVoteResponse message) {
        return begin(FrameKind.PRE_VOTE_RESPONSE)
                .putLong(message.term())
                .put(message.granted())
                .frame();
    }

    @Override
    public Frame voteRequest(Message.VoteRequest message) {
        return begin(FrameKind.VOTE_REQUEST)
                .putLong(message.term())
                .put(message.last())
                .put(message.transfer())
                .frame();
    }

    @Override
    public Frame voteResponse(Message.VoteResponse message) {
        return begin(FrameKind.VOTE_RESPONSE)
                .putLong(message.term())
                .put(message.granted())
                .frame();
    }

    @Override
    public Frame appendEntries(Message.AppendEntries message) {
        begin(FrameKind.APPEND_ENTRIES)
                .putLong(message.term())
                .put(message.prev())
                .putLong(message.commitIndex())
                .putLong(message.round())
                .putInt(message.entries().size());
        for (TermRun run : message.entries()) {
            putLong(run.term()).putInt((int) run.size());
        }
        int count = entries.size();
        putInt(count);
        List<Bytes> payloads = new ArrayList<>(count);
        for (int place = 0; place < count; place++) {
            Entry entry = entries.get(place);
            putByte(entry.kind().code())
                    .putLong(entry.timeMillis())
                    .putInt(entry.payload().length());
            payloads.add(entry.payload());
        }
        entries = List.of();
        return frame(payloads);
    }

    @Override
    public Frame appendAccepted(Message.AppendAccepted message) {
        return begin(FrameKind.APPEND_ACCEPTED)
                .putLong(message.term())
                .putLong(message.matchIndex())
                .putLong(message.round())
                .frame();
    }

    @Override
    public Frame appendRejected(Message.AppendRejected message) {
        return begin(FrameKind.APPEND_REJECTED)
                .putLong(message.term())
                .putLong(message.prevIndex())
                .putLong(message.lastIndex())
                .putOptional(message.conflict())
                .putLong(message.round())
                .frame();
    }

    @Override
    public Frame heartbeat(Message.Heartbeat message) {
        return begin(FrameKind.HEARTBEAT)
                .putLong(message.term())
                .putLong(message.commitIndex())
                .putLong(message.round())
                .frame();
    }

    @Override
    public Frame heartbeatResponse(Message.HeartbeatResponse message) {
        return begin(FrameKind.HEARTBEAT_RESPONSE)
                .putLong(message.term())
                .putLong(message.round())
                .putInt(message.priority())
                .frame();
    }

    @Override
    public Frame readIndexRequest(Message.ReadIndexRequest message) {
        return begin(FrameKind.READ_INDEX_REQUEST)
                .putLong(message.term())
                .putLong(message.readId())
                .frame();
    }

    @Override
    public Frame readIndexResponse(Message.ReadIndexResponse message) {
        begin(FrameKind.READ_INDEX_RESPONSE)
                .putLong(message.term())
                .putLong(message.readId())
                .put(message.readIndex().isPresent());
        message.readIndex().ifPresent(this::putLong);
        return frame();
    }

    @Override
    public Frame standingRequest(Message.StandingRequest message) {
        return begin(FrameKind.STANDING_REQUEST)
                .putLong(message.term())
                .putLong(message.number())
                .frame();
    }

    @Override
    public Frame standingResponse(Message.StandingResponse message) {
        begin(FrameKind.STANDING_RESPONSE)
                .putLong(message.term())
                .putLong(message.number())
                .put(message.last())
                .put(message.membershipAt())
                .put(MembershipFormat.encode(message.membership()))
                .putInt(message.voters().size());
        message.voters().forEach(voter -> putLong(voter.value()));
        return frame();
    }

    @Override
    public Frame timeoutNow(Message.TimeoutNow message) {
        return begin(FrameKind.TIMEOUT_NOW).putLong(message.term()).frame();
    }

    @Override
    public Frame notMember(Message.NotMember message) {
        return begin(FrameKind.NOT_MEMBER)
                .putLong(message.term())
                .putLong(message.membershipIndex())
                .frame();
    }

    @Override
    public Frame checkpointReport(PeerMessage.CheckpointReport message) {
        return begin(FrameKind.CHECKPOINT_REPORT)
                .putLong(message.term())
                .put(message.lastIncluded())
                .put(message.stateDigest())
                .frame();
    }

    @Override
    public Frame purgeRequest(PeerMessage.PurgeRequest message) {
        PeerMessage.PurgeLogRequest request = message.request();
        return begin(FrameKind.PURGE_REQUEST)
                .putLong(request.term())
                .putLong(request.leaderId().value())
                .putLong(request.leaderCommit())
                .putOptional(request.lastIncluded())
                .put(request.snapshotChecksum())
                .frame();
    }

    @Override
    public Frame purgeResponse(PeerMessage.PurgeResponse message) {
        PeerMessage.PurgeLogResponse response = message.response();
        return begin(FrameKind.PURGE_RESPONSE)
                .putLong(response.nodeId().value())
                .putLong(response.term())
                .put(response.success())
                .put(response.lastPurged())
                .putByte(response.refusal().map(WireCodes::code).orElse(0))
                .frame();
    }

    @Override
    public Frame snapshotChunk(PeerMessage.Chunk message) {
        SnapshotChunk chunk = message.chunk();
        begin(FrameKind.SNAPSHOT_CHUNK)
                .putLong(message.stream())
                .putLong(chunk.leaderTerm())
                .putLong(chunk.leaderId().value())
                .putInt(chunk.seq())
                .putInt(chunk.totalChunks())
                .putInt(chunk.crc32c())
                .put(chunk.metadata().isPresent());
        chunk.metadata().ifPresent(this::putMetadata);
        putInt(chunk.data().length());
        return frame(List.of(chunk.data()));
    }

    @Override
    public Frame snapshotAck(PeerMessage.Ack message) {
        SnapshotAck ack = message.ack();
        return begin(FrameKind.SNAPSHOT_ACK)
                .putLong(message.stream())
                .putLong(message.term())
                .putInt(ack.seq())
                .putByte(WireCodes.code(ack.status()))
                .putInt(ack.nextRequested())
                .frame();
    }

    @Override
    public Frame forwardedProposal(PeerMessage.ForwardedProposal message) {
        return begin(FrameKind.FORWARDED_PROPOSAL)
                .putLong(message.term())
                .putLong(message.life())
                .putLong(message.number())
                .putByte(message.kind().code())
                .putInt(message.payload().length())
                .frame(List.of(message.payload()));
    }

    @Override
    public Frame forwardedAnswer(PeerMessage.ForwardedAnswer message) {
        ForwardedOutcome outcome = message.outcome();
        return begin(FrameKind.FORWARDED_ANSWER)
                .putLong(message.life())
                .putLong(message.number())
                .putByte(outcome.kind().code())
                .put(outcome.position())
                .putLong(outcome.leader().map(NodeId::value).orElse(0L))
                .put(Bytes.utf8(outcome.why()))
                .putInt(outcome.response().length())
                .frame(List.of(outcome.response()));
    }

    private void putMetadata(SnapshotMetadata metadata) {
        put(metadata.lastIncluded())
                .putLong(metadata.timeMillis())
                .put(MembershipFormat.encode(metadata.membership()))
                .put(metadata.stateDigest())
                .putLong(metadata.sizeBytes())
                .putInt(metadata.chunkBytes())
                .put(metadata.checksum());
    }

    private FrameEncoder begin(FrameKind kind) {
        out.clear();
        return putByte(Frame.VERSION).putByte(kind.code()).putInt(0);
    }

    private Frame frame() {
        return frame(List.of());
    }

    private Frame frame(List<Bytes> payloads) {
        long length = out.position();
        for (int place = 0; place < payloads.size(); place++) {
            length += payloads.get(place).length();
        }
        if (length > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a message of " + length + " bytes");
        }
        out.putInt(Frame.LENGTH_AT, (int) length - Frame.HEADER_BYTES);
        return new Frame(Bytes.wrap(Arrays.copyOf(out.array(), out.position())), payloads, (int) length);
    }

    private FrameEncoder putByte(int value) {
        room(1).put((byte) value);
        return this;
    }

    private FrameEncoder put(boolean flag) {
        return putByte(flag ? 1 : 0);
    }

    private FrameEncoder putInt(int value) {
        room(Integer.BYTES).putInt(value);
        return this;
    }

    private FrameEncoder putLong(long value) {
        room(Long.BYTES).putLong(value);
        return this;
    }

    private FrameEncoder put(LogId position) {
        return putLong(position.term()).putLong(position.index());
    }

    private FrameEncoder putOptional(Optional<LogId> position) {
        return position.isPresent() ? put(true).put(position.get()) : put(false);
    }

    private FrameEncoder put(Bytes bytes) {
        putInt(bytes.length());
        bytes.copyTo(room(bytes.length()));
        return this;
    }

    private ByteBuffer room(int bytes) {
        if (out.remaining() < bytes) {
            int wanted = Math.max(2 * out.capacity(), out.position() + bytes);
            out = ByteBuffer.allocate(wanted).put(out.flip());
        }
        return out;
    }
}
