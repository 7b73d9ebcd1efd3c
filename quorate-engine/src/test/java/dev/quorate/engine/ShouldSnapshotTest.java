package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.Role;
import dev.quorate.testkit.FaultyStateMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@link StateMachineHandler#shouldSnapshot}. */
final class ShouldSnapshotTest {
    private final HandlerRig rig = new HandlerRig();

    @ParameterizedTest
    @EnumSource(Role.class)
    void theAnswerDoesNotDependOnTheRole(Role role) {
        rig.policy = SnapshotPolicy.logSize(5, Long.MAX_VALUE);
        rig.start().writeThrough(4);
        assertThat(rig.handler().shouldSnapshot(new NewCommitData(4, role, 1))).isFalse();
        rig.writeThrough(5);
        assertThat(rig.handler().shouldSnapshot(new NewCommitData(5, role, 1))).isTrue();
    }

    @Test
    void countsEntriesSinceTheLastSnapshot() {
        rig.policy = SnapshotPolicy.logSize(5, Long.MAX_VALUE);
        rig.start().writeThrough(7);
        assertThat(isDue()).isTrue();
        rig.snapshot();
        assertThat(isDue()).isFalse();
        rig.writeThrough(11);
        assertThat(isDue()).isFalse();
        rig.writeThrough(12);
        assertThat(isDue()).isTrue();
    }

    @Test
    void countsPayloadBytesSinceTheLastSnapshot() {
        rig.policy = SnapshotPolicy.logSize(Long.MAX_VALUE, 50);
        rig.start().writeThrough(5);
        assertThat(isDue()).as("5 payloads of 9 bytes").isFalse();
        rig.writeThrough(6);
        assertThat(isDue()).isTrue();
        rig.snapshot();
        assertThat(isDue()).isFalse();
    }

    @Test
    void countsTimeSinceTheLastSnapshot() {
        rig.policy = SnapshotPolicy.every(Duration.ofHours(1));
        rig.start().writeThrough(1);
        assertThat(isDue()).isFalse();
        rig.stepper.advance(Duration.ofHours(1));
        assertThat(isDue()).isTrue();
        rig.snapshot();
        assertThat(isDue()).isFalse();
        rig.stepper.advance(Duration.ofHours(2));
        assertThat(isDue()).as("nothing new").isFalse();
        rig.writeThrough(2);
        assertThat(isDue()).isTrue();
    }

    @Test
    void coolsDown() {
        rig.policy = SnapshotPolicy.withCoolDown(Duration.ofMinutes(1), SnapshotPolicy.logSize(1, 1));
        rig.start().writeThrough(1);
        rig.stepper.advance(Duration.ofMinutes(1));
        assertThat(isDue()).isTrue();
        rig.snapshot();
        rig.writeThrough(9);
        assertThat(isDue()).isFalse();
        rig.stepper.advance(Duration.ofMinutes(1));
        assertThat(isDue()).isTrue();
    }

    @Test
    void isFalseWhileASnapshotIsBeingMade() {
        rig.policy = growth -> true;
        rig.start().writeThrough(1);
        assertThat(isDue()).isTrue();
        CompletableFuture<Snapshot> making = rig.handler().createSnapshot();
        assertThat(isDue()).as("before the freeze").isFalse();
        rig.apply.step();
        assertThat(isDue()).as("before the write").isFalse();
        rig.stepper.settle();
        assertThat(making).isCompleted();
        assertThat(isDue()).isTrue();
    }

    @Test
    void aSnapshotThatFailsIsNotTriedAgainAtEveryCommit() {
        rig.policy = SnapshotPolicy.logSize(5, Long.MAX_VALUE);
        rig.around = machine -> FaultyStateMachine.around(machine).beforeEachPart(() -> {
            throw new UncheckedIOException(new IOException("no space"));
        });
        rig.start().writeThrough(5);
        CompletableFuture<Snapshot> failed = rig.handler().createSnapshot();
        rig.stepper.settle();
        assertThat(failed).isCompletedExceptionally();
        assertThat(isDue()).isFalse();
        rig.writeThrough(10);
        assertThat(isDue()).as("after as many entries again").isTrue();
    }

    @Test
    void countsFromTheNewestSnapshotAfterARestart() {
        rig.policy = SnapshotPolicy.logSize(5, Long.MAX_VALUE);
        rig.start().writeThrough(7);
        rig.snapshot();
        rig.writeThrough(9);
        rig.restart();
        assertThat(isDue()).isFalse();
        rig.writeThrough(12);
        assertThat(isDue()).isTrue();
    }

    @Test
    void countsFromAnInstalledSnapshot() {
        HandlerRig leader =
                new HandlerRig(rig.stepper, HandlerRig.LEADER).start().writeThrough(20);
        leader.snapshot();
        rig.policy = SnapshotPolicy.logSize(5, Long.MAX_VALUE);
        rig.start();
        Transfer.between(leader, rig).run();
        assertThat(rig.handler().shouldSnapshot(new NewCommitData(24, Role.FOLLOWER, 1)))
                .isFalse();
        assertThat(rig.handler().shouldSnapshot(new NewCommitData(25, Role.FOLLOWER, 1)))
                .isTrue();
    }

    @Test
    void doesNoWorkOfItsOwn() {
        List<SnapshotPolicy.LogGrowth> asked = new ArrayList<>();
        rig.policy = growth -> {
            asked.add(growth);
            return true;
        };
        rig.start().writeThrough(2);
        rig.stepper.advance(Duration.ofNanos(5));
        assertThat(isDue()).isTrue();
        assertThat(asked).containsExactly(new SnapshotPolicy.LogGrowth(2, 18, 5));
        assertThat(rig.apply.step()).isFalse();
        assertThat(rig.bulk.step()).isFalse();
        assertThat(rig.open().snapshots().all()).isEmpty();
    }

    @Test
    void isFalseOnAReplicaWhoseStateMustNotBeUsed() throws Exception {
        rig.policy = growth -> true;
        rig.start().writeThrough(2);
        rig.open().quarantine("differs");
        rig.restart();
        assertThat(isDue()).isFalse();
    }

    private boolean isDue() {
        return rig.handler()
                .shouldSnapshot(new NewCommitData(rig.open().log().last().index(), Role.LEADER, 1));
    }
}
