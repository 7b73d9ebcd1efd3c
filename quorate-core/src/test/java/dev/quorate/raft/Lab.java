package dev.quorate.raft;

import static dev.quorate.raft.SimChecks.require;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Some cores on a perfect network and perfect disks: messages arrive in order and at once, writes are durable at once,
 * unless the test separates a node. The log of each node is followed through its effects.
 */
final class Lab {
    private record Mail(NodeId from, NodeId to, Message message) {}

    private static final RaftOptions OPTIONS =
            new RaftOptions(Subject.T, Subject.HEARTBEAT, Subject.DRIFT, 100, 10_000, 4, 100_000, 1_000_000, 100);

    private final Map<NodeId, Raft> cores = new TreeMap<>();
    private final Map<NodeId, List<Long>> logs = new TreeMap<>();
    private final TreeSet<NodeId> separated = new TreeSet<>();
    private final ArrayDeque<Mail> mail = new ArrayDeque<>();
    private final List<Message> delivered = new ArrayList<>();
    private long nowNanos = 3 * Subject.T;

    /** Adds node {@code id} of {@code voters} with a log of these terms. */
    Lab node(long id, int voters, long term, long... terms) {
        RecoveredState recovered = Subject.recovered(voters, term, terms);
        List<Long> log = new ArrayList<>();
        for (long each : terms) {
            log.add(each);
        }
        logs.put(NodeId.of(id), log);
        cores.put(NodeId.of(id), new Raft(NodeId.of(id), OPTIONS, recovered, nowNanos, id));
        return this;
    }

    Raft core(long id) {
        return core(NodeId.of(id));
    }

    /** The terms of the entries of this node. */
    List<Long> log(long id) {
        return List.copyOf(logs.getOrDefault(NodeId.of(id), List.of()));
    }

    /** All messages that arrived so far. */
    List<Message> delivered() {
        return delivered;
    }

    void separate(long... ids) {
        separated.clear();
        for (long id : ids) {
            separated.add(NodeId.of(id));
        }
    }

    void pass(long nanos) {
        nowNanos += nanos;
    }

    /** The election timeout of this node passes, and nobody else's. */
    void timeout(long id) {
        nowNanos = Math.max(nowNanos, core(id).nextDeadlineNanos());
        step(NodeId.of(id), new Input.TimerFired(), List.of());
    }

    void propose(long id) {
        step(NodeId.of(id), new Input.Propose(EntrySizes.of(10)), List.of());
    }

    /** Delivers one message; false when there is none. */
    boolean deliver() {
        Mail next = mail.poll();
        if (next == null) {
            return false;
        }
        boolean apart = separated.contains(next.from()) != separated.contains(next.to());
        if (!apart && cores.containsKey(next.to())) {
            delivered.add(next.message());
            List<TermRun> runs =
                    next.message() instanceof Message.AppendEntries append ? append.entries() : List.<TermRun>of();
            int count = (int) runs.stream().mapToLong(TermRun::size).sum();
            step(next.to(), new Input.Received(next.from(), next.message(), EntrySizes.of(new int[count])), runs);
        }
        return true;
    }

    /** Delivers everything. */
    Lab settle() {
        for (int i = 0; deliver(); i++) {
            require(i < 10_000, "the cores talk without end");
        }
        return this;
    }

    private Raft core(NodeId id) {
        return Optional.ofNullable(cores.get(id)).orElseThrow();
    }

    private void step(NodeId id, Input input, List<TermRun> arrived) {
        Raft core = core(id);
        long sequence = 0;
        for (Effect effect : List.copyOf(core.step(nowNanos, input))) {
            if (effect instanceof Effect.Send send) {
                mail.add(new Mail(id, send.to(), send.message()));
            } else if (effect instanceof Effect.Persist persist) {
                sequence = persist.sequence();
                write(logs.getOrDefault(id, new ArrayList<>()), persist, arrived, core.term());
            }
        }
        if (sequence > 0) {
            step(id, new Input.Persisted(sequence), List.of());
        }
    }

    private static void write(List<Long> log, Effect.Persist persist, List<TermRun> arrived, long ownTerm) {
        while (persist.truncateFrom() > 0 && log.size() >= persist.truncateFrom()) {
            log.remove(log.size() - 1);
        }
        for (long index = log.size() + 1L; index <= persist.last(); index++) {
            long at = index;
            log.add(arrived.stream()
                    .filter(run -> run.firstIndex() <= at && at <= run.lastIndex())
                    .map(TermRun::term)
                    .findFirst()
                    .orElse(ownTerm));
        }
    }
}
