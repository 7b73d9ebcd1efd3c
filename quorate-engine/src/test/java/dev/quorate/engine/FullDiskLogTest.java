package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.testkit.RegisterMachine;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator reads of a disk that is full, in the words by which the harness of real faults knows it too. */
final class FullDiskLogTest {
    private static final int VALUE_CHARS = 500;
    private static final int WRITES_MAX = 200;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final DiskTestStorage storage = new DiskTestStorage(1);

    @BeforeEach
    void listen() {
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void listenNoMore() {
        // As the process has it.
        System.setErr(new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }

    private List<String> linesOf(SteppedCluster.Member node) {
        return logged.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains("the disk of the log"))
                .map(line -> line.substring(line.indexOf(" the disk") + 1).replace(node.id.toString(), "NODE"))
                .toList();
    }

    /** Writes until the space that the log took ahead is used up; the last write waits. */
    private static CompletableFuture<?> writeUntilFull(SteppedCluster cluster, SteppedCluster.Member node) {
        for (int i = 0; i < WRITES_MAX; i++) {
            CompletableFuture<?> write = node.node().propose(RegisterMachine.put("k" + i, "v".repeat(VALUE_CHARS)));
            cluster.runFor(Duration.ofMillis(100));
            if (!write.isDone()) {
                return write;
            }
        }
        throw new AssertionError("the log did not run out of space");
    }

    @Test
    void aLogWithoutSpaceSaysSoOnceAndOnceMoreWhenItHasSome() {
        SteppedCluster cluster =
                new SteppedCluster(1, 1, NodeOptions.DEFAULTS, i -> storage, i -> new RegisterMachine());
        SteppedCluster.Member node = cluster.awaitLeader();
        storage.disk.capacityBytes(storage.disk.usedBytes());
        CompletableFuture<?> waiting = writeUntilFull(cluster, node);
        cluster.runFor(Duration.ofSeconds(3));
        String full = "the disk of the log is full, nothing is written until it has space node=NODE";
        assertThat(linesOf(node)).containsExactly(full);

        storage.disk.capacityBytes(Long.MAX_VALUE);
        assertThat(cluster.await(waiting)).isNotNull();
        assertThat(linesOf(node)).containsExactly(full, "the disk of the log has space again node=NODE");
    }
}
