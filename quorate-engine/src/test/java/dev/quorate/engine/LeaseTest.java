package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.Role;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.testkit.RegisterMachine;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads under a lease: without a round as long as it holds, and never stale, whatever pauses. */
final class LeaseTest {
    private static SteppedCluster cluster(long seed) {
        return new SteppedCluster(
                seed, 3, NodeOptions.DEFAULTS, i -> new MemoryTestStorage(), i -> new RegisterMachine(true));
    }

    private static CompletableFuture<Optional<String>> leaseRead(SteppedCluster.Member member) {
        return member.node()
                .read(ReadConsistency.LEASE, () -> ClusterTest.machine(member).value("a"));
    }

    /** Writes, and lets enough heartbeats pass for a lease. */
    private static SteppedCluster.Member leased(SteppedCluster cluster) {
        SteppedCluster.Member leader = cluster.awaitLeader();
        cluster.propose(RegisterMachine.put("a", "1"));
        cluster.runUntil("a lease", () -> leaseRead(leader).isDone());
        return leader;
    }

    @Test
    void underALeaseTheLeaderAnswersAtOnceEvenWhenNobodyCanBeAsked() {
        SteppedCluster cluster = cluster(1);
        SteppedCluster.Member leader = leased(cluster);
        cluster.network.isolate(leader.id);
        CompletableFuture<Optional<String>> read = leaseRead(leader);
        assertThat(read).isCompletedWithValue(Optional.of("1"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aLeaderThatPausedForLongerThanItsLeaseServesNothingOld(long seed) {
        SteppedCluster cluster = cluster(seed);
        SteppedCluster.Member old = leased(cluster);
        SteppedNode paused = old.stepped();
        old.stepped = null;
        cluster.network.isolate(old.id);
        cluster.runUntil(
                "another leader",
                () -> cluster.leader().isPresent()
                        && cluster.leader().get().status().commitIndex()
                                == cluster.leader().get().status().last().index());
        cluster.await(cluster.leader().orElseThrow().node().propose(RegisterMachine.put("a", "2")));

        old.stepped = paused;
        CompletableFuture<Optional<String>> atOnce = leaseRead(old);
        assertThat(atOnce).as("the lease is over, whatever LOOP knows").isNotDone();
        cluster.runFor(Duration.ofMillis(500));
        cluster.network.healAll();
        cluster.runUntil("an answer", atOnce::isDone);
        if (atOnce.isCompletedExceptionally()) {
            assertThat(atOnce)
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(NotLeaderException.class);
        } else {
            assertThat(atOnce.join()).contains("2");
        }
        assertThat(cluster.await(old.node().read(() -> ClusterTest.machine(old).value("a"))))
                .contains("2");
    }

    @Test
    void aLeaderThatStepsDownRevokesItsLeaseThoughItsTimeIsNotOver() {
        SteppedCluster cluster = cluster(2);
        SteppedCluster.Member old = leased(cluster);
        for (SteppedCluster.Member other : cluster.members()) {
            if (other != old) {
                cluster.network.cut(other.id, old.id);
            }
        }
        cluster.runUntil("the leader steps down", () -> old.status().role() != Role.LEADER);
        cluster.network.isolate(old.id);
        CompletableFuture<Optional<String>> read = leaseRead(old);
        assertThat(read).isNotDone();
    }

    @Test
    void aFollowerAsksTheLeaderInsteadOfUsingALease() {
        SteppedCluster cluster = cluster(3);
        SteppedCluster.Member leader = leased(cluster);
        SteppedCluster.Member follower =
                cluster.members().stream().filter(m -> m != leader).findFirst().orElseThrow();
        CompletableFuture<Optional<String>> read = leaseRead(follower);
        assertThat(read).isNotDone();
        assertThat(cluster.await(read)).contains("1");
    }

    @Test
    void aLocalReadIsAnsweredAtOnceByWhateverTheReplicaHas() {
        SteppedCluster cluster = cluster(4);
        SteppedCluster.Member leader = leased(cluster);
        cluster.settle();
        SteppedCluster.Member follower =
                cluster.members().stream().filter(m -> m != leader).findFirst().orElseThrow();
        cluster.network.isolate(follower.id);
        cluster.await(leader.node().propose(RegisterMachine.put("a", "2")));
        assertThat(follower.node()
                        .read(
                                ReadConsistency.LOCAL,
                                () -> ClusterTest.machine(follower).value("a")))
                .isCompletedWithValue(Optional.of("1"));
    }

    /** A quorum of followers may have an entry, and answer reads from it, before the leader's own disk has it. */
    @Test
    void aLeaderWhoseOwnDiskIsBehindServesNothingOlderThanAFollowerDid() {
        SteppedCluster cluster = cluster(5);
        SteppedCluster.Member leader = leased(cluster);
        cluster.settle();
        SteppedNode stepped = leader.stepped();
        CompletableFuture<Bytes> write = leader.node().propose(RegisterMachine.put("a", "2"));
        Optional<SteppedCluster.Member> ahead = Optional.empty();
        while (ahead.isEmpty()) {
            for (SteppedCluster.Member member : cluster.members()) {
                for (Duties duty : Duties.values()) {
                    if (member != leader || duty != Duties.LOG) {
                        member.stepped().doWork(duty);
                    }
                }
            }
            cluster.deliverAll();
            cluster.clock.advance(Duration.ofMillis(1));
            ahead = cluster.members().stream()
                    .filter(m -> ClusterTest.machine(m).value("a").equals(Optional.of("2")))
                    .findFirst();
        }
        assertThat(write).isNotDone();
        CompletableFuture<Optional<String>> read = leaseRead(leader);
        assertThat(read)
                .as("node " + ahead.get().id + " has answered with more")
                .isNotDone();
        stepped.doWork(Duties.LOG);
        assertThat(cluster.await(read)).contains("2");
    }
}
