package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import dev.quorate.testkit.RegisterMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole nodes on one thread: proposals and reads without faults, and with crashes. */
final class ClusterTest {
    static SteppedCluster cluster(long seed, int nodes, NodeOptions options) {
        return new SteppedCluster(
                seed, nodes, options, i -> new MemoryTestStorage(), i -> new RegisterMachine(seed % 2 == 0));
    }

    static RegisterMachine machine(SteppedCluster.Member member) {
        return (RegisterMachine) member.machine;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5})
    void proposalsAreAnsweredByTheStateMachineAndReachEveryReplica(int nodes) {
        for (long seed = 1; seed <= 20; seed++) {
            SteppedCluster cluster = cluster(seed, nodes, NodeOptions.DEFAULTS);
            SteppedCluster.Member leader = cluster.awaitLeader();
            List<CompletableFuture<Bytes>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(leader.node().propose(RegisterMachine.append("k", i % 10 + "")));
            }
            for (int i = 0; i < 50; i++) {
                assertThat(cluster.await(answers.get(i)).length()).isEqualTo(i + 1);
            }
            cluster.settle();
            for (SteppedCluster.Member member : cluster.members()) {
                assertThat(machine(member).value("k")).isEqualTo(machine(leader).value("k"));
            }
        }
    }

    @Test
    void everyKindOfReadSeesWhatWasAcknowledgedBefore() {
        for (long seed = 1; seed <= 20; seed++) {
            SteppedCluster cluster = cluster(seed, 3, NodeOptions.DEFAULTS);
            SteppedCluster.Member leader = cluster.awaitLeader();
            cluster.propose(RegisterMachine.put("a", "1"));
            for (SteppedCluster.Member member : cluster.members()) {
                assertThat(cluster.await(
                                member.node().read(() -> machine(member).value("a"))))
                        .isEqualTo(Optional.of("1"));
                assertThat(cluster.await(member.node().read(ReadConsistency.LEASE, List.of(Bytes.utf8("a")))))
                        .hasValueSatisfying(
                                pairs -> assertThat(pairs.get(0).value()).isEqualTo(Bytes.utf8("1")));
            }
            assertThat(cluster.await(
                            leader.node().read(ReadConsistency.LOCAL, List.of(Bytes.utf8("a"), Bytes.utf8("b")))))
                    .isEmpty();
        }
    }

    @Test
    void aCrashedLeaderIsReplacedAndNothingAcknowledgedIsLost() {
        for (long seed = 1; seed <= 50; seed++) {
            SteppedCluster cluster = cluster(seed, 3, NodeOptions.DEFAULTS);
            int acknowledged = 0;
            for (int round = 0; round < 4; round++) {
                SteppedCluster.Member leader = cluster.awaitLeader();
                for (int i = 0; i < 10; i++) {
                    cluster.await(leader.node().propose(RegisterMachine.put("k" + acknowledged++, "v")));
                }
                cluster.crash(leader);
                cluster.awaitLeader();
                cluster.start(leader);
            }
            cluster.awaitLeader();
            cluster.settle();
            for (SteppedCluster.Member member : cluster.members()) {
                assertThat(machine(member).pairs()).as("seed " + seed).hasSize(acknowledged);
            }
        }
    }
}
