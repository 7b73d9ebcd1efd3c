package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.QuorateException;
import dev.quorate.testkit.RegisterMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole nodes under crashes, losses and partitions drawn from a seed, with snapshots, purges and transfers all the
 * time. Each command appends a token of its own, so that the final value shows what took effect, how often and in which
 * order.
 */
final class ChaosTest {
    private static final NodeOptions OFTEN = NodeOptions.DEFAULTS
            .withSnapshotPolicy(SnapshotPolicy.logSize(20, 1 << 20))
            .withRetainedEntries(5)
            .withSnapshotTransfer(new SnapshotConfig(4096, Duration.ofSeconds(2), 3, 2, 0));
    /** With hardly a cache, so that entries are read back from the log all the time. */
    private static final NodeOptions FORGETFUL =
            OFTEN.withLimits(NodeOptions.Limits.DEFAULTS.withCache(2, 200)).withRetainedEntries(15);

    private record Attempt(String token, CompletableFuture<Bytes> answer) {}

    static LongStream seeds() {
        return LongStream.rangeClosed(1, Long.getLong("quorate.chaos.seeds", 30));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatIsAcknowledgedTookEffectOnceAndInOrderOnEveryReplica(long seed) {
        int nodes = seed % 3 == 0 ? 5 : 3;
        disturbAndCheck(ClusterTest.cluster(seed, nodes, seed % 2 == 0 ? OFTEN : FORGETFUL));
    }

    /**
     * The same on simulated disks, where a crash comes between any two changes of the disk and tears what was not
     * synced.
     */
    @ParameterizedTest
    @MethodSource("seeds")
    void theSameHoldsOnDisksThatCrashBetweenAnyTwoWrites(long seed) {
        disturbAndCheck(new SteppedCluster(
                seed, 3, OFTEN, i -> new DiskTestStorage(seed * 100 + i), i -> new RegisterMachine()));
    }

    /** The same while members come and go, nodes move, and the leadership is handed over. */
    @ParameterizedTest
    @MethodSource("seeds")
    void theSameHoldsWhileTheMembershipChanges(long seed) {
        SteppedCluster cluster = ClusterTest.cluster(seed, 1 + (int) seed % 4, seed % 2 == 0 ? OFTEN : FORGETFUL);
        cluster.join();
        cluster.join();
        disturbAndCheck(cluster, () -> operate(cluster));
    }

    private static void operate(SteppedCluster cluster) {
        SteppedCluster.Member asked = cluster.leader().orElse(cluster.member(1));
        if (!asked.isUp() || cluster.random.nextInt(3) > 0) {
            return;
        }
        List<SteppedCluster.Member> all = cluster.members();
        NodeId id = all.get(cluster.random.nextInt(all.size())).id;
        NodeId other = all.get(cluster.random.nextInt(all.size())).id;
        var unused = switch (cluster.random.nextInt(8)) {
            case 0 -> asked.node().reconfigure(MembershipChange.addLearner(id, ""));
            case 1, 2 -> asked.node().reconfigure(MembershipChange.addVoter(id, ""));
            case 3 -> asked.node().reconfigure(MembershipChange.demote(id));
            case 4 -> asked.node().reconfigure(MembershipChange.remove(id));
            case 5 -> asked.node().reconfigure(MembershipChange.replace(other, id, ""));
            case 6 -> asked.node().transferLeadership(id);
            default -> asked.node().transferLeadership();
        };
    }

    private static void disturbAndCheck(SteppedCluster cluster) {
        disturbAndCheck(cluster, () -> {});
    }

    private static void disturbAndCheck(SteppedCluster cluster, Runnable operations) {
        List<Attempt> attempts = new ArrayList<>();
        for (int round = 0; round < 60; round++) {
            disturb(cluster);
            operations.run();
            for (SteppedCluster.Member member : cluster.up()) {
                if (cluster.random.nextInt(3) > 0) {
                    String token = "<" + attempts.size() + ">";
                    attempts.add(new Attempt(token, member.node().propose(RegisterMachine.append("log", token))));
                }
            }
            for (int step = cluster.random.nextInt(200); step > 0; step--) {
                cluster.step();
            }
        }
        cluster.network.healAll();
        cluster.lose(0);
        for (SteppedCluster.Member member : cluster.members()) {
            cluster.restart(member);
        }
        cluster.await(cluster.awaitLeader().node().propose(RegisterMachine.append("log", "<end>")));
        cluster.settle();
        check(cluster, attempts);
    }

    private static boolean isStruck(SteppedCluster.Member member) {
        return member.isUp() && member.storage instanceof DiskTestStorage storage && storage.disk.isDown();
    }

    private static void disturb(SteppedCluster cluster) {
        cluster.up().stream().filter(ChaosTest::isStruck).forEach(cluster::crash);
        SteppedCluster.Member member =
                cluster.members().get(cluster.random.nextInt(cluster.members().size()));
        switch (cluster.random.nextInt(12)) {
            case 0 -> {
                if (member.isUp()) {
                    cluster.crash(member);
                }
            }
            case 1, 2 -> {
                if (!member.isUp()) {
                    cluster.start(member);
                }
            }
            case 3 -> cluster.network.isolate(member.id);
            case 4 -> cluster.network.healAll();
            case 5 -> cluster.lose(cluster.random.nextDouble() * 0.3);
            case 6 -> cluster.lose(0);
            case 7 -> {
                if (member.isUp() && member.storage instanceof DiskTestStorage storage) {
                    storage.disk.crashAfter(1 + cluster.random.nextInt(40));
                }
            }
            case 8, 9 -> cluster.runFor(Duration.ofMillis(cluster.random.nextInt(4000)));
            default -> {}
        }
    }

    private static void check(SteppedCluster cluster, List<Attempt> attempts) {
        SteppedCluster.Member leader = cluster.awaitLeader();
        String value = ClusterTest.machine(leader).value("log").orElseThrow();
        for (SteppedCluster.Member member : cluster.membersOf(leader)) {
            assertThat(ClusterTest.machine(member).value("log"))
                    .as("seed " + cluster.seed + " node " + member.id)
                    .contains(value);
            assertThat(member.status().alarms()).isEmpty();
        }
        Set<String> seen = new HashSet<>();
        for (int from = 0; from < value.length(); ) {
            int to = value.indexOf('>', from) + 1;
            assertThat(seen.add(value.substring(from, to)))
                    .as("applied once: " + value.substring(from, to))
                    .isTrue();
            from = to;
        }
        for (Attempt attempt : attempts) {
            if (!attempt.answer().isDone()) {
                continue; // its node crashed with it
            }
            try {
                String answer = attempt.answer().join().toUtf8();
                assertThat(value).startsWith(answer);
                assertThat(answer).endsWith(attempt.token());
            } catch (CompletionException e) {
                assertThat(e.getCause()).isInstanceOf(QuorateException.class);
                if (e.getCause() instanceof QuorateException failure
                        && failure.retry() != QuorateException.Retry.UNKNOWN) {
                    assertThat(value).as(failure.toString()).doesNotContain(attempt.token());
                }
            }
        }
    }
}
