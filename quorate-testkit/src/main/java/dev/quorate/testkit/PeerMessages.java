package dev.quorate.testkit;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.TermRun;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.ChangeFormat;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.ForwardedOutcome;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.SnapshotAck;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Messages of every kind, to try a transport or a codec with. */
public final class PeerMessages {
    private static final LogId POSITION = new LogId(3, 0x0102_0304_0506L);
    private static final Membership MEMBERSHIP = Membership.ofVoters(
            Map.of(NodeId.of(1), "http://a:1", NodeId.of(0xfedc_ba98_7654_3210L), "http://b:2;x=y"));

    /**
     * The kinds that there were in version 1; a later kind gets a sample of its own, for recorded frames never change.
     */
    private static final EntryKind[] FIRST_KINDS = {
        EntryKind.COMMAND,
        EntryKind.NO_OP,
        EntryKind.MEMBERSHIP,
        EntryKind.CHECKPOINT,
        EntryKind.ALARM,
        EntryKind.OPEN_SESSION,
        EntryKind.CLOSE_SESSION,
        EntryKind.SESSION_COMMAND
    };

    private PeerMessages() {}

    /** Messages of each kind, by names that do not change; what is under a name does not change either. */
    public static Map<String, PeerMessage> samples() {
        Map<String, PeerMessage> samples = new TreeMap<>();
        samples.put("pre-vote-request", of(new Message.PreVoteRequest(4, POSITION)));
        samples.put("pre-vote-response", of(new Message.PreVoteResponse(4, true)));
        samples.put("vote-request", of(new Message.VoteRequest(5, POSITION, true)));
        samples.put("vote-response", of(new Message.VoteResponse(5, false)));
        samples.put("append-entries", appendOfEveryKind());
        samples.put("append-probe", of(new Message.AppendEntries(7, LogId.ZERO, List.of(), 0, 1)));
        samples.put("append-accepted", of(new Message.AppendAccepted(7, 104, 13)));
        samples.put("append-rejected", of(new Message.AppendRejected(7, 104, 90, Optional.of(new LogId(2, 80)), 14)));
        samples.put("append-rejected-short", of(new Message.AppendRejected(7, 104, 90, Optional.empty(), 15)));
        samples.put("heartbeat", of(new Message.Heartbeat(7, 103, 16)));
        samples.put("heartbeat-response", of(new Message.HeartbeatResponse(7, 16, 5)));
        samples.put("read-index-request", of(new Message.ReadIndexRequest(7, -9)));
        samples.put("read-index-response", of(new Message.ReadIndexResponse(7, -9, Optional.of(103L))));
        samples.put("read-index-refused", of(new Message.ReadIndexResponse(7, -9, Optional.empty())));
        samples.put("standing-request", of(new Message.StandingRequest(8, 77)));
        samples.put(
                "standing-response",
                of(new Message.StandingResponse(8, 77, POSITION, new LogId(2, 40), MEMBERSHIP, MEMBERSHIP.voters())));
        samples.put("timeout-now", of(new Message.TimeoutNow(8)));
        samples.put("not-member", of(new Message.NotMember(8, 60)));
        samples.put("checkpoint-report", new PeerMessage.CheckpointReport(8, POSITION, Bytes.utf8("digest")));
        samples.put(
                "purge-request",
                new PeerMessage.PurgeRequest(new PeerMessage.PurgeLogRequest(
                        8, NodeId.of(1), 104, Optional.of(POSITION), Bytes.utf8("digest"))));
        samples.put("purge-response", purged(true, Optional.empty()));
        for (PeerMessage.PurgeRefusal refusal : PeerMessage.PurgeRefusal.values()) {
            samples.put("purge-response-" + name(refusal), purged(false, Optional.of(refusal)));
        }
        samples.put(
                "forwarded-command",
                new PeerMessage.ForwardedProposal(8, -5, 17, EntryKind.COMMAND, Bytes.utf8("command")));
        samples.put(
                "forwarded-change",
                new PeerMessage.ForwardedProposal(
                        8, -5, 18, EntryKind.MEMBERSHIP, ChangeFormat.encode(MembershipChange.remove(NodeId.of(3)))));
        samples.put(
                "forwarded-applied",
                new PeerMessage.ForwardedAnswer(-5, 17, ForwardedOutcome.applied(POSITION, Bytes.utf8("response"))));
        for (ForwardedOutcome.Kind kind : ForwardedOutcome.Kind.values()) {
            samples.put(
                    "forwarded-answer-" + name(kind),
                    new PeerMessage.ForwardedAnswer(
                            -5, 19, ForwardedOutcome.failed(kind, Optional.of(NodeId.of(2)), "größer")));
        }
        samples.put(
                "forwarded-session-command",
                new PeerMessage.ForwardedProposal(8, -5, 20, EntryKind.SESSION_COMMAND, Bytes.utf8("in a session")));
        samples.put(
                "forwarded-repeated",
                new PeerMessage.ForwardedAnswer(
                        -5,
                        20,
                        ForwardedOutcome.ofSession(ForwardedOutcome.Kind.REPEATED, POSITION, Bytes.utf8("response"))));
        samples.put("snapshot-chunk-first", chunk(0, Optional.of(metadata())));
        samples.put("snapshot-chunk", chunk(1, Optional.empty()));
        for (SnapshotAck.Status status : SnapshotAck.Status.values()) {
            samples.put("snapshot-ack-" + name(status), new PeerMessage.Ack(21, 9, new SnapshotAck(3, status, 4)));
        }
        return samples;
    }

    /** Entries from index {@code prev + 1} on in one message of term 1, each with a payload of this size. */
    public static PeerMessage append(long prevIndex, int count, int payloadBytes) {
        List<Entry> entries = new ArrayList<>(count);
        for (int place = 0; place < count; place++) {
            byte[] payload = new byte[payloadBytes];
            for (int at = 0; at < payload.length; at++) {
                payload[at] = (byte) (place + at);
            }
            LogId id = new LogId(1, prevIndex + 1 + place);
            entries.add(new Entry(id, EntryKind.COMMAND, Bytes.wrap(payload), 1000 + place));
        }
        LogId prev = prevIndex == 0 ? LogId.ZERO : new LogId(1, prevIndex);
        TermRun run = new TermRun(1, prevIndex + 1, prevIndex + count);
        return new PeerMessage.Protocol(new Message.AppendEntries(1, prev, List.of(run), prevIndex, 1), entries);
    }

    /** A chunk in the middle of a snapshot. */
    public static PeerMessage chunk(int seq, int totalChunks, int bytes) {
        byte[] content = new byte[bytes];
        return new PeerMessage.Chunk(
                1, new SnapshotChunk(1, NodeId.of(1), seq, totalChunks, 0, Optional.empty(), Bytes.wrap(content)));
    }

    /** A heartbeat with this number as its round. */
    public static PeerMessage heartbeat(long round) {
        return of(new Message.Heartbeat(1, 0, round));
    }

    private static PeerMessage of(Message message) {
        return PeerMessage.Protocol.of(message);
    }

    private static PeerMessage appendOfEveryKind() {
        List<Entry> entries = new ArrayList<>();
        for (int place = 0; place < FIRST_KINDS.length; place++) {
            LogId id = new LogId(place < 2 ? 4 : 6, 101 + place);
            Bytes payload = switch (FIRST_KINDS[place]) {
                case NO_OP, CHECKPOINT -> Bytes.EMPTY;
                case MEMBERSHIP -> MembershipFormat.encode(MEMBERSHIP);
                default -> Bytes.utf8("payload of " + FIRST_KINDS[place]);
            };
            entries.add(new Entry(id, FIRST_KINDS[place], payload, 1_700_000_000_000L + place));
        }
        List<TermRun> runs = List.of(new TermRun(4, 101, 102), new TermRun(6, 103, 100 + FIRST_KINDS.length));
        return new PeerMessage.Protocol(new Message.AppendEntries(7, new LogId(3, 100), runs, 99, 12), entries);
    }

    private static PeerMessage purged(boolean success, Optional<PeerMessage.PurgeRefusal> refusal) {
        return new PeerMessage.PurgeResponse(
                new PeerMessage.PurgeLogResponse(NodeId.of(-2), 8, success, POSITION, refusal));
    }

    private static PeerMessage chunk(int seq, Optional<SnapshotMetadata> metadata) {
        return new PeerMessage.Chunk(
                21, new SnapshotChunk(9, NodeId.of(1), seq, 2, 0xcafe_babe, metadata, Bytes.utf8("part " + seq)));
    }

    private static SnapshotMetadata metadata() {
        return new SnapshotMetadata(
                POSITION, 1_700_000_000_000L, MEMBERSHIP, Bytes.utf8("digest"), 12, 6, Bytes.wrap(new byte[32]));
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
