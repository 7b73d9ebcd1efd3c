package dev.quorate.server.drill;

import dev.quorate.engine.NodeStatus;
import dev.quorate.engine.Snapshot;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KeyRange;
import dev.quorate.kv.KvPair;
import dev.quorate.kv.RangeRequest;
import dev.quorate.kv.RangeResponse;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Progress;
import dev.quorate.server.console.Table;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.drill.DemoRecords.Pair;
import dev.quorate.spi.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The story that {@code quorate demo} tells: every sentence is something that just happened and was checked. */
final class Demo {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int PAGE = 1_000;

    private final Terminal terminal;
    private final DemoRecords records;
    private final Path directory;
    private int step;

    Demo(Terminal terminal, DemoRecords records, Path directory) {
        this.terminal = terminal;
        this.records = records;
        this.directory = directory;
    }

    /**
     * Tells the story to its end.
     *
     * @throws CommandFailedException when anything is not as it must be
     */
    void run() throws InterruptedException {
        long begin = System.nanoTime();
        try (DemoCluster cluster = new DemoCluster(directory)) {
            NodeId first = elect(cluster);
            NodeId killed = importThroughFailover(cluster, first);
            readBack(cluster);
            LogId purged = checkpoint(cluster, killed);
            comeBack(cluster, killed, purged);
            compareDigests(cluster);
        }
        say("Done in %.1f s: nothing is missing.", seconds(begin));
    }

    private NodeId elect(DemoCluster cluster) {
        long begin = System.nanoTime();
        DemoCluster.MEMBERS.forEach(cluster::start);
        NodeStatus leader = cluster.awaitLeader(PATIENCE).node().status();
        tell(
                "Three nodes started in this process, their files in %s; node %s leads in term %d after %.1f s.",
                directory, leader.id(), leader.term(), seconds(begin));
        return leader.id();
    }

    private NodeId importThroughFailover(DemoCluster cluster, NodeId leader) throws InterruptedException {
        int total = records.records().size();
        tell("Importing %s: %,d records, each put durable on two disks before it counts.", records.name(), total);
        DemoImport running = new DemoImport(cluster);
        Progress progress = new Progress(terminal, "import", "records");
        Failover failover = new Failover(cluster, running, leader);
        long begin = System.nanoTime();
        running.run(records.records(), count -> {
            progress.update(count, (double) count / total);
            if (count >= total / 2) {
                failover.begin();
            }
        });
        progress.clear();
        double importSeconds = seconds(begin);
        Failover.Outcome outcome = failover.outcome(PATIENCE);
        NodeStatus now = cluster.awaitLeader(PATIENCE).node().status();
        require(!now.id().equals(leader), "node " + leader + " was killed and leads all the same");
        tell(
                "At %,d records node %s, the leader, was killed. Node %s leads in term %d; writes stood still for"
                        + " %.1f s.",
                outcome.acknowledgedBefore(), leader, now.id(), now.term(), outcome.stillSeconds());
        tell(
                "The import went on and finished: %,d records in %.1f s, %,.0f a second, the standstill included; %,d"
                        + " puts were refused and sent again, %,d had an unknown outcome and were sent again.",
                running.acknowledgedCount(),
                importSeconds,
                running.acknowledgedCount() / importSeconds,
                running.refusedCount(),
                running.unknownCount());
        return leader;
    }

    private void readBack(DemoCluster cluster) {
        long begin = System.nanoTime();
        EmbeddedKv leader = cluster.awaitLeader(PATIENCE);
        Map<Bytes, Bytes> expected = new HashMap<>();
        for (Pair record : records.records()) {
            expected.put(record.key(), record.value());
        }
        int size = expected.size();
        Bytes first = KeyRange.ZERO;
        boolean more = true;
        while (more) {
            // Linearizable: each page is confirmed by a quorum.
            RangeResponse page = leader.range(
                            RangeRequest.of(KeyRange.from(first)).withLimit(PAGE))
                    .join();
            for (KvPair pair : page.pairs()) {
                Bytes value = expected.remove(pair.key());
                String key = pair.key().toUtf8();
                require(value != null, "there is a record that was not imported: " + key);
                require(
                        Objects.equals(value, pair.value()),
                        "a record has another value than the imported one: " + key);
                first = after(pair.key());
            }
            more = page.more();
        }
        require(expected.isEmpty(), expected.size() + " records are missing");
        tell(
                "Read back from node %s, linearizable: all %,d records are there with their values (%.1f s).",
                leader.node().id(), size, seconds(begin));
    }

    private LogId checkpoint(DemoCluster cluster, NodeId killed) {
        long begin = System.nanoTime();
        EmbeddedKv leader = cluster.awaitLeader(PATIENCE);
        LogId checkpoint = leader.node().checkpoint().join();
        DemoCluster.await(
                "the snapshots and the purge",
                PATIENCE,
                () -> cluster.running().stream()
                        .map(kv -> kv.node().status())
                        .allMatch(status -> status.snapshot().index() >= checkpoint.index()
                                && status.purged().index() > 0));
        NodeStatus status = leader.node().status();
        tell(
                "A checkpoint at index %,d: both living nodes have a snapshot of it and purged their logs up to %,d;"
                        + " what node %s missed is in no log any more (%.1f s).",
                checkpoint.index(), status.purged().index(), killed, seconds(begin));
        return status.purged();
    }

    private void comeBack(DemoCluster cluster, NodeId killed, LogId purged) {
        long begin = System.nanoTime();
        long chunksBefore = cluster.chunksTo(killed);
        cluster.start(killed);
        EmbeddedKv returned = cluster.member(killed);
        long had = returned.node().status().last().index();
        require(
                had < purged.index(),
                "node " + killed + " has entries up to " + had
                        + " and would not need a snapshot; the log is purged up to " + purged.index());
        long target = cluster.awaitLeader(PATIENCE).node().status().commitIndex();
        DemoCluster.await("node " + killed + " to catch up", PATIENCE, () -> isUpTo(returned, target));
        long chunks = cluster.chunksTo(killed) - chunksBefore;
        require(chunks > 0, "node " + killed + " caught up without a snapshot being streamed to it");
        tell(
                "Node %s started on its old files, which end at index %,d, and caught up to %,d by a snapshot that was"
                        + " streamed in %,d chunks, %s (%.1f s).",
                killed,
                had,
                returned.node().status().appliedIndex(),
                chunks,
                Table.bytes(cluster.chunkBytesTo(killed)),
                seconds(begin));
    }

    /** The state is there, and the transfer that brought it has come to its end. */
    private static boolean isUpTo(EmbeddedKv kv, long target) {
        NodeStatus status = kv.node().status();
        return status.appliedIndex() >= target && status.transfers().isEmpty();
    }

    private void compareDigests(DemoCluster cluster) {
        long index = cluster.awaitLeader(PATIENCE).node().status().commitIndex();
        DemoCluster.await(
                "all nodes to apply the same entries",
                PATIENCE,
                () -> cluster.running().stream()
                        .allMatch(kv -> kv.node().status().appliedIndex() == index));
        Table table = new Table("node", "role", "term", "applied", "keys", "revision", "digest of the state");
        Optional<Snapshot> first = Optional.empty();
        for (EmbeddedKv kv : cluster.running()) {
            Snapshot snapshot = kv.node().snapshot().join();
            NodeStatus status = kv.node().status();
            table.row(
                    status.id().toString(),
                    status.role().toString().toLowerCase(Locale.ROOT),
                    Long.toString(status.term()),
                    Long.toString(snapshot.metadata().lastIncluded().index()),
                    Long.toString(kv.status().keys()),
                    Long.toString(kv.status().revision()),
                    hex(snapshot.metadata().stateDigest()));
            if (first.isPresent()) {
                requireSame(first.get(), snapshot, status.id());
            } else {
                first = Optional.of(snapshot);
            }
        }
        tell("The digests of the three states at the same index:");
        table.lines().forEach(line -> terminal.line("      " + line));
        terminal.out().flush();
    }

    private static void requireSame(Snapshot one, Snapshot other, NodeId node) {
        require(
                one.metadata().lastIncluded().equals(other.metadata().lastIncluded()),
                "node " + node + " stands at " + other.metadata().lastIncluded() + " and not at "
                        + one.metadata().lastIncluded());
        require(
                !one.metadata().stateDigest().isEmpty()
                        && one.metadata().stateDigest().equals(other.metadata().stateDigest()),
                "the state of node " + node + " differs");
    }

    /** The leader's death in the middle of the import, on a thread of its own. */
    private static final class Failover {
        private final DemoCluster cluster;
        private final DemoImport running;
        private final NodeId leader;
        private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        private boolean begun;

        record Outcome(long acknowledgedBefore, double stillSeconds) {}

        Failover(DemoCluster cluster, DemoImport running, NodeId leader) {
            this.cluster = cluster;
            this.running = running;
            this.leader = leader;
        }

        /** Begins when it is called first. */
        void begin() {
            if (!begun) {
                begun = true;
                Thread killer = new Thread(this::kill, "quorate-demo-failover");
                killer.setDaemon(true);
                killer.start();
            }
        }

        private void kill() {
            long before = running.acknowledgedCount();
            long killed = System.nanoTime();
            cluster.kill(leader);
            var unused = running.nextAcknowledgement()
                    .thenAccept(moment -> outcome.complete(new Outcome(before, (moment - killed) / 1e9)));
        }

        Outcome outcome(Duration patience) {
            DemoCluster.await("writes to go on after the leader's death", patience, outcome::isDone);
            return outcome.join();
        }
    }

    private void tell(String format, Object... arguments) {
        step++;
        say("%d. " + format, concat(step, arguments));
    }

    private void say(String format, Object... arguments) {
        terminal.line(String.format(Locale.ROOT, format, arguments));
        terminal.out().flush();
    }

    private static Object[] concat(int first, Object[] rest) {
        Object[] all = new Object[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new CommandFailedException(otherwise);
        }
    }

    private static double seconds(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static Bytes after(Bytes key) {
        byte[] next = new byte[key.length() + 1];
        key.copyTo(next, 0);
        return Bytes.wrap(next);
    }

    private static String hex(Bytes bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
