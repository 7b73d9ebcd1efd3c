package dev.quorate.server.drill;

import dev.quorate.etcd.wire.NodeStatusResponse;
import dev.quorate.server.console.CommandFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Three real server processes under load, of which one is killed, again and again: what clients notice, and how long a
 * member that returns needs to catch up while the load goes on. Clients talk to those that stay.
 *
 * <pre>
 *          load ─────────────────────────────────────────────────────────►
 *                settle │ 2 s before │ kill │ 1 s after │ ... │ start again │ caught up
 * </pre>
 */
final class FailoverTest {
    static final int CLIENTS = 64;

    private static final long SECOND = 1_000_000_000L;
    private static final long TENTH = SECOND / 10;
    /** How many tenths of a second before a death are shown. */
    static final int TENTHS_BEFORE = 10;

    private static final int TENTHS_AFTER = 20;
    private static final long SETTLE_MILLIS = 3000;
    private static final int LOAD_SECONDS_MAX = 120;
    /** The share of the throughput before a death at which it counts as back. */
    private static final double BACK = 0.9;
    /** A snapshot after so many writes, where the log is to be purged. */
    private static final int SNAPSHOT_COUNT = 5000;

    private final Path directory;
    private final int repetitions;
    private final Duration electionTimeout;
    private final Consumer<String> progress;

    /**
     * Prepares a test.
     *
     * @param progress told what is done at present
     */
    FailoverTest(Path directory, int repetitions, Duration electionTimeout, Consumer<String> progress) {
        this.directory = directory;
        this.repetitions = repetitions;
        this.electionTimeout = electionTimeout;
        this.progress = progress;
    }

    /** Everything, on clusters of its own. */
    FailoverResult run() {
        List<Death> paced = new ArrayList<>();
        List<Death> full = new ArrayList<>();
        List<Death> leaders = new ArrayList<>();
        List<Return> byLog = new ArrayList<>();
        double capacity;
        int rate;
        try (ProcessCluster cluster = start("log", List.of())) {
            capacity = capacity(cluster);
            rate = Math.max(1, (int) (capacity / 2));
            for (int repetition = 1; repetition <= repetitions; repetition++) {
                progress.accept("follower killed at half of the capacity, " + repetition + " of " + repetitions);
                paced.add(death(cluster, follower(cluster), rate, byLog));
                progress.accept("follower killed at full load, " + repetition + " of " + repetitions);
                full.add(death(cluster, follower(cluster), 0, new ArrayList<>()));
                progress.accept("leader killed, " + repetition + " of " + repetitions);
                leaders.add(death(cluster, leader(cluster), rate, byLog));
            }
        }
        List<Return> bySnapshot = new ArrayList<>();
        try (ProcessCluster cluster =
                start("snapshot", List.of("--snapshot-count", Integer.toString(SNAPSHOT_COUNT)))) {
            for (int repetition = 1; repetition <= repetitions; repetition++) {
                progress.accept("return by snapshot, " + repetition + " of " + repetitions);
                bySnapshot.add(returnBySnapshot(cluster, rate));
            }
        }
        return new FailoverResult(electionTimeout, capacity, rate, paced, full, leaders, byLog, bySnapshot);
    }

    private ProcessCluster start(String name, List<String> settings) {
        progress.accept("starting three servers");
        List<String> all = new ArrayList<>(settings);
        all.addAll(List.of("--election-timeout", Long.toString(electionTimeout.toMillis())));
        try {
            return new ProcessCluster(Files.createDirectories(directory.resolve(name)), all);
        } catch (IOException failed) {
            throw new CommandFailedException("cannot use the directory of the test: " + failed.getMessage());
        }
    }

    private static int leader(ProcessCluster cluster) {
        ProcessCluster.await("a leader", () -> cluster.leader() >= 0);
        return cluster.leader();
    }

    private static int follower(ProcessCluster cluster) {
        return (leader(cluster) + 1) % ProcessCluster.MEMBERS;
    }

    /** What the cluster acknowledges a second when everything is warm. */
    private double capacity(ProcessCluster cluster) {
        progress.accept("warming up");
        Counted counted = new Counted(System.nanoTime(), LOAD_SECONDS_MAX);
        try (SteadyLoad load = SteadyLoad.ofClients(cluster.clientsWithout(follower(cluster)), counted, CLIENTS)) {
            ProcessCluster.pause(4 * SETTLE_MILLIS);
            require(load.failed() == 0, load.failed() + " puts failed before anything was killed");
            long now = System.nanoTime();
            return counted.perSecond(now - 3 * SECOND, now);
        }
    }

    /**
     * One death under load, and the return of the member.
     *
     * @param rate of the load; 0 for clients that send again as soon as they are answered
     * @param returns gets how the member came back
     */
    private Death death(ProcessCluster cluster, int victim, int rate, List<Return> returns) {
        Counted counted = new Counted(System.nanoTime(), LOAD_SECONDS_MAX);
        try (SteadyLoad load = rate > 0
                ? SteadyLoad.atRate(cluster.clientsWithout(victim), counted, rate)
                : SteadyLoad.ofClients(cluster.clientsWithout(victim), counted, CLIENTS)) {
            ProcessCluster.pause(SETTLE_MILLIS);
            require(load.failed() == 0, load.failed() + " puts failed before anything was killed");
            long killed = cluster.kill(victim);
            load.watch();
            ProcessCluster.await("a write to be acknowledged", () -> load.firstNanos() != 0);
            long seen = killed + TENTHS_AFTER * TENTH;
            ProcessCluster.await("two seconds to pass", () -> System.nanoTime() - seen > TENTH);
            double before = counted.perSecond(killed - 2 * SECOND, killed);
            List<Double> tenths = new ArrayList<>();
            for (int tenth = -TENTHS_BEFORE; tenth < TENTHS_AFTER; tenth++) {
                tenths.add(counted.perSecond(killed + tenth * TENTH, killed + (tenth + 1) * TENTH));
            }
            Death death = new Death(
                    before,
                    counted.perSecond(killed, killed + SECOND),
                    (load.firstNanos() - killed) / 1e9,
                    back(counted, killed, before),
                    load.refused(),
                    load.unknown(),
                    load.reasons(),
                    tenths);
            returns.add(comeBack(cluster, victim));
            return death;
        }
    }

    /** How long it took until the throughput of a tenth of a second was back; waits for it. */
    private static double back(Counted counted, long killed, double before) {
        long from = killed;
        while (true) {
            long to = from + TENTH;
            ProcessCluster.await("time to pass", () -> System.nanoTime() - to > 0);
            if (counted.perSecond(from, to) >= before * BACK) {
                return (from - killed) / 1e9;
            }
            require(from - killed < 60 * SECOND, "the throughput did not come back within a minute");
            from = to;
        }
    }

    /** Starts a member again and waits until it has applied what is committed. */
    private static Return comeBack(ProcessCluster cluster, int member) {
        long beginNanos = System.nanoTime();
        cluster.start(member);
        cluster.awaitReady(member);
        double serves = (System.nanoTime() - beginNanos) / 1e9;
        ProcessCluster.await("the member to catch up", () -> {
            int leader = cluster.leader();
            long committed =
                    leader < 0 ? Long.MAX_VALUE : cluster.progress(leader).getCommitIndex();
            return cluster.ask(member)
                    .filter(status -> status.getAppliedIndex() >= committed)
                    .isPresent();
        });
        return new Return(serves, (System.nanoTime() - beginNanos) / 1e9);
    }

    /** Kills a follower, writes until what it lacks is in no log any more, and lets it return under load. */
    private static Return returnBySnapshot(ProcessCluster cluster, int rate) {
        int leader = leader(cluster);
        int victim = (leader + 1) % ProcessCluster.MEMBERS;
        cluster.kill(victim);
        long had = cluster.progress(leader).getLastIndex();
        Counted counted = new Counted(System.nanoTime(), LOAD_SECONDS_MAX);
        try (SteadyLoad load = SteadyLoad.ofClients(cluster.clientsWithout(victim), counted, CLIENTS)) {
            ProcessCluster.await(
                    "the logs to be purged", () -> cluster.progress(leader).getPurgedIndex() > had);
            require(load.failed() == 0, load.failed() + " puts failed while a follower was away");
        }
        try (SteadyLoad load = SteadyLoad.atRate(cluster.clientsWithout(victim), counted, rate)) {
            ProcessCluster.pause(SETTLE_MILLIS / 3);
            Return back = comeBack(cluster, victim);
            NodeStatusResponse returned = cluster.progress(victim);
            require(returned.getSnapshotIndex() > had, "the member came back without a snapshot");
            require(load.failed() == 0, load.failed() + " puts failed while a member came back");
            return back;
        }
    }

    private static void require(boolean holds, String fault) {
        if (!holds) {
            throw new CommandFailedException(fault);
        }
    }
}
