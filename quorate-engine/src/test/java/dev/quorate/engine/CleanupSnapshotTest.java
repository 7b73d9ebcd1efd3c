package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link StateMachineHandler#cleanupSnapshot}. */
final class CleanupSnapshotTest {
    private final HandlerRig rig = new HandlerRig();
    private final List<SnapshotMetadata> made = new ArrayList<>();

    @BeforeEach
    void threeSnapshots() {
        rig.options = new HandlerOptions(4, 9, 3, 4, 1 << 20, HandlerRig.OPTIONS.snapshot());
        rig.start();
        for (int i = 1; i <= 3; i++) {
            rig.writeThrough(10L * i);
            made.add(rig.snapshot().metadata());
        }
    }

    @Test
    void deletesWhatIsBelowTheIndexAndNothingAtIt() {
        cleanup(20);
        assertThat(rig.open().snapshots().all()).containsExactly(made.get(1), made.get(2));
    }

    @Test
    void theNewestAlwaysStays() {
        cleanup(Long.MAX_VALUE);
        assertThat(rig.open().snapshots().all()).containsExactly(made.get(2));
    }

    @Test
    void theNewestValidOneStaysWhenANewerOneIsDamaged() {
        rig.storage.snapshots().damage(made.get(2));
        cleanup(Long.MAX_VALUE);
        assertThat(rig.open().snapshots().all()).containsExactly(made.get(1));
    }

    @Test
    void oneThatIsStreamedStaysUntilTheStreamEnds() {
        TakingSubscriber reader = new TakingSubscriber();
        CompletableFuture<Flow.Publisher<SnapshotChunk>> data = rig.handler().loadSnapshotData(made.get(0));
        rig.stepper.settle();
        HandlerRig.value(data).subscribe(reader);
        rig.stepper.settle();
        cleanup(Long.MAX_VALUE);
        assertThat(rig.open().snapshots().all()).containsExactly(made.get(0), made.get(2));
        reader.subscription().cancel();
        rig.stepper.settle();
        cleanup(Long.MAX_VALUE);
        assertThat(rig.open().snapshots().all()).containsExactly(made.get(2));
    }

    @Test
    void aMissingDirectoryIsNothingToDo() {
        CompletableFuture<Void> result = rig.handler().cleanupSnapshot(Long.MAX_VALUE, Path.of("nowhere"), "snapshot-");
        rig.stepper.settle();
        assertThat(result).isCompleted();
        assertThat(rig.open().snapshots().all()).hasSize(3);
    }

    @Test
    void anyLengthOfPrefixWorksAndAnotherPrefixIsNotOurs() {
        cleanup(20, "not-a-snapshot-of-ours-");
        assertThat(rig.open().snapshots().all()).hasSize(3);
        cleanup(20, "s");
        assertThat(rig.open().snapshots().all()).hasSize(2);
        cleanup(Long.MAX_VALUE, "");
        assertThat(rig.open().snapshots().all()).hasSize(1);
    }

    @Test
    void runsOnBulk() {
        CompletableFuture<Void> result = rig.handler()
                .cleanupSnapshot(
                        Long.MAX_VALUE,
                        rig.open().snapshots().directory(),
                        rig.open().snapshots().prefix());
        assertThat(result).isNotDone();
        assertThat(rig.bulk.step()).isTrue();
        assertThat(result).isCompleted();
    }

    private void cleanup(long before) {
        cleanup(before, rig.open().snapshots().prefix());
    }

    private void cleanup(long before, String prefix) {
        CompletableFuture<Void> result =
                rig.handler().cleanupSnapshot(before, rig.open().snapshots().directory(), prefix);
        rig.stepper.settle();
        HandlerRig.value(result);
    }
}
