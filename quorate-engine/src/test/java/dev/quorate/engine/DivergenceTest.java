package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.testkit.FaultyStateMachine;
import dev.quorate.testkit.RegisterMachine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A replica whose state was made to differ: found at the next purge, made known everywhere, and not read any more. */
final class DivergenceTest {
    private static final NodeOptions OPTIONS =
            NodeOptions.DEFAULTS.withSnapshotPolicy(SnapshotPolicy.never()).withRetainedEntries(0);
    private static final NodeId CORRUPT = NodeId.of(3);

    /** Three nodes, of which the third applies another command than the one at index 5. */
    private static SteppedCluster cluster(long seed) {
        return new SteppedCluster(
                seed,
                3,
                OPTIONS,
                i -> new MemoryTestStorage(),
                i -> i == 3 ? FaultyStateMachine.around(new RegisterMachine()).differingAt(5) : new RegisterMachine());
    }

    /** Elects one that is corrupt, or one that is not. */
    private static SteppedCluster.Member elect(SteppedCluster cluster, boolean corrupt) {
        SteppedCluster.Member leader = cluster.awaitLeader();
        while (leader.id.equals(CORRUPT) != corrupt) {
            cluster.network.isolate(leader.id);
            SteppedCluster.Member old = leader;
            cluster.runUntil(
                    "another leader",
                    () -> cluster.up().stream()
                            .anyMatch(m -> m != old
                                    && m.status().leader().isPresent()
                                    && !m.status().leader().get().equals(old.id)));
            cluster.network.healAll();
            leader = cluster.awaitLeader();
        }
        return leader;
    }

    private static void write(SteppedCluster cluster, SteppedCluster.Member leader) {
        for (int i = 0; i < 20; i++) {
            cluster.await(leader.node().propose(RegisterMachine.append("k", "" + i % 10)));
        }
    }

    private static void assertNotReadable(SteppedCluster cluster, SteppedCluster.Member member) {
        for (ReadConsistency consistency : ReadConsistency.values()) {
            CompletableFuture<?> keys = member.node().read(consistency, List.of(Bytes.utf8("k")));
            CompletableFuture<?> own = member.node().read(consistency, () -> "own");
            cluster.runUntil("refusals", () -> keys.isDone() && own.isDone());
            assertThatThrownBy(keys::join).hasCauseInstanceOf(ReadUnavailableException.class);
            assertThatThrownBy(own::join).hasCauseInstanceOf(ReadUnavailableException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aFollowerThatDiffersKeepsItsLogAndTheAlarmIsSeenOnEveryNode(long seed) {
        SteppedCluster cluster = cluster(seed);
        SteppedCluster.Member leader = elect(cluster, false);
        write(cluster, leader);
        LogId checkpoint = cluster.await(leader.node().checkpoint());
        cluster.runUntil(
                "the alarm is known to all",
                () -> cluster.members().stream()
                        .allMatch(m -> m.status().alarms().contains(CORRUPT)));

        SteppedCluster.Member corrupt = cluster.member(3);
        assertThat(corrupt.status().quarantine())
                .hasValueSatisfying(reason -> assertThat(reason).contains(checkpoint.toString()));
        assertThat(corrupt.status().purged()).isEqualTo(LogId.ZERO);
        assertNotReadable(cluster, corrupt);
        cluster.runUntil(
                "the healthy ones have purged",
                () -> cluster.member(1).status().purged().equals(checkpoint)
                        && cluster.member(2).status().purged().equals(checkpoint));
        assertThat(cluster.member(1).status().quarantine()).isEmpty();
        assertThat(cluster.member(2).status().quarantine()).isEmpty();

        cluster.restart(corrupt);
        cluster.settle();
        assertThat(corrupt.status().quarantine()).isPresent();
        assertNotReadable(cluster, corrupt);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aLeaderThatDiffersFromTheMajorityTakesItselfOutAndOrdersNoPurge(long seed) {
        SteppedCluster cluster = cluster(seed);
        SteppedCluster.Member leader = elect(cluster, true);
        write(cluster, leader);
        cluster.await(leader.node().checkpoint());
        cluster.runUntil(
                "the alarm is known to all",
                () -> cluster.members().stream()
                        .allMatch(m -> m.status().alarms().contains(CORRUPT)));
        cluster.runFor(Duration.ofSeconds(10));

        for (SteppedCluster.Member member : cluster.members()) {
            assertThat(member.status().quarantine().isPresent()).isEqualTo(member.id.equals(CORRUPT));
            assertThat(member.status().alarms()).containsExactly(CORRUPT);
            assertThat(member.status().purged()).isEqualTo(LogId.ZERO);
        }
        assertNotReadable(cluster, leader);
    }

    @Test
    void anAlarmHasOneFormAndTellsItsNode() {
        Bytes bytes = new Alarm(NodeId.of(-2)).encode();
        assertThat(bytes.length()).isEqualTo(10);
        assertThat(Alarm.decode(bytes)).isEqualTo(new Alarm(NodeId.of(-2)));
        assertThatThrownBy(() -> Alarm.decode(bytes.slice(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Alarm.decode(Bytes.EMPTY)).isInstanceOf(IllegalArgumentException.class);
    }
}
