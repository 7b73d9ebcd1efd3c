package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.testkit.FaultyStateMachine;
import dev.quorate.testkit.RegisterMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a CHECKPOINT entry causes. */
final class CheckpointTest {
    private final HandlerRig rig = HandlerRig.started();

    @Test
    void everyReplicaFreezesAtItsIndexAndRecordsTheSameDigest() {
        HandlerRig one = HandlerRig.started().writeThrough(4);
        HandlerRig other = HandlerRig.started().writeThrough(2).writeThrough(4);
        LogId at = one.checkpoint();
        assertThat(other.checkpoint()).isEqualTo(at);
        assertThat(one.latest().lastIncluded())
                .isEqualTo(at)
                .isEqualTo(other.latest().lastIncluded());
        assertThat(one.events.checkpoints).isEqualTo(other.events.checkpoints).hasSize(1);
        assertThat(one.handler().coveredCheckpoint()).isEqualTo(other.handler().coveredCheckpoint());
    }

    @Test
    void theDigestIsThatOfTheStateExactlyThere() {
        rig.writeThrough(2);
        Bytes before = rig.machine.digest().orElseThrow();
        rig.append(EntryKind.CHECKPOINT, Bytes.EMPTY);
        rig.append(RegisterMachine.put("k1", "changed"));
        rig.applyCommitted();
        rig.stepper.settle();
        assertThat(rig.events.checkpoints).containsExactly(new CheckpointDigests.Recorded(new LogId(1, 3), before));
        assertThat(rig.machine.digest()).isNotEqualTo(before);
    }

    @Test
    void isReportedOnlyWhenItsSnapshotIsDurable() {
        rig.writeThrough(2);
        rig.append(EntryKind.CHECKPOINT, Bytes.EMPTY);
        rig.applyCommitted();
        assertThat(rig.events.checkpoints).isEmpty();
        rig.stepper.settle();
        assertThat(rig.events.order).endsWith("saved 1/3", "checkpoint 1/3");
    }

    @Test
    void oneThatComesWhileASnapshotIsWrittenIsCoveredRightAfterwards() {
        rig.writeThrough(2);
        var unused = rig.handler().createSnapshot();
        rig.apply.step();
        rig.append(EntryKind.CHECKPOINT, Bytes.EMPTY);
        rig.append(RegisterMachine.put("k4", "v4"));
        rig.applyCommitted();
        assertThat(rig.handler().lastApplied()).as("applies do not wait").isEqualTo(4);
        rig.stepper.settle();
        assertThat(rig.events.order)
                .containsSubsequence("saved 1/2", "saved 1/4", "checkpoint 1/3")
                .doesNotContain("saved 1/3");
        assertThat(rig.latest().lastIncluded().index()).isEqualTo(4);
        PurgeRig purge = new PurgeRig(rig);
        assertThat(purge.isValid(PurgeRig.request(
                        1, new LogId(1, 3), rig.events.checkpoints.get(0).digest())))
                .isTrue();
    }

    @Test
    void manyThatComeWhileASnapshotIsWrittenAreAllCoveredByOneMore() {
        rig.writeThrough(2);
        var unused = rig.handler().createSnapshot();
        rig.apply.step();
        for (int i = 0; i < 3; i++) {
            rig.append(EntryKind.CHECKPOINT, Bytes.EMPTY);
            rig.append(RegisterMachine.put("a", "v" + i));
        }
        rig.applyCommitted();
        rig.stepper.settle();
        assertThat(rig.events.snapshots).hasSize(2);
        assertThat(rig.events.checkpoints).extracting(c -> c.at().index()).containsExactly(3L, 5L, 7L);
    }

    @Test
    void aFailedOneIsMadeUpForByTheNext() {
        AtomicBoolean full = new AtomicBoolean(true);
        HandlerRig faulty = new HandlerRig();
        faulty.around = machine -> FaultyStateMachine.around(machine).beforeEachPart(() -> {
            if (full.get()) {
                throw new UncheckedIOException(new IOException("no space"));
            }
        });
        faulty.start().writeThrough(2);
        faulty.checkpoint();
        assertThat(faulty.events.checkpoints).isEmpty();
        assertThat(faulty.events.halts).isEmpty();
        full.set(false);
        faulty.writeThrough(5);
        faulty.checkpoint();
        assertThat(faulty.events.checkpoints).extracting(c -> c.at().index()).containsExactly(3L, 6L);
    }

    @Test
    void twoInARowAreTwo() {
        rig.writeThrough(1);
        rig.checkpoint();
        rig.checkpoint();
        assertThat(rig.events.checkpoints).extracting(c -> c.at().index()).containsExactly(2L, 3L);
    }

    @Test
    void onlyTheLastFewDigestsAreRemembered() {
        List<LogId> checkpoints = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            rig.append(RegisterMachine.put("a", "v" + i));
            checkpoints.add(rig.checkpoint());
        }
        PurgeRig purge = new PurgeRig(rig);
        List<Boolean> valid = checkpoints.stream()
                .map(at -> purge.isValid(PurgeRig.request(1, at, Bytes.EMPTY)))
                .toList();
        assertThat(rig.options.checkpointDigestsMax()).isEqualTo(4);
        assertThat(valid).containsExactly(false, false, true, true, true, true);
    }

    @Test
    void theCoveredOneIsKnownAfterARestart() {
        rig.writeThrough(4);
        rig.checkpoint();
        CheckpointDigests.Recorded before = rig.handler().coveredCheckpoint().orElseThrow();
        rig.crash();
        rig.start();
        assertThat(rig.handler().coveredCheckpoint()).contains(before);
    }

    @Test
    void oneThatIsAppliedAgainAfterARestartChangesNothing() {
        rig.writeThrough(4);
        LogId at = rig.checkpoint();
        rig.writeThrough(8);
        rig.restart();
        rig.stepper.settle();
        assertThat(rig.open().snapshots().all())
                .singleElement()
                .satisfies(s -> assertThat(s.lastIncluded()).isEqualTo(at));
        assertThat(rig.events.snapshots).isEmpty();
    }

    @Test
    void aQuarantinedReplicaPassesItWithoutASnapshot() throws IOException {
        rig.writeThrough(2);
        rig.open().quarantine("differs");
        rig.restart();
        rig.checkpoint();
        assertThat(rig.handler().lastApplied()).isEqualTo(3);
        assertThat(rig.open().snapshots().all()).isEmpty();
    }
}
