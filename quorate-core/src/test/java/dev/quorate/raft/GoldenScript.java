package dev.quorate.raft;

import dev.quorate.raft.MessageText.Fields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A conversation with one core as text. Lines that begin with {@code >} are inputs, the indented lines behind each are
 * its effects; {@link #play} runs the inputs and writes the text with the effects that really came.
 *
 * <pre>
 *   node 1 of=1,2,3 learners=4 term=2 vote=3 log=1x3,2x2 size=10 purged=1/1 snapshot=1/2 applied=3
 *   options entries=4 bytes=100 in-flight=2 in-flight-bytes=1000 uncommitted=500 reads=2 drift=100
 *   &gt; timer                 the time jumps to the next deadline, if it is ahead
 *   &gt; fire                  the same input at the present time
 *   &gt; wait 50               milliseconds pass, nothing else
 *   &gt; 2: heartbeat …        a message arrives, see MessageText; entries get size=… (10)
 *   &gt; 2: append … at=5 of=1,2 learners=3     entry 5 of the message brings this membership
 *   &gt; propose 3 size=10 · read 7 · persisted [n] · applied 5 · saved 1/5 · received 2/9 of=1,2,3 · restored 2/9
 *   &gt; change 1 add-voter 4 [address] · transfer 1 [2]     see ChangeText
 *   &gt; delivered 2 2/9 installed · purged 1/4 · observed 2 term=9 · storage full|free
 *   &gt; deadline · status · peers       show, change nothing
 * </pre>
 *
 * An election timeout is 1000 ms, a heartbeat 100 ms.
 */
final class GoldenScript {
    private static final long MILLISECOND = 1_000_000;
    private static final long ELECTION = 1000 * MILLISECOND;

    private final MessageText messages = new MessageText();
    private final EffectText effects = new EffectText(messages);
    private RaftOptions options = options(new Fields());
    private Optional<Raft> raft = Optional.empty();
    private long nowNanos = 5000 * MILLISECOND;
    private long lastSequence;

    static String play(String script) {
        GoldenScript golden = new GoldenScript();
        List<String> played = new ArrayList<>();
        for (String line : script.split("\n", -1)) {
            if (line.startsWith("  ")) {
                continue;
            }
            played.add(line);
            for (String answer : golden.play(line, line.split("\\s+"))) {
                played.add("  " + answer);
            }
        }
        return String.join("\n", played);
    }

    private List<String> play(String line, String[] words) {
        switch (words[0]) {
            case "options" -> options = options(new Fields(words));
            case "node" ->
                raft = Optional.of(new Raft(
                        NodeId.of(Long.parseLong(words[1])), options, recovered(new Fields(words)), nowNanos, 1));
            case ">" -> {
                try {
                    return input(line, words);
                } catch (InvariantViolation violation) {
                    return List.of("halt: " + violation.getMessage());
                }
            }
            default -> {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    throw new IllegalArgumentException("neither input nor comment: " + line);
                }
            }
        }
        return List.of();
    }

    private List<String> input(String line, String[] words) {
        switch (words[1]) {
            case "wait" -> nowNanos += Long.parseLong(words[2]) * MILLISECOND;
            case "timer" -> {
                nowNanos = Math.max(nowNanos, raft().nextDeadlineNanos());
                return step(new Input.TimerFired());
            }
            case "deadline" -> {
                return List.of("deadline " + deadline());
            }
            case "status" -> {
                return List.of(status());
            }
            case "peers" -> {
                return peers();
            }
            default -> {
                return step(words[1].endsWith(":") ? received(line, words) : request(words));
            }
        }
        return List.of();
    }

    private List<String> step(Input input) {
        List<String> lines = new ArrayList<>();
        for (Effect effect : raft().step(nowNanos, input)) {
            if (effect instanceof Effect.Persist persist) {
                lastSequence = persist.sequence();
            }
            lines.add(effects.print(effect, nowNanos));
        }
        return lines;
    }

    private Input request(String[] words) {
        Fields fields = new Fields(words);
        return switch (words[1]) {
            case "fire" -> new Input.TimerFired();
            case "propose" -> new Input.Propose(sizes(Integer.parseInt(words[2]), fields));
            case "read" -> new Input.Read(Long.parseLong(words[2]));
            case "persisted" -> new Input.Persisted(words.length > 2 ? Long.parseLong(words[2]) : lastSequence);
            case "applied" -> new Input.Applied(Long.parseLong(words[2]));
            case "saved" -> new Input.SnapshotSaved(MessageText.logId(words[2]));
            case "received" -> new Input.SnapshotReceived(MessageText.logId(words[2]), membership(fields));
            case "restored" -> new Input.SnapshotRestored(MessageText.logId(words[2]));
            case "delivered" ->
                new Input.SnapshotDelivered(
                        NodeId.of(Long.parseLong(words[2])), MessageText.logId(words[3]), fields.flag("installed"));
            case "purged" -> new Input.Purged(MessageText.logId(words[2]));
            case "observed" -> new Input.TermObserved(NodeId.of(Long.parseLong(words[2])), fields.number("term"));
            case "change" -> new Input.Reconfigure(Long.parseLong(words[2]), ChangeText.parse(words, 3));
            case "transfer" ->
                new Input.TransferLeadership(
                        Long.parseLong(words[2]),
                        words.length > 3 ? Optional.of(NodeId.of(Long.parseLong(words[3]))) : Optional.empty());
            case "storage" -> new Input.StorageSpace(fields.flag("free"));
            default -> throw new IllegalArgumentException("no input: " + String.join(" ", words));
        };
    }

    private Input received(String line, String[] words) {
        NodeId from = NodeId.of(Long.parseLong(words[1].substring(0, words[1].length() - 1)));
        Message message = messages.parse(line.substring(line.indexOf(':') + 1));
        int count = message instanceof Message.AppendEntries append ? (int) append.count() : 0;
        Fields fields = new Fields(words);
        List<LoggedMembership> memberships = fields.has("at")
                ? List.of(new LoggedMembership(fields.number("at"), membership(fields)))
                : List.<LoggedMembership>of();
        return new Input.Received(from, message, sizes(count, fields), memberships);
    }

    private String deadline() {
        long deadline = raft().nextDeadlineNanos();
        if (deadline == Long.MAX_VALUE) {
            return "none";
        }
        long wait = deadline - nowNanos;
        return wait >= ELECTION && wait < 3 * ELECTION && wait % (10 * MILLISECOND) != 0
                ? "random election timeout" + (wait >= 2 * ELECTION ? " of one that holds back" : "")
                : "+" + wait / MILLISECOND + "ms";
    }

    private String status() {
        RaftStatus status = raft().status();
        return status.role() + " term=" + status.term() + EffectText.leader(status.leader()) + " purged="
                + status.purged() + " snapshot=" + status.snapshot() + " applied=" + status.appliedIndex() + " commit="
                + status.commitIndex() + " persisted=" + status.persistedIndex() + " last=" + status.last()
                + (status.removed() ? " removed" : "")
                + (raft().rejectedMessages().isEmpty() ? "" : " rejected=" + raft().rejectedMessages());
    }

    private List<String> peers() {
        List<String> lines = new ArrayList<>();
        raft().status()
                .peers()
                .forEach((id, peer) -> lines.add(id + " " + peer.mode() + " match=" + peer.matchIndex() + " next="
                        + peer.nextIndex() + " in-flight=" + peer.inFlightMessages()
                        + (peer.recentlyActive() ? "" : " silent")));
        return lines;
    }

    private Raft raft() {
        return raft.orElseThrow(() -> new IllegalArgumentException("an input before the node"));
    }

    private static RaftOptions options(Fields fields) {
        return new RaftOptions(
                ELECTION,
                100 * MILLISECOND,
                fields.number("drift", 100) * MILLISECOND,
                (int) fields.number("entries", 100),
                (int) fields.number("bytes", 1000),
                (int) fields.number("in-flight", 4),
                fields.number("in-flight-bytes", 4000),
                fields.number("uncommitted", 10_000),
                (int) fields.number("reads", 8),
                (int) fields.number("priority", RaftOptions.PRIORITY_MAX));
    }

    private static RecoveredState recovered(Fields fields) {
        LogId purged = fields.has("purged") ? MessageText.logId(fields.text("purged")) : LogId.ZERO;
        LogId snapshot = fields.has("snapshot") ? MessageText.logId(fields.text("snapshot")) : purged;
        List<TermRun> runs =
                fields.has("log") ? MessageText.runs(purged.index(), fields.text("log")) : List.<TermRun>of();
        long count = runs.stream().mapToLong(TermRun::size).sum();
        return new RecoveredState(
                new HardState(fields.number("term", 0), vote(fields)),
                membership(fields),
                purged,
                snapshot,
                fields.number("applied", snapshot.index()),
                runs,
                sizes((int) count, fields));
    }

    private static Optional<NodeId> vote(Fields fields) {
        return fields.has("vote") ? Optional.of(NodeId.of(fields.number("vote"))) : Optional.empty();
    }

    private static Membership membership(Fields fields) {
        SortedSet<NodeId> voters = ids(fields.text("of", ""));
        SortedSet<NodeId> outgoing = ids(fields.text("outgoing", ""));
        SortedSet<NodeId> learners = ids(fields.text("learners", ""));
        Map<NodeId, String> addresses = new TreeMap<>();
        List.of(voters, outgoing, learners).forEach(ids -> ids.forEach(id -> addresses.put(id, "")));
        return new Membership(voters, outgoing, learners, new TreeMap<>(addresses));
    }

    private static SortedSet<NodeId> ids(String text) {
        SortedSet<NodeId> ids = new TreeSet<>();
        for (String id : text.split(",", -1)) {
            if (!id.isEmpty()) {
                ids.add(NodeId.of(Long.parseLong(id)));
            }
        }
        return ids;
    }

    private static EntrySizes sizes(int count, Fields fields) {
        int[] bytes = new int[count];
        Arrays.fill(bytes, (int) fields.number("size", 10));
        return EntrySizes.of(bytes);
    }
}
