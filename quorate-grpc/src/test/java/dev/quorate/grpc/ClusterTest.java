package dev.quorate.grpc;

import static dev.quorate.grpc.Cluster.get;
import static dev.quorate.grpc.Cluster.until;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.engine.NodeOptions;
import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.SnapshotConfig;
import dev.quorate.engine.SnapshotPolicy;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.testkit.RegisterMachine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes over the transport: what it is for. */
final class ClusterTest {
    private static final NodeOptions OPTIONS = NodeOptions.DEFAULTS
            .withElectionTimeout(Duration.ofMillis(500))
            .withSnapshotPolicy(SnapshotPolicy.never())
            .withRetainedEntries(0)
            .withSnapshotTransfer(new SnapshotConfig(4096, Duration.ofSeconds(2), 3, 2, 0));

    @TempDir
    private Path directory;

    private Cluster startThree(NodeOptions options) throws IOException {
        return new Cluster(directory, options, 3, "http", builder -> builder).startAll();
    }

    @Test
    void threeNodesElectALeaderAndReplicate() throws IOException {
        try (Cluster cluster = startThree(OPTIONS)) {
            List<CompletableFuture<?>> answers = new ArrayList<>();
            QuorateNode leader = cluster.leader();
            cluster.put("first", "1");
            for (int i = 0; i < 2000; i++) {
                answers.add(leader.propose(RegisterMachine.put("k" + i, "v")));
            }
            answers.forEach(Cluster::get);
            cluster.untilEqualEverywhere();
            for (QuorateNode node : cluster.nodes()) {
                assertThat(get(node.read(
                                () -> cluster.machine(node.id()).pairs().size())))
                        .isEqualTo(2001);
            }
            PeerStatistics statistics =
                    cluster.transport(leader.id()).peerStatistics().get(0);
            assertThat(statistics.connected()).isTrue();
            assertThat(statistics.messagesSent()).isPositive();
            assertThat(statistics.messagesReceived()).isPositive();
            assertThat(statistics.framesNotUnderstood()).isZero();
        }
    }

    @Test
    void aStoppedFollowerCatchesUpWhenItIsBack() throws IOException {
        try (Cluster cluster = startThree(OPTIONS)) {
            cluster.put("before", "1");
            NodeId away = cluster.follower();
            cluster.stop(away);
            for (int i = 0; i < 100; i++) {
                cluster.put("k" + i, "v");
            }
            cluster.start(away);
            cluster.untilEqualEverywhere();
            assertThat(cluster.machine(away).pairs()).hasSize(101);
        }
    }

    @Test
    void aStoppedLeaderIsReplacedAndFollowsWhenItIsBack() throws IOException {
        try (Cluster cluster = startThree(OPTIONS)) {
            cluster.put("before", "1");
            NodeId old = cluster.leader().id();
            cluster.stop(old);
            cluster.put("after", "2");
            assertThat(cluster.leader().id()).isNotEqualTo(old);
            cluster.start(old);
            cluster.put("later", "3");
            cluster.untilEqualEverywhere();
        }
    }

    @Test
    void aLaggingFollowerGetsASnapshot() throws IOException {
        try (Cluster cluster = startThree(OPTIONS)) {
            NodeId away = fillAndPurgeWithoutAFollower(cluster, 40, 1000);
            LogId checkpoint = cluster.leader().status().snapshot();
            QuorateNode back = cluster.start(away);
            get(back.ready(Duration.ofSeconds(60)));
            cluster.untilEqualEverywhere();
            assertThat(back.status().snapshot()).isEqualTo(checkpoint);
        }
    }

    @Test
    void aSnapshotStreamThatIsCutResumesWhereItWas() throws IOException {
        SnapshotConfig slow = new SnapshotConfig(16_384, Duration.ofSeconds(2), 3, 2, 400_000);
        try (Cluster cluster = startThree(OPTIONS.withSnapshotTransfer(slow))) {
            NodeId away = fillAndPurgeWithoutAFollower(cluster, 100, 10_000);
            cluster.start(away);
            NodeId leader = cluster.leader().id();
            until("in the middle", () -> bytesDone(cluster, leader) > 200_000);
            cluster.stop(away);
            until("given up", () -> cluster.node(leader).status().transfers().isEmpty());

            QuorateNode back = cluster.start(away);
            AtomicLong least = new AtomicLong(Long.MAX_VALUE);
            until("goes on", () -> {
                long done = bytesDone(cluster, cluster.leader().id());
                if (done > 0) {
                    least.accumulateAndGet(done, Math::min);
                }
                return least.get() < Long.MAX_VALUE;
            });
            get(back.ready(Duration.ofSeconds(60)));
            cluster.untilEqualEverywhere();
            assertThat(least.get())
                    .as("what was there already was not sent again")
                    .isGreaterThan(100_000);
        }
    }

    @Test
    void aLargeSnapshotOnItsWayDoesNotCostTheLeaderItsOffice() throws IOException {
        SnapshotConfig large = new SnapshotConfig(1 << 20, Duration.ofSeconds(10), 3, 8, 0);
        NodeOptions options = OPTIONS.withElectionTimeout(Duration.ofSeconds(2)).withSnapshotTransfer(large);
        try (Cluster cluster = startThree(options)) {
            NodeId away = fillAndPurgeWithoutAFollower(cluster, 50, 1 << 20);
            QuorateNode leader = cluster.leader();
            long term = leader.status().term();
            QuorateNode back = cluster.start(away);
            get(back.ready(Duration.ofSeconds(60)));
            cluster.put("after", "1");
            cluster.untilEqualEverywhere();
            assertThat(cluster.leader().id()).isEqualTo(leader.id());
            assertThat(leader.status().term()).isEqualTo(term);
            assertThat(cluster.machine(away).pairs()).hasSize(51);
        }
    }

    /** Stops a follower, and has the others write so many values and purge them from the log. */
    private static NodeId fillAndPurgeWithoutAFollower(Cluster cluster, int values, int bytes) {
        NodeId away = cluster.follower();
        cluster.stop(away);
        for (int i = 0; i < values; i++) {
            cluster.put("key" + i, "v".repeat(bytes));
        }
        LogId checkpoint = get(cluster.leader().checkpoint());
        until(
                "purged",
                () -> cluster.nodes().stream()
                        .allMatch(node -> node.status().purged().equals(checkpoint)));
        return away;
    }

    private static long bytesDone(Cluster cluster, NodeId leader) {
        return cluster.node(leader).status().transfers().values().stream()
                .mapToLong(transfer -> transfer.bytesDone())
                .max()
                .orElse(0);
    }
}
