package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.QuorateException.Retry;
import dev.quorate.testkit.RegisterMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a proposer is told: success, a safe failure, or that nobody knows. */
final class OutcomeTest {
    private static final NodeOptions OPTIONS =
            NodeOptions.DEFAULTS.withSnapshotPolicy(SnapshotPolicy.never()).withRetainedEntries(0);

    private static QuorateException failure(SteppedCluster cluster, CompletableFuture<?> future) {
        cluster.runUntil("a failure", future::isDone);
        try {
            future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof QuorateException failure) {
                return failure;
            }
            throw e;
        }
        throw new AssertionError("a success");
    }

    private static void cutOffIncoming(SteppedCluster cluster, SteppedCluster.Member member) {
        for (SteppedCluster.Member other : cluster.members()) {
            if (other != member) {
                cluster.network.cut(other.id, member.id);
            }
        }
    }

    private static SteppedCluster.Member awaitOther(SteppedCluster cluster, SteppedCluster.Member than) {
        cluster.runUntil(
                "another leader",
                () -> cluster.leader().isPresent()
                        && cluster.leader().get() != than
                        && cluster.leader().get().status().commitIndex()
                                >= cluster.leader().get().status().last().index());
        return cluster.leader().orElseThrow();
    }

    @Test
    void withoutAMajorityAProposalIsUnknownAfterItsTimeAndNotBefore() {
        SteppedCluster cluster = ClusterTest.cluster(1, 3, OPTIONS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        cluster.settle();
        cluster.crash(
                cluster.members().stream().filter(m -> m != leader).findFirst().orElseThrow());
        cluster.crash(cluster.up().stream().filter(m -> m != leader).findFirst().orElseThrow());
        CompletableFuture<Bytes> answer = leader.node().propose(RegisterMachine.put("a", "1"));
        cluster.runFor(Duration.ofSeconds(9));
        assertThat(answer).isNotDone();
        long before = cluster.clock.nanoTime();
        QuorateException failure = failure(cluster, answer);
        assertThat(failure).isInstanceOf(OutcomeUnknownException.class);
        assertThat(failure.retry()).isEqualTo(Retry.UNKNOWN);
        assertThat(cluster.clock.nanoTime() - before)
                .isLessThan(Duration.ofMillis(1500).toNanos());
        assertThat(leader.status().proposalsInFlight()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void anotherEntryAppliedAtItsIndexProvesThatAProposalIsLost(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        SteppedCluster.Member old = cluster.awaitLeader();
        cluster.settle();
        cluster.network.isolate(old.id);
        CompletableFuture<Bytes> lost = old.node().propose(RegisterMachine.put("lost", "1"));
        SteppedCluster.Member leader = awaitOther(cluster, old);
        cluster.await(leader.node().propose(RegisterMachine.put("won", "1")));
        assertThat(lost).as("nobody knows yet").isNotDone();
        cluster.network.healAll();
        QuorateException failure = failure(cluster, lost);
        assertThat(failure).isInstanceOf(NotLeaderException.class);
        assertThat(failure.retry()).isEqualTo(Retry.SAFE);
        cluster.settle();
        assertThat(ClusterTest.machine(old).pairs()).containsOnlyKeys("won");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aProposalThatTheNextLeaderCommitsIsAnsweredAtTheOldOne(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        SteppedCluster.Member old = cluster.awaitLeader();
        cluster.settle();
        cutOffIncoming(cluster, old);
        CompletableFuture<Bytes> kept = old.node().propose(RegisterMachine.append("kept", "1"));
        awaitOther(cluster, old);
        assertThat(kept).isNotDone();
        cluster.network.healAll();
        assertThat(cluster.await(kept)).isEqualTo(Bytes.utf8("1"));
    }

    @Test
    void aSnapshotInstalledOverAProposalLeavesItsOutcomeUnknown() {
        SteppedCluster cluster = ClusterTest.cluster(3, 3, OPTIONS);
        SteppedCluster.Member old = cluster.awaitLeader();
        cluster.settle();
        cluster.network.isolate(old.id);
        CompletableFuture<Bytes> covered = old.node().propose(RegisterMachine.put("covered", "1"));
        SteppedCluster.Member leader = awaitOther(cluster, old);
        for (int i = 0; i < 5; i++) {
            cluster.await(leader.node().propose(RegisterMachine.put("k" + i, "1")));
        }
        LogId checkpoint = cluster.await(leader.node().checkpoint());
        cluster.runUntil("a purge", () -> leader.status().purged().equals(checkpoint));
        cluster.network.healAll();
        assertThat(failure(cluster, covered)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(old.status().snapshot()).isEqualTo(checkpoint);
    }

    @Test
    void aFollowerRefusesWithTheIdOfItsLeader() {
        SteppedCluster cluster = ClusterTest.cluster(4, 3, OPTIONS);
        NodeId leader = cluster.awaitLeader().id;
        for (SteppedCluster.Member member : cluster.members()) {
            if (!member.id.equals(leader)) {
                QuorateException failure = failure(cluster, member.node().propose(RegisterMachine.put("a", "1")));
                assertThat(failure)
                        .isInstanceOfSatisfying(
                                NotLeaderException.class,
                                refusal -> assertThat(refusal.leader()).isEqualTo(Optional.of(leader)));
                assertThat(failure(cluster, member.node().checkpoint())).isInstanceOf(NotLeaderException.class);
            }
        }
    }

    @Test
    void tooManyProposalsAreRefusedAtOnceAndRoomComesBackWithTheAnswers() {
        SteppedCluster cluster =
                ClusterTest.cluster(5, 1, OPTIONS.withLimits(NodeOptions.Limits.DEFAULTS.withProposals(100, 10, 500)));
        SteppedCluster.Member node = cluster.awaitLeader();
        cluster.settle();
        List<CompletableFuture<Bytes>> taken = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            taken.add(node.node().propose(RegisterMachine.put("k" + i, "v")));
        }
        CompletableFuture<Bytes> tooMany = node.node().propose(RegisterMachine.put("k10", "v"));
        assertThat(tooMany).isCompletedExceptionally();
        assertThat(failure(cluster, tooMany)).isInstanceOf(OverloadedException.class);
        taken.forEach(cluster::await);
        assertThat(node.status().proposalsInFlight()).isZero();

        Bytes large = RegisterMachine.put("large", "v".repeat(85));
        for (int i = 0; i < 5; i++) {
            taken.add(node.node().propose(large));
        }
        assertThat(failure(cluster, node.node().propose(large))).isInstanceOf(OverloadedException.class);
        taken.forEach(cluster::await);
        assertThat(failure(cluster, node.node().propose(RegisterMachine.put("larger", "v".repeat(100)))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("100");
        assertThat(ClusterTest.machine(node).pairs()).hasSize(11);
    }

    @Test
    void tooManyReadsAreRefusedAtOnce() {
        SteppedCluster cluster =
                ClusterTest.cluster(7, 1, OPTIONS.withLimits(NodeOptions.Limits.DEFAULTS.withReads(3)));
        SteppedCluster.Member node = cluster.awaitLeader();
        List<CompletableFuture<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            reads.add(node.node().read(() -> 1));
        }
        assertThat(failure(cluster, node.node().read(() -> 1))).isInstanceOf(OverloadedException.class);
        reads.forEach(cluster::await);
        assertThat(node.status().readsInFlight()).isZero();
        assertThat(cluster.await(node.node().read(() -> 2))).isEqualTo(2);
    }

    @Test
    void whatTheReaderThrowsIsItsAnswerAndHaltsNobody() {
        SteppedCluster cluster = ClusterTest.cluster(8, 1, OPTIONS);
        SteppedCluster.Member node = cluster.awaitLeader();
        CompletableFuture<Object> read = node.node().read(() -> {
            throw new ArithmeticException("the caller's own");
        });
        cluster.runUntil("an answer", read::isDone);
        assertThat(read).isCompletedExceptionally();
        assertThat(node.status().halted()).isEmpty();
        assertThat(cluster.propose(RegisterMachine.put("a", "1"))).isEqualTo(Bytes.utf8("ok"));
    }

    @Test
    void aCloseInTheMiddleAnswersEverybodyAndFreesTheStorage() {
        SteppedCluster cluster = ClusterTest.cluster(9, 1, OPTIONS);
        SteppedCluster.Member node = cluster.awaitLeader();
        cluster.propose(RegisterMachine.put("a", "1"));
        CompletableFuture<Bytes> inTheLog = node.node().propose(RegisterMachine.put("b", "2"));
        node.stepped().doWork(Duties.LOOP);
        CompletableFuture<Bytes> queued = node.node().propose(RegisterMachine.put("c", "3"));
        CompletableFuture<Integer> read = node.node().read(() -> 1);
        CompletableFuture<Snapshot> snapshot = node.node().snapshot();
        QuorateNode closing = node.node();
        closing.close();
        closing.close();

        assertThat(List.of(inTheLog, queued, read, snapshot)).allMatch(CompletableFuture::isDone);
        assertThat(failure(cluster, inTheLog)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(failure(cluster, queued)).isInstanceOf(NodeStoppedException.class);
        assertThat(failure(cluster, read)).isInstanceOf(NodeStoppedException.class);
        assertThat(failure(cluster, closing.propose(Bytes.EMPTY))).isInstanceOf(NodeStoppedException.class);
        assertThat(failure(cluster, closing.checkpoint())).isInstanceOf(NodeStoppedException.class);
        assertThat(failure(cluster, closing.snapshot())).isInstanceOf(NodeStoppedException.class);
        assertThat(failure(cluster, closing.awaitLeader(Duration.ofSeconds(1))))
                .isInstanceOf(NodeStoppedException.class);
        for (ReadConsistency consistency : ReadConsistency.values()) {
            assertThat(failure(cluster, closing.read(consistency, () -> 1))).isInstanceOf(NodeStoppedException.class);
        }
        assertThat(closing.halted()).isNotDone();

        node.machine = new RegisterMachine();
        cluster.start(node);
        cluster.propose(RegisterMachine.put("d", "4"));
        assertThat(ClusterTest.machine(node).pairs()).containsKeys("a", "d").doesNotContainKey("c");
    }

    @Test
    void aNodeIsReadyWhenItAnswersLinearizableReadsAndNotBefore() {
        SteppedCluster cluster = ClusterTest.cluster(10, 3, OPTIONS);
        SteppedCluster.Member member = cluster.member(2);
        CompletableFuture<Void> ready = member.node().ready(Duration.ofSeconds(30));
        CompletableFuture<NodeId> leader = member.node().awaitLeader(Duration.ofSeconds(30));
        assertThat(ready).isNotDone();
        cluster.await(ready);
        assertThat(cluster.await(leader)).isEqualTo(cluster.awaitLeader().id);

        SteppedCluster alone = ClusterTest.cluster(11, 3, OPTIONS);
        alone.crash(alone.member(1));
        alone.crash(alone.member(2));
        CompletableFuture<Void> never = alone.member(3).node().ready(Duration.ofSeconds(20));
        assertThat(failure(alone, never)).isInstanceOf(NotLeaderException.class);
    }
}
