package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OutcomeUnknownException;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Client sessions in whole clusters: lost answers, dead leaders, snapshots, restarts, expiry. */
final class ClientSessionTest {
    private static final NodeOptions OPTIONS = NodeOptions.DEFAULTS
            .withSnapshotPolicy(SnapshotPolicy.never())
            .withRetainedEntries(0)
            .withSnapshotTransfer(new SnapshotConfig(4096, Duration.ofSeconds(2), 3, 2, 0));

    private static NodeOptions with(Duration timeout, int inFlightMax, int sessionsMax, Duration patience) {
        return OPTIONS.withSessions(new NodeOptions.Sessions(timeout, inFlightMax, sessionsMax, 1 << 20, patience));
    }

    private static SteppedCluster.Member follower(SteppedCluster cluster) {
        SteppedCluster.Member leader = cluster.awaitLeader();
        return cluster.members().stream().filter(m -> m != leader).findFirst().orElseThrow();
    }

    private static ClientSession open(SteppedCluster cluster) {
        return cluster.await(cluster.awaitLeader().node().openSession());
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

    /** The digests of all replicas at a new checkpoint. */
    private static Set<Bytes> digests(SteppedCluster cluster) {
        LogId checkpoint = cluster.await(cluster.awaitLeader().node().checkpoint());
        cluster.runUntil(
                "a snapshot everywhere",
                () -> cluster.up().stream().allMatch(m -> m.status().snapshot().equals(checkpoint)));
        return cluster.up().stream()
                .map(m -> m.stepped()
                        .handler()
                        .getLatestSnapshotMetadata()
                        .orElseThrow()
                        .stateDigest())
                .collect(Collectors.toSet());
    }

    /** The value that every replica has for a key, when it is one. */
    private static String agreed(SteppedCluster cluster, String key) {
        cluster.settle();
        Set<String> values = cluster.up().stream()
                .map(m -> ClusterTest.machine(m).value(key).orElse(""))
                .collect(Collectors.toSet());
        assertThat(values).hasSize(1);
        return values.iterator().next();
    }

    @Test
    void commandsOfASessionAreAnsweredByTheStateMachine() {
        SteppedCluster cluster = ClusterTest.cluster(1, 3, OPTIONS);
        ClientSession session = open(cluster);
        List<CompletableFuture<Bytes>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(session.propose(RegisterMachine.append("k", "x")));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(cluster.await(answers.get(i)).length()).isEqualTo(i + 1);
        }
        assertThat(session.nextSequence()).isEqualTo(21);
        assertThat(session.firstUnanswered()).isEqualTo(21);
        assertThat(agreed(cluster, "k")).isEqualTo("x".repeat(20));
        assertThat(digests(cluster)).hasSize(1);
        cluster.await(session.close());
        assertThat(failure(cluster, session.propose(RegisterMachine.append("k", "x"))))
                .isInstanceOf(SessionLostException.class)
                .returns(Retry.SAFE, QuorateException::retry);
        assertThat(digests(cluster))
                .containsExactly(ClusterTest.machine(cluster.member(1)).digest().orElseThrow());
    }

    /** The leader applies and dies before it answers; the client goes on at the next leader. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aCommandWhoseAnswerDiedWithTheLeaderIsAppliedOnce(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        ClientSession session = open(cluster);
        cluster.await(session.propose(RegisterMachine.append("k", "a")));
        SteppedCluster.Member leader = cluster.awaitLeader();
        CompletableFuture<Bytes> lost = session.propose(RegisterMachine.append("k", "b"));
        cluster.runUntil(
                "applied somewhere else",
                () -> cluster.up().stream()
                        .anyMatch(m ->
                                m != leader && ClusterTest.machine(m).value("k").equals(Optional.of("ab"))));
        cluster.crash(leader);

        ClientSession resumed = cluster.awaitLeader().node().resumeSession(session.id(), 2);
        assertThat(lost)
                .as("nobody answers it any more, or it was answered just before")
                .satisfiesAnyOf(
                        f -> assertThat(f).isNotDone(), f -> assertThat(f).isCompletedWithValue(Bytes.utf8("ab")));
        assertThat(cluster.await(resumed.propose(RegisterMachine.append("k", "b"))))
                .isEqualTo(Bytes.utf8("ab"));
        assertThat(cluster.await(resumed.propose(RegisterMachine.append("k", "c"))))
                .isEqualTo(Bytes.utf8("abc"));
        cluster.start(leader);
        assertThat(agreed(cluster, "k")).isEqualTo("abc");
        assertThat(digests(cluster)).hasSize(1);
    }

    /** The proposal's time is up though it is in the log: the session sends it again by itself. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void aSessionRepeatsByItselfWhatMayHaveTakenEffect(long seed) {
        NodeOptions.Timeouts timeouts = new NodeOptions.Timeouts(
                Duration.ofMillis(300), Duration.ofSeconds(10), Duration.ofMillis(100), Duration.ofMillis(100));
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS.withTimeouts(timeouts));
        ClientSession session = open(cluster);
        SteppedCluster.Member leader = cluster.awaitLeader();
        boolean[] cut = {true};
        cluster.lose(message -> cut[0]
                && !(message instanceof PeerMessage.Protocol p
                        && p.message() instanceof dev.quorate.raft.Message.AppendEntries));
        CompletableFuture<Bytes> answer = session.propose(RegisterMachine.append("k", "a"));
        cluster.runFor(Duration.ofMillis(700));
        assertThat(answer).isNotDone();
        cut[0] = false;
        assertThat(cluster.await(answer)).isEqualTo(Bytes.utf8("a"));
        assertThat(agreed(cluster, "k")).isEqualTo("a");
        assertThat(leader.status().last().index())
                .as("it is in the log more than once")
                .isGreaterThan(4);
        assertThat(digests(cluster)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aFollowerThatGotTheStateByASnapshotKnowsWhatTookEffect(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
        ClientSession session = open(cluster);
        SteppedCluster.Member away = follower(cluster);
        cluster.crash(away);
        cluster.await(session.propose(RegisterMachine.append("k", "a")));
        LogId checkpoint = cluster.await(cluster.awaitLeader().node().checkpoint());
        cluster.runUntil(
                "purged",
                () -> cluster.up().stream().allMatch(m -> m.status().purged().equals(checkpoint)));
        cluster.start(away);
        cluster.settle();
        assertThat(ClusterTest.machine(away).appliedIndices()).isEmpty();
        assertThat(cluster.await(cluster.awaitLeader().node().transferLeadership(away.id)))
                .isEqualTo(away.id);
        cluster.awaitLeader();

        ClientSession resumed = away.node().resumeSession(session.id(), 1);
        assertThat(cluster.await(resumed.propose(RegisterMachine.append("k", "a"))))
                .isEqualTo(Bytes.utf8("a"));
        assertThat(agreed(cluster, "k")).isEqualTo("a");
        assertThat(digests(cluster)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRestartOfAllKeepsSessions(boolean fromSnapshot) {
        SteppedCluster cluster = new SteppedCluster(
                3, 3, OPTIONS, number -> new DiskTestStorage(number), number -> new RegisterMachine());
        ClientSession session = open(cluster);
        cluster.await(session.propose(RegisterMachine.append("k", "a")));
        if (fromSnapshot) {
            digests(cluster);
        }
        cluster.settle();
        cluster.members().forEach(cluster::crash);
        cluster.members().forEach(cluster::start);
        ClientSession resumed = cluster.awaitLeader().node().resumeSession(session.id(), 1);
        assertThat(cluster.await(resumed.propose(RegisterMachine.append("k", "a"))))
                .isEqualTo(Bytes.utf8("a"));
        assertThat(agreed(cluster, "k")).isEqualTo("a");
        assertThat(digests(cluster)).hasSize(1);
    }

    @Test
    void aSilentSessionExpiresEverywhereAtTheSameEntry() {
        SteppedCluster cluster = ClusterTest.cluster(5, 3, with(Duration.ofSeconds(20), 4, 10, Duration.ofSeconds(5)));
        ClientSession silent = open(cluster);
        ClientSession busy = open(cluster);
        cluster.await(silent.propose(RegisterMachine.append("k", "a")));
        cluster.runFor(Duration.ofSeconds(12));
        cluster.await(busy.propose(RegisterMachine.append("k", "b")));
        cluster.runFor(Duration.ofSeconds(12));
        cluster.restart(follower(cluster));
        QuorateException lost = failure(cluster, silent.propose(RegisterMachine.append("k", "c")));
        assertThat(lost)
                .isInstanceOf(SessionLostException.class)
                .hasMessageContaining("session " + silent.id())
                .returns(Retry.SAFE, QuorateException::retry);
        assertThat(cluster.await(busy.propose(RegisterMachine.append("k", "d"))))
                .isEqualTo(Bytes.utf8("abd"));
        assertThat(agreed(cluster, "k")).isEqualTo("abd");
        assertThat(digests(cluster)).hasSize(1);
    }

    @Test
    void aSessionThatIsKeptAliveDoesNotExpireAndIsNotUsedUp() {
        SteppedCluster cluster = ClusterTest.cluster(5, 3, with(Duration.ofSeconds(20), 4, 10, Duration.ofSeconds(5)));
        ClientSession kept = open(cluster);
        for (int i = 0; i < 3; i++) {
            cluster.runFor(Duration.ofSeconds(12));
            cluster.await(kept.keepAlive());
        }
        assertThat(kept.nextSequence()).isEqualTo(1);
        assertThat(cluster.await(kept.propose(RegisterMachine.append("k", "a"))))
                .isEqualTo(Bytes.utf8("a"));
        assertThat(agreed(cluster, "k")).isEqualTo("a");
        cluster.runFor(Duration.ofSeconds(25));
        assertThat(failure(cluster, kept.keepAlive()))
                .isInstanceOf(SessionLostException.class)
                .returns(Retry.SAFE, QuorateException::retry);
        assertThat(failure(cluster, kept.keepAlive())).isInstanceOf(SessionLostException.class);
        assertThat(digests(cluster)).hasSize(1);
    }

    @Test
    void whenTheSessionIsLostAfterAnUnknownAttemptARetryIsNotSafe() {
        SteppedCluster cluster = ClusterTest.cluster(
                2,
                3,
                with(Duration.ofMillis(50), 4, 10, Duration.ofSeconds(60))
                        .withTimeouts(new NodeOptions.Timeouts(
                                Duration.ofMillis(300),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(1))));
        ClientSession session = open(cluster);
        boolean[] cut = {true};
        cluster.lose(message -> cut[0]
                && !(message instanceof PeerMessage.Protocol p
                        && p.message() instanceof dev.quorate.raft.Message.AppendEntries));
        CompletableFuture<Bytes> answer = session.propose(RegisterMachine.append("k", "a"));
        cluster.runFor(Duration.ofMillis(500));
        cut[0] = false;
        cluster.runUntil("an end", answer::isDone);
        if (answer.isCompletedExceptionally()) {
            assertThat(failure(cluster, answer))
                    .isInstanceOf(SessionLostException.class)
                    .returns(Retry.UNKNOWN, QuorateException::retry);
        }
        assertThat(agreed(cluster, "k")).isEqualTo("a");
    }

    /** Nodes with different options: what counts is what the entry says. */
    @Test
    void replicasWithOtherLimitsDecideAlike() {
        SteppedCluster cluster = ClusterTest.cluster(4, 3, with(Duration.ofSeconds(20), 4, 3, Duration.ofSeconds(1)));
        SteppedCluster.Member leader = cluster.awaitLeader();
        cluster.options(with(Duration.ofSeconds(1), 1, 1, Duration.ofSeconds(1)));
        for (SteppedCluster.Member member : cluster.members()) {
            if (member != leader) {
                cluster.restart(member);
            }
        }
        cluster.awaitLeader();
        List<ClientSession> sessions = List.of(
                cluster.await(leader.node().openSession()),
                cluster.await(leader.node().openSession()),
                cluster.await(leader.node().openSession()));
        assertThat(failure(cluster, leader.node().openSession()))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("3 sessions");
        cluster.runFor(Duration.ofSeconds(3));
        for (ClientSession session : sessions) {
            cluster.await(session.propose(RegisterMachine.append("k", "x")));
        }
        assertThat(agreed(cluster, "k")).isEqualTo("xxx");
        assertThat(digests(cluster)).hasSize(1);
    }

    @Test
    void tooManyInFlightAreRefusedAndTakeNoSequence() {
        SteppedCluster cluster = ClusterTest.cluster(6, 1, with(Duration.ofSeconds(20), 3, 3, Duration.ofSeconds(1)));
        ClientSession session = open(cluster);
        List<CompletableFuture<Bytes>> taken = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            taken.add(session.propose(RegisterMachine.append("k", "x")));
        }
        assertThat(failure(cluster, session.propose(RegisterMachine.append("k", "y"))))
                .isInstanceOf(OverloadedException.class)
                .hasMessageContaining("3 behind");
        taken.forEach(cluster::await);
        assertThat(cluster.await(session.propose(RegisterMachine.append("k", "z"))))
                .isEqualTo(Bytes.utf8("xxxz"));
        assertThat(session.nextSequence()).isEqualTo(5);
    }

    @Test
    void atAnotherNodeTheSessionNamesTheLeaderAndAtAClosedOneTheOutcomeIsUnknown() {
        SteppedCluster cluster = ClusterTest.cluster(7, 3, OPTIONS);
        ClientSession session = open(cluster);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member other = follower(cluster);
        ClientSession misplaced = other.node().resumeSession(session.id(), 1);
        assertThat(failure(cluster, misplaced.propose(RegisterMachine.append("k", "a"))))
                .isInstanceOfSatisfying(
                        NotLeaderException.class, e -> assertThat(e.leader()).contains(leader.id));
        assertThat(misplaced.firstUnanswered()).isEqualTo(1);

        CompletableFuture<Bytes> open = session.propose(RegisterMachine.append("k", "a"));
        leader.stepped().doWork(Duties.LOOP);
        leader.node().close();
        assertThat(failure(cluster, open)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(session.firstUnanswered()).isEqualTo(1);
        cluster.crash(leader);
        ClientSession resumed = cluster.awaitLeader().node().resumeSession(session.id(), session.firstUnanswered());
        assertThat(cluster.await(resumed.propose(RegisterMachine.append("k", "a"))))
                .isEqualTo(Bytes.utf8("a"));
        assertThat(agreed(cluster, "k")).isEqualTo("a");
    }

    @Test
    void aProposalThatIsClosedInItsPauseIsAnswered() {
        SteppedCluster cluster = ClusterTest.cluster(8, 3, OPTIONS);
        ClientSession session = open(cluster);
        SteppedCluster.Member leader = cluster.awaitLeader();
        cluster.lose(1.0);
        cluster.runUntil("it leads no more", () -> leader.status().leader().isEmpty());
        CompletableFuture<Bytes> waiting = session.propose(RegisterMachine.append("k", "a"));
        cluster.runFor(Duration.ofSeconds(4));
        assertThat(waiting).isNotDone();
        leader.node().close();
        assertThat(waiting).isDone();
        assertThat(failure(cluster, waiting)).returns(Retry.SAFE, QuorateException::retry);
    }

    @Test
    void withoutALeaderTheSessionGivesUpWhenItsPatienceIsOver() {
        SteppedCluster cluster = ClusterTest.cluster(9, 3, with(Duration.ofHours(1), 4, 10, Duration.ofSeconds(8)));
        ClientSession session = open(cluster);
        SteppedCluster.Member leader = cluster.awaitLeader();
        cluster.lose(1.0);
        cluster.runUntil("it leads no more", () -> leader.status().leader().isEmpty());
        long began = cluster.clock.nanoTime();
        assertThat(failure(cluster, session.propose(RegisterMachine.append("k", "a"))))
                .isInstanceOf(NotLeaderException.class);
        assertThat(Duration.ofNanos(cluster.clock.nanoTime() - began))
                .isBetween(Duration.ofSeconds(8), Duration.ofSeconds(20));
        cluster.lose(0.0);
        cluster.awaitLeader();
        cluster.settle();
        assertThat(ClusterTest.machine(leader).value("k")).isEmpty();
    }
}
