package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.FrozenState;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.StorageFailedException;
import dev.quorate.testkit.FaultyStateMachine;
import dev.quorate.testkit.RegisterMachine;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** {@link StateMachineHandler#createSnapshot}. */
final class CreateSnapshotTest {
    private final HandlerRig rig = HandlerRig.started();

    @Test
    void returnsTheMetadataAndTheFinalPath() {
        rig.term = 4;
        rig.writeThrough(3);
        Snapshot snapshot = rig.snapshot();
        SnapshotMetadata metadata = snapshot.metadata();
        assertThat(metadata.lastIncluded()).isEqualTo(new LogId(4, 3));
        assertThat(metadata.membership()).isEqualTo(HandlerRig.MEMBERS);
        assertThat(metadata.stateDigest()).isEqualTo(rig.machine.digest().orElseThrow());
        assertThat(metadata.timeMillis()).isEqualTo(1003);
        assertThat(metadata.chunkBytes()).isEqualTo(rig.options.snapshot().chunkBytes());
        assertThat(snapshot.path()).isEqualTo(rig.open().snapshots().pathOf(metadata));
        assertThat(rig.latest()).isEqualTo(metadata);
        assertThat(rig.events.snapshots).containsExactly(snapshot);
    }

    @Test
    void theLabelIsExactlyWhatItContains() {
        rig.append(RegisterMachine.append("a", "1"), RegisterMachine.append("a", "2"));
        rig.applyCommitted();
        CompletableFuture<Snapshot> making = rig.handler().createSnapshot();
        rig.append(RegisterMachine.append("a", "3"));
        rig.applyCommitted();
        rig.stepper.settle();
        rig.append(RegisterMachine.append("a", "4"));
        rig.applyCommitted();
        assertThat(HandlerRig.value(making).metadata().lastIncluded().index()).isEqualTo(3);
        rig.crash();
        rig.start();
        assertThat(rig.machine.value("a")).as("what the snapshot holds").contains("123");
        rig.applyCommitted();
        assertThat(rig.machine.value("a")).as("nothing twice, nothing lost").contains("1234");
        assertThat(rig.machine.appliedIndices()).containsExactly(4L);
    }

    @Test
    void theLabelDoesNotDependOnRetention() {
        rig.writeThrough(9);
        assertThat(rig.options.retainedEntries()).isPositive();
        assertThat(rig.snapshot().metadata().lastIncluded()).isEqualTo(new LogId(1, 9));
    }

    @Test
    void theLabelCountsEntriesThatAreNoCommands() {
        rig.writeThrough(2);
        rig.append(EntryKind.NO_OP, Bytes.EMPTY);
        rig.applyCommitted();
        assertThat(rig.snapshot().metadata().lastIncluded().index()).isEqualTo(3);
    }

    @Test
    void aSecondOneIsRefusedWhileOneIsMade() {
        rig.writeThrough(2);
        CompletableFuture<Snapshot> first = rig.handler().createSnapshot();
        assertThat(HandlerRig.failure(rig.handler().createSnapshot())).isInstanceOf(OverloadedException.class);
        rig.apply.step();
        assertThat(HandlerRig.failure(rig.handler().createSnapshot())).isInstanceOf(OverloadedException.class);
        rig.stepper.settle();
        assertThat(first).isCompleted();
        rig.writeThrough(3);
        assertThat(rig.snapshot().metadata().lastIncluded().index()).isEqualTo(3);
    }

    @Test
    void appliesGoOnWhileItIsWrittenAndDoNotChangeIt() {
        HandlerRig slow = new HandlerRig();
        slow.start();
        for (int i = 1; i <= 600; i++) {
            slow.append(RegisterMachine.put("k" + i, "old"));
        }
        slow.applyCommitted();
        CompletableFuture<Snapshot> making = slow.handler().createSnapshot();
        slow.apply.step();
        slow.bulk.step();
        assertThat(making).as("a part is written").isNotDone();
        slow.append(RegisterMachine.put("k600", "new"));
        slow.applyCommitted();
        assertThat(slow.machine.value("k600")).contains("new");
        slow.stepper.settle();
        assertThat(HandlerRig.value(making).metadata().lastIncluded().index()).isEqualTo(600);
        slow.crash();
        slow.start();
        assertThat(slow.machine.value("k600")).contains("old");
    }

    @Test
    void bulkDoesOtherWorkBetweenTwoParts() {
        HandlerRig slow = new HandlerRig();
        slow.start();
        for (int i = 1; i <= 600; i++) {
            slow.append(RegisterMachine.put("k" + i, "v"));
        }
        slow.applyCommitted();
        CompletableFuture<Snapshot> making = slow.handler().createSnapshot();
        slow.apply.step();
        AtomicBoolean between = new AtomicBoolean();
        slow.bulk.execute(() -> between.set(!making.isDone()));
        slow.stepper.settle();
        assertThat(between).isTrue();
        assertThat(making).isCompleted();
    }

    @Test
    void oldSnapshotsAreCleanedUp() {
        for (int i = 1; i <= 5; i++) {
            rig.writeThrough(i);
            rig.snapshot();
        }
        assertThat(rig.open().snapshots().all())
                .extracting(s -> s.lastIncluded().index())
                .containsExactly(4L, 5L);
    }

    @Test
    void whatIsNotNewIsNotWrittenAgain() {
        rig.writeThrough(3);
        Snapshot first = rig.snapshot();
        assertThat(rig.snapshot()).isEqualTo(first);
        assertThat(rig.events.snapshots).hasSize(1);
    }

    @Test
    void nothingAppliedIsNothingToSave() {
        CompletableFuture<Snapshot> result = rig.handler().createSnapshot();
        rig.stepper.settle();
        assertThat(HandlerRig.failure(result)).isInstanceOf(InvalidRequestException.class);
        rig.writeThrough(1);
        assertThat(rig.snapshot().metadata().lastIncluded().index()).isEqualTo(1);
    }

    @Test
    void aFailedWriteLeavesNothingBehindAndTheNextAttemptSucceeds() {
        AtomicBoolean full = new AtomicBoolean(true);
        AtomicBoolean closed = new AtomicBoolean();
        HandlerRig faulty = new HandlerRig();
        faulty.around = machine -> new Watching(machine) {
            @Override
            public FrozenState freeze() {
                FrozenState frozen = super.freeze();
                return new FrozenState() {
                    @Override
                    public boolean write(OutputStream out) throws IOException {
                        if (full.get()) {
                            out.write(1);
                            throw new IOException("no space");
                        }
                        return frozen.write(out);
                    }

                    @Override
                    public void close() {
                        closed.set(true);
                        frozen.close();
                    }
                };
            }
        };
        faulty.start().writeThrough(2);
        CompletableFuture<Snapshot> result = faulty.handler().createSnapshot();
        faulty.stepper.settle();
        assertThat(HandlerRig.failure(result))
                .isInstanceOf(StorageFailedException.class)
                .hasMessageContaining("no space");
        assertThat(closed).as("the frozen state is released").isTrue();
        assertThat(faulty.handler().getLatestSnapshotMetadata()).isEmpty();
        assertThat(faulty.events.halts).isEmpty();
        full.set(false);
        assertThat(faulty.snapshot().metadata().lastIncluded().index()).isEqualTo(2);
    }

    @Test
    void aFailedFreezeIsAFailedSnapshotAndNoHalt() {
        HandlerRig faulty = new HandlerRig();
        faulty.around = machine -> FaultyStateMachine.around(machine).beforeFreeze(() -> {
            throw new UncheckedIOException(new IOException("no memory"));
        });
        faulty.start().writeThrough(2);
        CompletableFuture<Snapshot> result = faulty.handler().createSnapshot();
        faulty.stepper.settle();
        assertThat(HandlerRig.failure(result)).isInstanceOf(StorageFailedException.class);
        faulty.writeThrough(3);
        assertThat(faulty.handler().lastApplied()).isEqualTo(3);
    }

    @Test
    void aCrashInTheMiddleLeavesNoSnapshotAndNoObstacle() {
        rig.writeThrough(2);
        var unused = rig.handler().createSnapshot();
        rig.apply.step();
        rig.restart();
        assertThat(rig.handler().getLatestSnapshotMetadata()).isEmpty();
        assertThat(rig.snapshot().metadata().lastIncluded().index()).isEqualTo(2);
    }

    @Test
    void aStopEndsItInTheMiddle() {
        rig.writeThrough(2);
        CompletableFuture<Snapshot> making = rig.handler().createSnapshot();
        rig.handler().stop();
        rig.stepper.settle();
        assertThat(HandlerRig.failure(making)).isInstanceOf(NodeStoppedException.class);
        assertThat(rig.handler().getLatestSnapshotMetadata()).isEmpty();
    }

    @Test
    void aStopBetweenTwoPartsRemovesWhatIsWritten() {
        for (int i = 1; i <= 600; i++) {
            rig.append(RegisterMachine.put("k" + i, "v"));
        }
        rig.applyCommitted();
        CompletableFuture<Snapshot> making = rig.handler().createSnapshot();
        rig.apply.step();
        rig.bulk.step();
        rig.handler().stop();
        rig.stepper.settle();
        assertThat(HandlerRig.failure(making)).isInstanceOf(NodeStoppedException.class);
        assertThat(rig.open().snapshots().all()).isEmpty();
    }

    @Test
    void aStateThatDiffersFromTheClustersIsNotSaved() throws IOException {
        rig.writeThrough(2);
        rig.open().quarantine("differs");
        rig.restart();
        CompletableFuture<Snapshot> result = rig.handler().createSnapshot();
        rig.stepper.settle();
        assertThat(HandlerRig.failure(result)).isInstanceOf(ReadUnavailableException.class);
        assertThat(rig.open().snapshots().all()).isEmpty();
    }

    @Test
    void theFreezeHappensOnApplyAndTheWriteOnBulk() {
        List<String> where = new ArrayList<>();
        HandlerRig watched = new HandlerRig();
        watched.around = machine -> FaultyStateMachine.around(machine)
                .beforeFreeze(() -> where.add("freeze " + watched.apply.isCurrent()))
                .beforeEachPart(() -> where.add("write " + watched.bulk.isCurrent()));
        watched.start().writeThrough(1);
        watched.snapshot();
        assertThat(where).containsExactly("freeze true", "write true");
    }
}
