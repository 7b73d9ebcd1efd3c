package dev.quorate.server.drill;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.KeyValue;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Connection;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.Prefixes;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A real server process that is written to at full speed, killed at a random moment, started again and checked, over
 * and over on the same data.
 *
 * <p>What it proves: an acknowledged write survives the death of the process, at any moment, whatever the log, the
 * snapshots and the purge were doing. What it cannot prove: that the disk has what it said it has; for that the power
 * would have to fail, which the simulated disk of the test kit does.
 */
final class CrashTest {
    private static final int WRITERS = 16;
    private static final int KEYS_EACH = 25;
    private static final int PAGE = 500;
    private static final long PATIENCE_SECONDS = 60;
    private static final int STARTUP_KILL_ONE_IN = 8;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Path directory;
    private final long snapshotCount;
    private final SplittableRandom random;
    private final int writingMillisMax;
    private final WriteRecord record = new WriteRecord();
    private int kills;
    private int startupKills;
    private int pairs;

    /**
     * Prepares a test.
     *
     * @param directory where the server keeps its data; empty or that of an earlier server
     * @param seed decides what is written and when the server is killed, as far as that can be decided
     * @param snapshotCount the writes after which the server makes a snapshot and purges its log
     * @param writingMillisMax the longest time that a cycle writes
     */
    CrashTest(Path directory, long seed, long snapshotCount, int writingMillisMax) {
        this.directory = directory;
        this.random = new SplittableRandom(seed);
        this.snapshotCount = snapshotCount;
        this.writingMillisMax = writingMillisMax;
    }

    /** What came of one cycle. */
    record Cycle(long acknowledged, int unknown, List<String> violations) {}

    /** Starts the server, checks what is there, writes, and kills the server in the middle. */
    Cycle run() throws InterruptedException {
        if (random.nextInt(STARTUP_KILL_ONE_IN) == 0) {
            killDuringStart();
        }
        try (ChildServer server = ChildServer.start(directory, snapshotCount);
                Connection connection = Connection.to(server.awaitReady(), TIMEOUT)) {
            List<String> violations = check(connection);
            if (!violations.isEmpty()) {
                return new Cycle(0, 0, violations);
            }
            Writers writers = new Writers(connection, record, WRITERS, KEYS_EACH);
            writers.start(random.nextLong());
            if (!writers.awaitFirst(PATIENCE_SECONDS)) {
                throw new CommandFailedException("the server acknowledged nothing within " + PATIENCE_SECONDS + " s: "
                        + writers.ends() + ", " + server.complaints());
            }
            Thread.sleep(random.nextInt(writingMillisMax + 1));
            List<Status> early = writers.ends();
            server.kill();
            kills++;
            if (!writers.awaitEnd(PATIENCE_SECONDS)) {
                throw new CommandFailedException("calls to a server that was killed did not end");
            }
            if (!early.isEmpty()) {
                return new Cycle(0, 0, List.of("a write failed before the server was killed: " + early.get(0)));
            }
            return new Cycle(writers.acknowledgedCount(), record.unknownCount(), List.of());
        }
    }

    /**
     * Checks for the last time, stops the server in the orderly way, and checks that nothing is lost by that either.
     */
    List<String> finish() {
        try (ChildServer server = ChildServer.start(directory, snapshotCount)) {
            List<String> violations = checkAt(server.awaitReady());
            if (!violations.isEmpty()) {
                return violations;
            }
            int exitCode = server.stop();
            if (exitCode != 0) {
                return List.of("the server ended with exit code " + exitCode + " when it was told to stop: "
                        + server.complaints());
            }
        }
        try (ChildServer server = ChildServer.start(directory, snapshotCount)) {
            return checkAt(server.awaitReady());
        }
    }

    /** How often the server was killed while it was written to. */
    int kills() {
        return kills;
    }

    /** How often it was killed while it started. */
    int startupKills() {
        return startupKills;
    }

    /** How many pairs the store held at the last check. */
    int pairs() {
        return pairs;
    }

    /** How many writes were acknowledged. */
    long acknowledgedCount() {
        return record.acknowledgedCount();
    }

    private void killDuringStart() throws InterruptedException {
        try (ChildServer server = ChildServer.start(directory, snapshotCount)) {
            Thread.sleep(random.nextInt(1000));
            server.kill();
            startupKills++;
        }
    }

    private List<String> checkAt(Endpoint endpoint) {
        try (Connection connection = Connection.to(endpoint, TIMEOUT)) {
            return check(connection);
        }
    }

    private List<String> check(Connection connection) {
        SortedMap<String, KeyValue> found = new TreeMap<>();
        ByteString first = Prefixes.ZERO;
        long revision = 0;
        RangeResponse page;
        do {
            RangeRequest request = RangeRequest.newBuilder()
                    .setKey(first)
                    .setRangeEnd(Prefixes.ZERO)
                    .setRevision(revision)
                    .setLimit(PAGE)
                    .build();
            page = connection.ask(() -> connection.kv().range(request));
            revision = revision == 0 ? page.getHeader().getRevision() : revision;
            for (KeyValue pair : page.getKvsList()) {
                found.put(pair.getKey().toStringUtf8(), pair);
                first = pair.getKey().concat(Prefixes.ZERO);
            }
        } while (page.getMore());
        pairs = found.size();
        return record.check(found, revision);
    }
}
