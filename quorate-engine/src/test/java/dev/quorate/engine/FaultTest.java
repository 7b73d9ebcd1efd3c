package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.WritesStoppedException;
import dev.quorate.testkit.FaultyStateMachine;
import dev.quorate.testkit.RegisterMachine;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Disks and state machines that fail. */
final class FaultTest {
    private static MemoryTestStorage storage(SteppedCluster.Member member) {
        return (MemoryTestStorage) member.storage;
    }

    @Test
    void aFullDiskStopsWritesWithAClearErrorAndRecoversWhenThereIsSpace() {
        SteppedCluster cluster = ClusterTest.cluster(1, 1, NodeOptions.DEFAULTS);
        SteppedCluster.Member node = cluster.awaitLeader();
        cluster.propose(RegisterMachine.put("a", "1"));

        storage(node).storage.log().full(true);
        CompletableFuture<Bytes> caught = node.node().propose(RegisterMachine.put("b", "2"));
        cluster.runFor(Duration.ofSeconds(3));
        assertThat(caught).isNotDone();
        CompletableFuture<Bytes> refused = node.node().propose(RegisterMachine.put("c", "3"));
        cluster.runUntil("a refusal", refused::isDone);
        assertThatThrownBy(refused::join)
                .hasCauseInstanceOf(WritesStoppedException.class)
                .hasMessageContaining("full");
        assertThat(cluster.await(node.node().read(ReadConsistency.LOCAL, () -> true)))
                .isTrue();

        storage(node).storage.log().full(false);
        assertThat(cluster.await(caught)).isEqualTo(Bytes.utf8("ok"));
        cluster.propose(RegisterMachine.put("d", "4"));
        assertThat(ClusterTest.machine(node).pairs()).containsOnlyKeys("a", "b", "d");
    }

    @Test
    void aFollowerWithAFullDiskDoesNotStopTheOthers() {
        SteppedCluster cluster = ClusterTest.cluster(2, 3, NodeOptions.DEFAULTS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member full =
                cluster.members().stream().filter(m -> m != leader).findFirst().orElseThrow();
        storage(full).storage.log().full(true);
        for (int i = 0; i < 20; i++) {
            cluster.propose(RegisterMachine.put("k" + i, "v"));
        }
        cluster.runFor(Duration.ofSeconds(5));
        assertThat(cluster.awaitLeader()).isSameAs(leader);
        storage(full).storage.log().full(false);
        cluster.settle();
        assertThat(ClusterTest.machine(full).pairs()).hasSize(20);
    }

    @Test
    void aFailedSyncHaltsTheNodeForGoodAndItsProposalsAreUnknown() {
        SteppedCluster cluster = ClusterTest.cluster(3, 1, NodeOptions.DEFAULTS);
        SteppedCluster.Member node = cluster.awaitLeader();
        cluster.settle();
        storage(node).storage.log().failNextSync();
        CompletableFuture<Bytes> struck = node.node().propose(RegisterMachine.put("a", "1"));
        CompletableFuture<NodeHaltedException> halted = node.node().halted();
        cluster.runUntil("the halt", () -> halted.isDone() && struck.isDone());

        assertThatThrownBy(struck::join).hasCauseInstanceOf(OutcomeUnknownException.class);
        assertThat(halted.join()).hasMessageContaining("log");
        assertThatThrownBy(() -> node.node().propose(Bytes.EMPTY).join()).hasCauseInstanceOf(NodeHaltedException.class);
        assertThatThrownBy(
                        () -> node.node().read(ReadConsistency.LOCAL, () -> 1).join())
                .hasCauseInstanceOf(NodeHaltedException.class);
        assertThatThrownBy(() -> node.node().snapshot().join()).hasCauseInstanceOf(NodeHaltedException.class);
        assertThat(node.status().halted()).isPresent();

        cluster.restart(node);
        cluster.propose(RegisterMachine.put("b", "2"));
        assertThat(ClusterTest.machine(node).value("b")).contains("2");
    }

    @Test
    void aThrowFromApplyHaltsTheNodeWithTheEntryInTheError() {
        SteppedCluster cluster = new SteppedCluster(
                4,
                3,
                NodeOptions.DEFAULTS,
                i -> new MemoryTestStorage(),
                i -> i == 2 ? FaultyStateMachine.around(new RegisterMachine()).throwingAt(4) : new RegisterMachine());
        for (int i = 0; i < 10; i++) {
            cluster.runUntil(
                    "a leader that works",
                    () -> cluster.leader()
                            .filter(m -> m.status().halted().isEmpty())
                            .isPresent());
            CompletableFuture<Bytes> answer =
                    cluster.leader().orElseThrow().node().propose(RegisterMachine.put("k" + i, "v"));
            cluster.runUntil("an answer", answer::isDone);
        }
        SteppedCluster.Member broken = cluster.member(2);
        cluster.runUntil("the halt", () -> broken.status().halted().isPresent());
        assertThat(broken.status().halted())
                .hasValueSatisfying(reason -> assertThat(reason).containsPattern("applying entry [0-9]+/4"));
        assertThat(broken.status().appliedIndex()).isLessThan(4);
        assertThat(broken.node().halted().join()).hasRootCauseInstanceOf(FaultyStateMachine.Fault.class);
        cluster.crash(broken);
        cluster.propose(RegisterMachine.put("last", "v"));
        assertThat(ClusterTest.machine(cluster.awaitLeader()).value("last")).isPresent();
    }

    @Test
    void aHaltedNodeAnswersNobodyAndTheOthersGoOn() {
        SteppedCluster cluster = ClusterTest.cluster(5, 3, NodeOptions.DEFAULTS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        cluster.settle();
        storage(leader).storage.log().failNextSync();
        CompletableFuture<Bytes> struck = leader.node().propose(RegisterMachine.put("a", "1"));
        cluster.runUntil("the halt", struck::isDone);
        NodeId halted = leader.id;
        cluster.runUntil(
                "another leader",
                () -> cluster.up().stream()
                        .filter(m -> m != leader)
                        .allMatch(m -> m.status()
                                .leader()
                                .filter(id -> !id.equals(halted))
                                .isPresent()));
        cluster.restart(leader);
        cluster.propose(RegisterMachine.put("b", "2"));
        cluster.settle();
        assertThat(ClusterTest.machine(leader).value("b")).contains("2");
    }
}
