package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.PeerMessage;
import dev.quorate.testkit.RegisterMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A follower that was away while the others made a snapshot and purged: streams, cuts, resumptions, purges. */
final class SnapshotCatchUpTest {
    private static final int CHUNK = 4096;
    private static final NodeOptions OPTIONS = NodeOptions.DEFAULTS
            .withSnapshotPolicy(SnapshotPolicy.never())
            .withRetainedEntries(0)
            .withSnapshotTransfer(new SnapshotConfig(CHUNK, Duration.ofSeconds(2), 3, 2, 0));

    private final List<Integer> chunksSent = new ArrayList<>();

    private SteppedCluster cluster(long seed) {
        return ClusterTest.cluster(seed, 3, OPTIONS);
    }

    private static SteppedCluster.Member follower(SteppedCluster cluster) {
        SteppedCluster.Member leader = cluster.awaitLeader();
        return cluster.members().stream().filter(m -> m != leader).findFirst().orElseThrow();
    }

    /** Some 40 KB of state, so a snapshot of ten chunks, and a purge of all that made it. */
    private static LogId fillAndPurge(SteppedCluster cluster) {
        for (int i = 0; i < 40; i++) {
            cluster.propose(RegisterMachine.put("key" + i, "v".repeat(1000)));
        }
        LogId checkpoint = cluster.await(cluster.awaitLeader().node().checkpoint());
        cluster.runUntil(
                "everyone up has purged through the checkpoint",
                () -> cluster.up().stream().allMatch(m -> m.status().purged().equals(checkpoint)));
        return checkpoint;
    }

    private boolean recordAndLoseFrom(PeerMessage message, int lostFrom) {
        if (message instanceof PeerMessage.Chunk chunk) {
            chunksSent.add(chunk.chunk().seq());
            return chunk.chunk().seq() >= lostFrom;
        }
        return false;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aStoppedFollowerCatchesUpByAStreamedSnapshot(long seed) {
        SteppedCluster cluster = cluster(seed);
        SteppedCluster.Member away = follower(cluster);
        cluster.propose(RegisterMachine.put("before", "1"));
        cluster.crash(away);
        LogId checkpoint = fillAndPurge(cluster);
        cluster.propose(RegisterMachine.put("after", "2"));

        cluster.start(away);
        cluster.settle();

        RegisterMachine restored = ClusterTest.machine(away);
        assertThat(restored.pairs())
                .isEqualTo(ClusterTest.machine(cluster.awaitLeader()).pairs());
        assertThat(restored.appliedIndices()).noneMatch(index -> index > 2 && index <= checkpoint.index());
        NodeStatus status = away.status();
        assertThat(status.snapshot()).isEqualTo(checkpoint);
        assertThat(status.purged()).isEqualTo(checkpoint);
        cluster.runUntil(
                "the transfer is over",
                () -> cluster.awaitLeader().status().transfers().isEmpty());
        cluster.restart(away);
        cluster.settle();
        assertThat(ClusterTest.machine(away).pairs()).isEqualTo(restored.pairs());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aStreamThatWasCutResumesAtTheChunkItHad(long seed) {
        SteppedCluster cluster = cluster(seed);
        SteppedCluster.Member away = follower(cluster);
        cluster.crash(away);
        LogId checkpoint = fillAndPurge(cluster);

        cluster.lose(message -> recordAndLoseFrom(message, 4));
        cluster.start(away);
        cluster.runUntil("the chunks before the cut arrived", () -> chunksSent.contains(5));
        cluster.runUntil(
                "the receiver gave up",
                () -> away.status().transfers().isEmpty()
                        && cluster.awaitLeader().status().transfers().isEmpty());
        chunksSent.clear();
        cluster.lose(message -> recordAndLoseFrom(message, Integer.MAX_VALUE));
        cluster.settle();

        assertThat(chunksSent).contains(0, 4, 5, 9).doesNotContain(2, 3);
        assertThat(away.status().snapshot()).isEqualTo(checkpoint);
        assertThat(ClusterTest.machine(away).pairs())
                .isEqualTo(ClusterTest.machine(cluster.awaitLeader()).pairs());
    }

    @Test
    void aReceiverThatCrashedResumesAtTheChunkItHadOnDisk() {
        SteppedCluster cluster =
                new SteppedCluster(7, 3, OPTIONS, i -> new DiskTestStorage(i), i -> new RegisterMachine());
        SteppedCluster.Member away = follower(cluster);
        cluster.crash(away);
        fillAndPurge(cluster);

        cluster.lose(message -> recordAndLoseFrom(message, 6));
        cluster.start(away);
        cluster.runUntil("six chunks arrived", () -> chunksSent.contains(7));
        away.stepped = null;
        ((DiskTestStorage) away.storage).disk.kill();
        away.machine = new RegisterMachine();
        cluster.runUntil(
                "the sender gave up",
                () -> cluster.awaitLeader().status().transfers().isEmpty());
        chunksSent.clear();
        cluster.lose(message -> recordAndLoseFrom(message, Integer.MAX_VALUE));
        cluster.start(away);
        cluster.settle();

        assertThat(chunksSent).contains(0, 6, 9).doesNotContain(2, 3, 4);
        assertThat(ClusterTest.machine(away).value("key39")).isPresent();
    }

    @Test
    void progressOfATransferIsSeenAtBothEnds() {
        SteppedCluster cluster = cluster(3);
        SteppedCluster.Member away = follower(cluster);
        cluster.crash(away);
        LogId checkpoint = fillAndPurge(cluster);
        cluster.lose(message -> recordAndLoseFrom(message, 5));
        cluster.start(away);
        SteppedCluster.Member leader = cluster.awaitLeader();
        cluster.runUntil("half of it arrived", () -> chunksSent.contains(6));

        assertThat(leader.status().transfers().get(away.id)).satisfies(transfer -> {
            assertThat(transfer.incoming()).isFalse();
            assertThat(transfer.lastIncluded()).isEqualTo(checkpoint);
            assertThat(transfer.bytesDone()).isEqualTo(5L * CHUNK);
        });
        assertThat(away.status().transfers().get(leader.id)).satisfies(transfer -> {
            assertThat(transfer.incoming()).isTrue();
            assertThat(transfer.bytesDone()).isEqualTo(5L * CHUNK);
            assertThat(transfer.bytesTotal()).isGreaterThan(40_000);
        });
    }

    @Test
    void aPurgeIsCoordinatedThroughACheckpointAndComparesTheStates() {
        for (long seed = 1; seed <= 10; seed++) {
            SteppedCluster cluster = cluster(seed);
            LogId checkpoint = fillAndPurge(cluster);
            SteppedCluster.Member leader = cluster.awaitLeader();
            for (SteppedCluster.Member member : cluster.members()) {
                assertThat(member.status().snapshot()).isEqualTo(checkpoint);
                DefaultStateMachineHandler handler =
                        (DefaultStateMachineHandler) member.stepped().handler();
                assertThat(handler.comparisonsMade()).isEqualTo(member == leader ? 0 : 1);
                assertThat(handler.coveredCheckpoint().orElseThrow().at()).isEqualTo(checkpoint);
            }
        }
    }

    @Test
    void thePolicyHasEveryReplicaMakeItsSnapshotAtOneIndex() {
        SteppedCluster cluster = ClusterTest.cluster(
                5,
                3,
                OPTIONS.withSnapshotPolicy(SnapshotPolicy.logSize(30, 1 << 20)).withRetainedEntries(4));
        for (int i = 0; i < 100; i++) {
            cluster.propose(RegisterMachine.put("k" + i, "v"));
        }
        cluster.runUntil(
                "all logs are short",
                () -> cluster.up().stream().allMatch(m -> m.status().purged().index() > 80));
        LogId snapshot = cluster.member(1).status().snapshot();
        for (SteppedCluster.Member member : cluster.members()) {
            assertThat(member.status().snapshot()).isEqualTo(snapshot);
            assertThat(member.status().purged().index()).isEqualTo(snapshot.index() - 4);
        }
    }

    @Test
    void manualSnapshotsStayWithTheirReplica() {
        SteppedCluster cluster = cluster(2);
        cluster.propose(RegisterMachine.put("a", "1"));
        SteppedCluster.Member member = follower(cluster);
        cluster.settle();
        Snapshot snapshot = cluster.await(member.node().snapshot());
        assertThat(snapshot.metadata().lastIncluded().index())
                .isEqualTo(member.status().appliedIndex());
        cluster.runFor(Duration.ofSeconds(5));
        for (SteppedCluster.Member each : cluster.members()) {
            assertThat(each.status().purged()).isEqualTo(LogId.ZERO);
            assertThat(each.status().snapshot().index())
                    .isEqualTo(
                            each == member ? snapshot.metadata().lastIncluded().index() : 0);
        }
        assertThat(cluster.await(member.node().read(ReadConsistency.LOCAL, List.of(Bytes.utf8("a")))))
                .isNotEqualTo(Optional.empty());
    }
}
