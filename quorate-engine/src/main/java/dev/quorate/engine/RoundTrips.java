package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * How long messages with entries take to a peer, its disk, and back. An answer tells how far the peer's log matches,
 * and so answers every message up to there; a message that is sent again begins anew. Owned by LOOP; any thread takes a
 * picture.
 */
final class RoundTrips {
    /** The most messages to a peer whose answers are waited for; when there are more, the oldest is not measured. */
    static final int UNANSWERED_MAX = 1024;

    private record Sent(long lastIndex, long atNanos) {}

    private static final class Line {
        private final ArrayDeque<Sent> unanswered = new ArrayDeque<>();
        private final LatencyRecorder latencies = new LatencyRecorder();
    }

    private final Map<NodeId, Line> lines = new ConcurrentHashMap<>();

    /** A message with entries up to {@code lastIndex} was handed out. */
    void sent(NodeId to, long lastIndex, long nowNanos) {
        Line line = lines.computeIfAbsent(to, id -> new Line());
        while (!line.unanswered.isEmpty() && line.unanswered.getLast().lastIndex() >= lastIndex) {
            line.unanswered.removeLast();
        }
        if (line.unanswered.size() == UNANSWERED_MAX) {
            line.unanswered.removeFirst();
        }
        line.unanswered.add(new Sent(lastIndex, nowNanos));
    }

    /** The log of the peer matches up to {@code index}. */
    void matched(NodeId from, long index, long nowNanos) {
        Line line = lines.get(from);
        if (line == null) {
            return;
        }
        for (Sent first = line.unanswered.peek();
                first != null && first.lastIndex() <= index;
                first = line.unanswered.peek()) {
            line.latencies.record(nowNanos - first.atNanos());
            line.unanswered.remove();
        }
    }

    /** Another term or role: what was sent is answered by nobody. */
    void forgetSent() {
        lines.values().forEach(line -> line.unanswered.clear());
    }

    /** Forgets the nodes that are no members any more. */
    void retain(Predicate<NodeId> members) {
        lines.keySet().removeIf(id -> !members.test(id));
    }

    /** What was measured until now. Any thread. */
    SortedMap<NodeId, Histogram> picture() {
        SortedMap<NodeId, Histogram> histograms = new TreeMap<>();
        lines.forEach((id, line) -> histograms.put(id, line.latencies.picture()));
        return histograms;
    }
}
