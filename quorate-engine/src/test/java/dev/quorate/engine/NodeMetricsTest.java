package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.testkit.RegisterMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What a node counts, and how long it says that things took. */
final class NodeMetricsTest {
    private static final long MILLISECOND = 1_000_000;

    private static SteppedCluster cluster(int nodes, NodeOptions options) {
        return new SteppedCluster(7, nodes, options, i -> new MemoryTestStorage(), i -> new RegisterMachine());
    }

    private static SteppedCluster.Member follower(SteppedCluster cluster) {
        return cluster.members().stream()
                .filter(member -> member.status().role() == Role.FOLLOWER)
                .findFirst()
                .orElseThrow();
    }

    private static Histogram measured(RoundTrips trips, NodeId peer) {
        return Objects.requireNonNull(trips.picture().get(peer));
    }

    private static void await(SteppedCluster cluster, CompletableFuture<?> answer) {
        cluster.runUntil("answered", answer::isDone);
    }

    @Test
    void aTimeIsCountedInTheFirstBucketWhoseBoundItDoesNotExceed() {
        LatencyRecorder recorder = new LatencyRecorder();
        for (int bucket = 0; bucket < Histogram.BUCKETS - 1; bucket++) {
            recorder.record(Histogram.boundNanos(bucket));
            recorder.record(Histogram.boundNanos(bucket) + 1);
        }
        recorder.record(-5);
        recorder.record(Long.MAX_VALUE / 4);
        List<Long> expected = new ArrayList<>(Collections.nCopies(Histogram.BUCKETS, 2L));
        assertThat(recorder.picture().counts()).isEqualTo(expected);
        assertThat(recorder.picture().count()).isEqualTo(2L * Histogram.BUCKETS);
        assertThat(Histogram.boundNanos(0)).isEqualTo(4096);
        assertThat(Histogram.boundNanos(Histogram.BUCKETS - 2)).isEqualTo(1L << 34);
    }

    @Test
    void theSumIsOfAllTimesAndNoneIsNegative() {
        LatencyRecorder recorder = new LatencyRecorder();
        recorder.record(1000);
        recorder.record(-1000);
        recorder.record(500);
        assertThat(recorder.picture().sumNanos()).isEqualTo(1500);
    }

    @Test
    void anAnswerCountsEveryMessageThatItCoversAndAMessageSentAgainBeginsAnew() {
        RoundTrips trips = new RoundTrips();
        NodeId peer = NodeId.of(2);
        trips.sent(peer, 10, 0);
        trips.sent(peer, 20, 100);
        trips.sent(peer, 30, 200);
        trips.matched(peer, 20, 1000);
        assertThat(measured(trips, peer).count()).isEqualTo(2);
        assertThat(measured(trips, peer).sumNanos()).isEqualTo(1000 + 900);
        trips.sent(peer, 30, 5000);
        trips.matched(peer, 30, 6000);
        assertThat(measured(trips, peer).count()).isEqualTo(3);
        assertThat(measured(trips, peer).sumNanos()).isEqualTo(1000 + 900 + 1000);
        trips.sent(peer, 40, 7000);
        trips.forgetSent();
        trips.matched(peer, 40, 8000);
        assertThat(measured(trips, peer).count()).isEqualTo(3);
        trips.retain(id -> false);
        assertThat(trips.picture()).isEmpty();
    }

    @Test
    void ofMoreMessagesThanAreRememberedTheOldestAreNotMeasured() {
        RoundTrips trips = new RoundTrips();
        for (int index = 1; index <= RoundTrips.UNANSWERED_MAX + 3; index++) {
            trips.sent(NodeId.of(2), index, 0);
        }
        trips.matched(NodeId.of(2), Long.MAX_VALUE, 1);
        assertThat(measured(trips, NodeId.of(2)).count()).isEqualTo(RoundTrips.UNANSWERED_MAX);
    }

    @Test
    void aWriteAndAReadCountOnEveryWayTheyTake() {
        SteppedCluster cluster = cluster(3, NodeOptions.DEFAULTS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        NodeMetrics before = leader.node().metrics();
        await(cluster, leader.node().propose(RegisterMachine.put("k", "v")));
        await(cluster, leader.node().read(() -> true));
        cluster.runUntil(
                "everywhere",
                () -> cluster.members().stream()
                        .allMatch(m -> m.status().appliedIndex()
                                == leader.status().last().index()));
        NodeMetrics after = leader.node().metrics();
        assertThat(after.proposals().answered().count())
                .isEqualTo(before.proposals().answered().count() + 1);
        assertThat(after.reads().answered().count())
                .isEqualTo(before.reads().answered().count() + 1);
        assertThat(after.logSyncs().count()).isGreaterThan(before.logSyncs().count());
        assertThat(after.applies().count()).isGreaterThan(before.applies().count());
        assertThat(after.appends())
                .hasSize(2)
                .allSatisfy((peer, histogram) -> assertThat(histogram.count()).isPositive());
        assertThat(follower(cluster).node().metrics().appends()).isEmpty();
    }

    @Test
    void aProposalTakesFromTheCallToTheAnswer() {
        SteppedCluster cluster = cluster(1, NodeOptions.DEFAULTS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        long before = leader.node().metrics().proposals().answered().sumNanos();
        CompletableFuture<Bytes> answer = leader.node().propose(RegisterMachine.put("k", "v"));
        cluster.clock.advance(Duration.ofMillis(30));
        await(cluster, answer);
        long took = leader.node().metrics().proposals().answered().sumNanos() - before;
        assertThat(took).isBetween(30 * MILLISECOND, 40 * MILLISECOND);
    }

    @Test
    void whatAFollowerSendsOnCountsThereAsItsClientsAndAtTheLeaderAsAPeers() {
        SteppedCluster cluster = cluster(3, NodeOptions.DEFAULTS.withForwarding(true));
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member follower = follower(cluster);
        cluster.runUntil("known", () -> follower.status().leader().isPresent());
        await(cluster, follower.node().propose(RegisterMachine.put("k", "v")));
        assertThat(follower.node().metrics().proposals().answered().count()).isEqualTo(1);
        assertThat(leader.node().metrics().peerProposals().answered().count()).isEqualTo(1);
        assertThat(leader.node().metrics().proposals().answered().count()).isZero();
        assertThat(follower.node().metrics().queues().forwarded()).isZero();
    }

    @Test
    void aCommandThatIsTooLargeCountsAsInvalid() {
        SteppedCluster cluster = cluster(1, NodeOptions.DEFAULTS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        int max = NodeOptions.DEFAULTS.limits().proposalBytesMax();
        CompletableFuture<Bytes> answer = leader.node().propose(Bytes.copyOf(new byte[max + 1]));
        assertThat(answer).isCompletedExceptionally();
        assertThat(leader.node().metrics().proposals().rejected())
                .containsEntry(Rejection.INVALID, 1L)
                .containsEntry(Rejection.OVERLOADED, 0L)
                .hasSize(Rejection.values().length);
    }

    @Test
    void aProposalWhoseTimeIsUpCountsAsExpiredAndNotAsAnswered() {
        NodeOptions options = NodeOptions.DEFAULTS.withTimeouts(new NodeOptions.Timeouts(
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofMillis(500)));
        SteppedCluster cluster = cluster(3, options);
        SteppedCluster.Member leader = cluster.awaitLeader();
        cluster.lose(PeerMessage.Protocol.class::isInstance);
        CompletableFuture<Bytes> answer = leader.node().propose(RegisterMachine.put("k", "v"));
        await(cluster, answer);
        assertThat(answer.handle((done, failure) -> failure).join()).isInstanceOf(OutcomeUnknownException.class);
        NodeMetrics.Requests counts = leader.node().metrics().proposals();
        assertThat(counts.rejected()).containsEntry(Rejection.EXPIRED, 1L).containsEntry(Rejection.UNKNOWN, 0L);
        assertThat(counts.answered().count()).isZero();
    }

    @Test
    void anythingAtANodeThatKnowsNoLeaderCountsAsSuch() {
        SteppedCluster cluster = cluster(3, NodeOptions.DEFAULTS);
        cluster.lose(1.0);
        QuorateNode node = cluster.member(1).node();
        CompletableFuture<Bytes> write = node.propose(RegisterMachine.put("k", "v"));
        CompletableFuture<Boolean> read = node.read(() -> true);
        cluster.runUntil("refused", () -> write.isDone() && read.isDone());
        assertThat(node.metrics().proposals().rejected()).containsEntry(Rejection.NOT_LEADER, 1L);
        assertThat(node.metrics().reads().rejected()).containsEntry(Rejection.NOT_LEADER, 1L);
    }

    @Test
    void aSnapshotIsCountedAndItsProgressIsToldWhileItIsMade() {
        SteppedCluster cluster = cluster(1, NodeOptions.DEFAULTS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        for (int i = 0; i < 300; i++) {
            await(cluster, leader.node().propose(RegisterMachine.put("k" + i, "v")));
        }
        CompletableFuture<Snapshot> snapshot = leader.node().snapshot();
        List<Long> seen = new ArrayList<>();
        cluster.runUntil("made", () -> {
            NodeMetrics.Snapshots now = leader.node().metrics().snapshots();
            if (now.making()) {
                seen.add(now.makingBytes());
            }
            return snapshot.isDone() && !now.making();
        });
        assertThat(seen).contains(0L).anyMatch(bytes -> bytes > 0);
        assertThat(leader.node().metrics().snapshots()).isEqualTo(new NodeMetrics.Snapshots(false, 0, 1, 0, 0));
    }
}
