package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.QuorateException.Retry;
import dev.quorate.spi.SessionLostException;
import dev.quorate.testkit.RegisterMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Client sessions at nodes that do not lead: their entries are sent on, again and again, and take effect once. */
final class SessionForwardingTest {
    private static final NodeOptions OPTIONS = NodeOptions.DEFAULTS
            .withSnapshotPolicy(SnapshotPolicy.never())
            .withForwarding(true)
            .withTimeouts(new NodeOptions.Timeouts(
                    Duration.ofMillis(1500), Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMillis(100)));

    private static NodeOptions with(Duration timeout, int inFlightMax, int sessionsMax) {
        return OPTIONS.withSessions(
                new NodeOptions.Sessions(timeout, inFlightMax, sessionsMax, 1 << 20, Duration.ofSeconds(30)));
    }

    private static List<SteppedCluster.Member> followers(SteppedCluster cluster) {
        SteppedCluster.Member leader = cluster.awaitLeader();
        return cluster.up().stream().filter(m -> m != leader).toList();
    }

    private static QuorateException failure(SteppedCluster cluster, CompletableFuture<?> future) {
        cluster.runUntil("a failure", future::isDone);
        try {
            future.join();
        } catch (CompletionException e) {
            return (QuorateException) Objects.requireNonNull(e.getCause());
        }
        throw new AssertionError("it did not fail");
    }

    private static String agreed(SteppedCluster cluster, String key) {
        cluster.settle();
        Set<String> values = cluster.up().stream()
                .map(m -> ClusterTest.machine(m).value(key).orElse(""))
                .collect(Collectors.toSet());
        assertThat(values).hasSize(1);
        return values.iterator().next();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aSessionIsOpenedUsedAndClosedAtAFollower(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        SteppedCluster.Member follower = followers(cluster).get(0);
        ClientSession session = cluster.await(follower.node().openSession());
        List<CompletableFuture<Bytes>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(session.propose(RegisterMachine.append("k", "x")));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(cluster.await(answers.get(i)).length()).isBetween(1, 20);
        }
        assertThat(ClusterTest.machine(follower).value("k"))
                .as("applied here before it was answered here")
                .contains("x".repeat(20));
        cluster.await(session.close());
        assertThat(failure(
                        cluster,
                        cluster.awaitLeader()
                                .node()
                                .resumeSession(session.id(), 21)
                                .propose(Bytes.EMPTY)))
                .isInstanceOf(SessionLostException.class);
        assertThat(agreed(cluster, "k")).isEqualTo("x".repeat(20));
        assertThat(follower.status().proposalsInFlight()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aLostAnswerIsAskedForAgainAndTheCommandTakesEffectOnce(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        SteppedCluster.Member follower = followers(cluster).get(0);
        ClientSession session = cluster.await(follower.node().openSession());
        int[] toLose = {2};
        cluster.lose(message -> message instanceof PeerMessage.ForwardedAnswer && toLose[0]-- > 0);
        assertThat(cluster.await(session.propose(RegisterMachine.append("k", "a"))))
                .isEqualTo(Bytes.utf8("a"));
        assertThat(toLose[0]).as("two answers were lost, the third was not").isNegative();
        assertThat(agreed(cluster, "k")).isEqualTo("a");
        assertThat(cluster.awaitLeader().status().sessions().repeated()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aRetryThroughAnotherMemberGetsTheRecordedAnswer(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        SteppedCluster.Member first = followers(cluster).get(0);
        SteppedCluster.Member second = followers(cluster).get(1);
        ClientSession session = cluster.await(first.node().openSession());
        cluster.lose(message -> message instanceof PeerMessage.ForwardedAnswer);
        CompletableFuture<Bytes> lost = session.propose(RegisterMachine.append("k", "a"));
        cluster.runUntil(
                "it took effect", () -> ClusterTest.machine(first).value("k").isPresent());
        cluster.crash(first);
        cluster.lose(message -> false);
        ClientSession resumed = second.node().resumeSession(session.id(), session.firstUnanswered());
        assertThat(cluster.await(resumed.propose(RegisterMachine.append("k", "a"))))
                .isEqualTo(Bytes.utf8("a"));
        assertThat(cluster.await(resumed.propose(RegisterMachine.append("k", "b"))))
                .isEqualTo(Bytes.utf8("ab"));
        assertThat(lost).isNotDone();
        assertThat(agreed(cluster, "k")).isEqualTo("ab");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aLeaderThatDiesBeforeItAnswersIsFollowedByOneThatDoes(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member follower = followers(cluster).get(0);
        ClientSession session = cluster.await(follower.node().openSession());
        boolean[] isLost = {true};
        cluster.lose(message -> isLost[0] && message instanceof PeerMessage.ForwardedAnswer);
        CompletableFuture<Bytes> answer = session.propose(RegisterMachine.append("k", "a"));
        cluster.runUntil(
                "it took effect", () -> ClusterTest.machine(leader).value("k").isPresent());
        cluster.crash(leader);
        isLost[0] = false;
        assertThat(cluster.await(answer)).isEqualTo(Bytes.utf8("a"));
        cluster.start(leader);
        assertThat(agreed(cluster, "k")).isEqualTo("a");
    }

    @Test
    void aRefusalThatNamesTheNextLeaderIsFollowedThere() {
        SteppedCluster cluster = ClusterTest.cluster(6, 3, OPTIONS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member follower = followers(cluster).get(0);
        SteppedCluster.Member next = followers(cluster).get(1);
        ClientSession session = cluster.await(follower.node().openSession());
        List<Runnable> sent = cluster.hold(message -> message instanceof PeerMessage.ForwardedProposal);
        CompletableFuture<Bytes> answer = session.propose(RegisterMachine.append("k", "a"));
        cluster.runUntil("it was sent", () -> !sent.isEmpty());
        cluster.hold(message -> false);
        cluster.await(leader.node().transferLeadership(next.id));
        sent.get(0).run();
        assertThat(cluster.await(answer)).isEqualTo(Bytes.utf8("a"));
        assertThat(next.status().sessions().repeated()).isZero();
    }

    @Test
    void whatTheLeaderSaysOfASessionIsSaidByTheFollower() {
        SteppedCluster cluster = ClusterTest.cluster(3, 3, with(Duration.ofSeconds(20), 4, 1));
        SteppedCluster.Member follower = followers(cluster).get(0);
        ClientSession session = cluster.await(follower.node().openSession());
        assertThat(failure(cluster, follower.node().openSession()))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("1 sessions");
        cluster.runFor(Duration.ofSeconds(25));
        assertThat(failure(cluster, session.propose(RegisterMachine.append("k", "a"))))
                .isInstanceOf(SessionLostException.class)
                .returns(Retry.SAFE, QuorateException::retry);
        assertThat(agreed(cluster, "k")).isEmpty();
    }

    /** The entry would halt every replica: it must not come into the log. */
    @ParameterizedTest
    @ValueSource(ints = {6, 7, 8})
    void anEntryThatCannotBeReadIsRefusedByTheLeader(int kind) {
        SteppedCluster cluster = ClusterTest.cluster(4, 3, OPTIONS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member follower = followers(cluster).get(0);
        cluster.settle();
        long last = leader.status().last().index();
        List<Runnable> answers = cluster.keep(message -> message instanceof PeerMessage.ForwardedAnswer a
                && a.outcome().kind() == dev.quorate.spi.ForwardedOutcome.Kind.INVALID);
        cluster.inject(
                follower.id,
                leader.id,
                new PeerMessage.ForwardedProposal(
                        leader.status().term(), 77, 1, EntryKind.ofCode(kind), Bytes.utf8("no session")));
        cluster.runUntil("it was refused", () -> !answers.isEmpty());
        cluster.runFor(Duration.ofSeconds(1));
        assertThat(leader.status().last().index()).isEqualTo(last);
        assertThat(leader.stepped().halted()).isEmpty();
    }

    /** A leader of an earlier version knows no sessions of others, and says nothing. */
    @Test
    void whenNobodyAnswersTheOutcomeIsUnknownAfterThePatience() {
        SteppedCluster cluster = ClusterTest.cluster(5, 3, with(Duration.ofHours(1), 4, 10));
        SteppedCluster.Member follower = followers(cluster).get(0);
        ClientSession session = cluster.await(follower.node().openSession());
        List<NodeId> lost = new ArrayList<>();
        cluster.lose(message -> message instanceof PeerMessage.ForwardedProposal && lost.add(follower.id));
        assertThat(failure(cluster, session.propose(RegisterMachine.append("k", "a"))))
                .returns(Retry.UNKNOWN, QuorateException::retry);
        assertThat(lost).as("it was sent again while there was patience").hasSizeGreaterThan(5);
        assertThat(session.firstUnanswered()).isEqualTo(1);
    }
}
