package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.Membership;
import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.PeerMessage;
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

/** Proposals and changes that are asked of a node that does not lead. */
final class ForwardingTest {
    private static final NodeOptions OPTIONS = NodeOptions.DEFAULTS
            .withSnapshotPolicy(SnapshotPolicy.never())
            .withRetainedEntries(0)
            .withForwarding(true);

    private static SteppedCluster.Member follower(SteppedCluster cluster) {
        SteppedCluster.Member leader = cluster.awaitLeader();
        return cluster.up().stream()
                .filter(m -> m != leader && leader.status().membership().contains(m.id))
                .findFirst()
                .orElseThrow();
    }

    private static QuorateException failure(SteppedCluster cluster, CompletableFuture<?> future) {
        cluster.runUntil("a failure", future::isDone);
        try {
            Object value = future.join();
            throw new AssertionError("a success: " + value);
        } catch (CompletionException e) {
            if (e.getCause() instanceof QuorateException failure) {
                return failure;
            }
            throw e;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aFollowerAnswersWritesLikeTheLeaderAndThenReadsThemFromItsOwnState(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        SteppedCluster.Member follower = follower(cluster);
        List<CompletableFuture<Bytes>> answers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            answers.add(follower.node().propose(RegisterMachine.append("k", i % 10 + "")));
        }
        for (int i = 0; i < 50; i++) {
            assertThat(cluster.await(answers.get(i)).length()).isEqualTo(i + 1);
            assertThat(ClusterTest.machine(follower).value("k").orElseThrow().length())
                    .as("applied here before it was answered here")
                    .isGreaterThan(i);
        }
        assertThat(follower.status().proposalsInFlight()).isZero();
        assertThat(cluster.awaitLeader().status().proposalsInFlight()).isZero();
    }

    @Test
    void withoutTheOptionAFollowerNamesTheLeader() {
        SteppedCluster cluster = ClusterTest.cluster(1, 3, OPTIONS.withForwarding(false));
        SteppedCluster.Member follower = follower(cluster);
        QuorateException refused = failure(cluster, follower.node().propose(RegisterMachine.put("a", "1")));
        assertThat(refused).isInstanceOf(NotLeaderException.class);
        assertThat(((NotLeaderException) refused).leader()).contains(cluster.awaitLeader().id);
    }

    @Test
    void aLostRequestIsUnknownAfterItsTimeAndNeverSentAgain() {
        SteppedCluster cluster = ClusterTest.cluster(2, 3, OPTIONS);
        SteppedCluster.Member follower = follower(cluster);
        List<PeerMessage> sent = new ArrayList<>();
        cluster.lose(message -> message instanceof PeerMessage.ForwardedProposal && sent.add(message));
        QuorateException unknown = failure(cluster, follower.node().propose(RegisterMachine.put("a", "1")));
        assertThat(unknown).isInstanceOf(OutcomeUnknownException.class);
        assertThat(unknown.retry()).isEqualTo(Retry.UNKNOWN);
        assertThat(sent).hasSize(1);
        assertThat(follower.status().proposalsInFlight()).isZero();
    }

    @Test
    void aLostAnswerIsUnknownThoughTheWriteTookEffect() {
        SteppedCluster cluster = ClusterTest.cluster(3, 3, OPTIONS);
        SteppedCluster.Member follower = follower(cluster);
        cluster.lose(message -> message instanceof PeerMessage.ForwardedAnswer);
        QuorateException unknown = failure(cluster, follower.node().propose(RegisterMachine.put("a", "1")));
        assertThat(unknown).isInstanceOf(OutcomeUnknownException.class);
        assertThat(ClusterTest.machine(follower).value("a")).contains("1");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aRepeatedMessageIsTakenOnceEvenByALaterTermOfTheSameLeader(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member follower = follower(cluster);
        List<Runnable> sent = cluster.keep(message -> message instanceof PeerMessage.ForwardedProposal);
        CompletableFuture<Bytes> answer = follower.node().propose(RegisterMachine.append("k", "x"));
        cluster.runUntil("it was sent", () -> !sent.isEmpty());
        sent.get(0).run();
        assertThat(cluster.await(answer).length()).isEqualTo(1);
        cluster.await(leader.node().transferLeadership(follower.id));
        cluster.await(cluster.awaitLeader().node().transferLeadership(leader.id));
        sent.get(0).run();
        cluster.propose(RegisterMachine.append("k", "y"));
        cluster.settle();
        assertThat(ClusterTest.machine(leader).value("k")).contains("xy");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aRestartedLeaderTakesNothingThatWasSentToItsEarlierLife(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member follower = follower(cluster);
        List<Runnable> sent = cluster.keep(message -> message instanceof PeerMessage.ForwardedProposal);
        cluster.await(follower.node().propose(RegisterMachine.append("k", "x")));
        cluster.restart(leader);
        cluster.awaitLeader();
        long dropped = leader.status().droppedMessages();
        sent.get(0).run();
        cluster.runUntil("the message was seen", () -> leader.status().droppedMessages() > dropped);
        cluster.propose(RegisterMachine.append("k", "y"));
        cluster.settle();
        assertThat(ClusterTest.machine(leader).value("k")).contains("xy");
    }

    @Test
    void whatTheLeaderRefusesIsRefusedWithTheSameReason() {
        SteppedCluster cluster = ClusterTest.cluster(4, 3, OPTIONS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member follower = follower(cluster);
        cluster.options(OPTIONS.withLimits(OPTIONS.limits().withProposals(1 << 20, 1, 1 << 20)));
        cluster.restart(leader);
        SteppedCluster.Member first = cluster.awaitLeader();
        if (first != leader) {
            cluster.await(first.node().transferLeadership(leader.id));
        }
        cluster.runUntil("it leads", () -> leader.status().leader().equals(Optional.of(leader.id)));
        List<CompletableFuture<Bytes>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(follower.node().propose(RegisterMachine.put("k" + i, "v")));
        }
        int refused = 0;
        for (CompletableFuture<Bytes> answer : answers) {
            cluster.runUntil("an answer", answer::isDone);
            if (answer.isCompletedExceptionally()) {
                assertThat(failure(cluster, answer)).isInstanceOf(OverloadedException.class);
                refused++;
            }
        }
        cluster.settle();
        assertThat(ClusterTest.machine(leader).pairs()).hasSize(20 - refused);
        assertThat(refused).isPositive();
    }

    @Test
    void aLeaderThatDiesIsWaitedForAnElectionTimeoutAfterAnotherIsKnown() {
        SteppedCluster cluster = ClusterTest.cluster(5, 3, OPTIONS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member follower = follower(cluster);
        cluster.crash(leader);
        long began = cluster.clock.nanoTime();
        QuorateException unknown = failure(cluster, follower.node().propose(RegisterMachine.put("a", "1")));
        assertThat(unknown.retry()).isEqualTo(Retry.UNKNOWN);
        assertThat(Duration.ofNanos(cluster.clock.nanoTime() - began)).isLessThan(Duration.ofSeconds(6));
        assertThat(cluster.propose(RegisterMachine.put("b", "2"))).isNotNull();
    }

    @Test
    void aFollowerTakesChangesOfMembershipAndPassesTheRefusalOn() {
        SteppedCluster cluster = ClusterTest.cluster(6, 3, OPTIONS);
        SteppedCluster.Member follower = follower(cluster);
        cluster.settle();
        SteppedCluster.Member fourth = cluster.join();
        Membership added =
                cluster.await(follower.node().reconfigure(MembershipChange.addLearner(fourth.id, "somewhere")));
        assertThat(added.learners()).containsExactly(fourth.id);
        assertThat(added.addresses()).containsEntry(fourth.id, "somewhere");
        QuorateException invalid =
                failure(cluster, follower.node().reconfigure(MembershipChange.promote(NodeId.of(99))));
        assertThat(invalid).hasMessageContaining("node 63 is not a member");
        assertThat(invalid.retry()).isEqualTo(Retry.USELESS);
        cluster.runUntil(
                "it caught up",
                () -> fourth.status().appliedIndex()
                        == cluster.awaitLeader().status().appliedIndex());
        assertThat(cluster.await(fourth.node().propose(RegisterMachine.append("k", "v")))
                        .length())
                .as("a learner sends on too")
                .isEqualTo(1);
    }

    /** The answer comes from a node that is no member any more, and leads no more. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void theRemovalOfTheLeaderIsAnsweredThoughTheAnswerComesLast(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member follower = follower(cluster);
        cluster.settle();
        List<Runnable> answers = cluster.hold(message -> message instanceof PeerMessage.ForwardedAnswer);
        CompletableFuture<Membership> removed = follower.node().reconfigure(MembershipChange.remove(leader.id));
        cluster.runUntil("the leader answered", () -> !answers.isEmpty());
        cluster.runUntil(
                "another leads",
                () -> follower.status()
                        .leader()
                        .filter(id -> !id.equals(leader.id))
                        .isPresent());
        assertThat(removed).isNotDone();
        answers.get(0).run();
        assertThat(cluster.await(removed).contains(leader.id)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatNeverLeftThisNodeGoesToTheNextLeader(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member follower = follower(cluster);
        cluster.givesBack = true;
        cluster.crash(leader);
        List<CompletableFuture<Bytes>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            answers.add(follower.node().propose(RegisterMachine.append("k", "x")));
        }
        answers.forEach(cluster::await);
        assertThat(ClusterTest.machine(follower).value("k")).contains("x".repeat(10));
        assertThat(follower.status().proposalsInFlight()).isZero();
    }

    @Test
    void whatNeverLeftThisNodeInAllTheTimeDidNotHappen() {
        SteppedCluster cluster = ClusterTest.cluster(7, 3, OPTIONS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member follower = follower(cluster);
        cluster.givesBack = true;
        cluster.up().stream().filter(m -> m != follower).toList().forEach(cluster::crash);
        CompletableFuture<Bytes> answer = follower.node().propose(RegisterMachine.put("a", "1"));
        CompletableFuture<Membership> change = follower.node().reconfigure(MembershipChange.remove(leader.id));
        assertThat(failure(cluster, answer)).returns(Retry.SAFE, QuorateException::retry);
        assertThat(failure(cluster, change)).returns(Retry.SAFE, QuorateException::retry);
        assertThat(follower.status().proposalsInFlight()).isZero();
    }
}
