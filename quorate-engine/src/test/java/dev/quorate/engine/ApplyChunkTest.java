package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.InvariantViolation;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.testkit.FaultyStateMachine;
import dev.quorate.testkit.RegisterMachine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link StateMachineHandler#applyChunk}. */
final class ApplyChunkTest {
    private static final Bytes A = RegisterMachine.append("a", "x");

    private final HandlerRig rig = HandlerRig.started();

    @Test
    void givesOneResultForEachEntryInOrder() {
        List<Entry> chunk = new ArrayList<>(HandlerRig.commands(1, 1, A, A));
        chunk.add(new Entry(new LogId(1, 3), EntryKind.NO_OP, Bytes.EMPTY, 0));
        chunk.add(new Entry(new LogId(2, 4), EntryKind.COMMAND, A, 0));
        assertThat(HandlerRig.value(rig.commitAndApply(chunk)))
                .containsExactly(
                        new ApplyResult(new LogId(1, 1), Bytes.utf8("x")),
                        new ApplyResult(new LogId(1, 2), Bytes.utf8("xx")),
                        new ApplyResult(new LogId(1, 3), Bytes.EMPTY),
                        new ApplyResult(new LogId(2, 4), Bytes.utf8("xxx")));
    }

    @Test
    void anEmptyChunkDoesNothing() {
        assertThat(HandlerRig.value(rig.applyChunk(List.of()))).isEmpty();
        assertThat(rig.events.order).isEmpty();
        assertThat(rig.machine.lastChunkApplied()).isEqualTo(LogId.ZERO);
    }

    @Test
    void onlyCommandsReachTheStateMachine() {
        rig.append(EntryKind.NO_OP, Bytes.EMPTY);
        rig.append(EntryKind.COMMAND, A);
        rig.append(EntryKind.MEMBERSHIP, MembershipFormat.encode(HandlerRig.MEMBERS));
        rig.append(EntryKind.CHECKPOINT, Bytes.EMPTY);
        rig.append(EntryKind.ALARM, Bytes.utf8("disk"));
        rig.applyCommitted();
        assertThat(rig.machine.appliedIndices()).containsExactly(2L);
        assertThat(rig.handler().lastApplied()).isEqualTo(5);
        assertThat(rig.events.order).containsExactly("membership 1/3", "applied 1..4", "alarm 1/5", "applied 5..5");
    }

    @Test
    void tellsTheMembershipThatWasAppliedAndPutsItIntoSnapshots() {
        Membership other = Membership.ofVoters(NodeId.of(8), NodeId.of(9));
        rig.append(EntryKind.MEMBERSHIP, MembershipFormat.encode(other));
        rig.applyCommitted();
        assertThat(rig.events.memberships).containsExactly(other);
        assertThat(rig.snapshot().metadata().membership()).isEqualTo(other);
    }

    @Test
    void lastAppliedReachesTheStateMachineWithTheEffectsOfItsChunk() {
        rig.append(A);
        rig.append(EntryKind.NO_OP, Bytes.EMPTY);
        rig.applyCommitted();
        assertThat(rig.machine.lastChunkApplied()).isEqualTo(new LogId(1, 2));
        assertThat(rig.machine.lastChunkPublished()).isEqualTo(new LogId(1, 2));
    }

    @Test
    void publishesStateThenLastAppliedThenWaitersThenProposersThenWatchEvents() {
        List<String> order = new ArrayList<>();
        HandlerRig watched = new HandlerRig();
        watched.around = machine -> new Watching(machine) {
            @Override
            public void chunkApplied(LogId lastApplied) throws IOException {
                order.add("durable at " + watched.handler().lastApplied());
                super.chunkApplied(lastApplied);
            }

            @Override
            public void chunkPublished(LogId lastApplied) {
                order.add("watch events");
                super.chunkPublished(lastApplied);
            }
        };
        watched.start();
        watched.events.onApplied(
                results -> order.add("proposers at " + watched.handler().lastApplied()));
        var unused = watched.handler()
                .waitApplied(2, HandlerRig.LONG)
                .thenRun(() -> order.add("waiter at " + watched.handler().lastApplied()));
        watched.writeThrough(2);
        assertThat(order).containsExactly("durable at 0", "waiter at 2", "proposers at 2", "watch events");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 4, a hole",
        "1, 2, the last one again",
        "1, 1, one from long ago",
    })
    void aChunkThatDoesNotStartRightBehindLastAppliedHaltsTheNode(long term, long first, String what) {
        rig.writeThrough(2);
        CompletableFuture<List<ApplyResult>> result = rig.commitAndApply(HandlerRig.commands(term, first, A, A));
        assertUnfit(result, term + "/" + first, 2);
    }

    @Test
    void aChunkWithAHoleHaltsTheNodeAndAppliesNothingOfIt() {
        rig.writeThrough(2);
        List<Entry> chunk = new ArrayList<>(HandlerRig.commands(1, 3, A));
        chunk.addAll(HandlerRig.commands(1, 5, A));
        assertUnfit(rig.commitAndApply(chunk), "1/5", 2);
    }

    @Test
    void aChunkWithAFallingTermHaltsTheNodeAndAppliesNothingOfIt() {
        rig.term = 3;
        rig.writeThrough(2);
        List<Entry> chunk = new ArrayList<>(HandlerRig.commands(3, 3, A));
        chunk.addAll(HandlerRig.commands(2, 4, A));
        assertUnfit(rig.commitAndApply(chunk), "2/4", 2);
    }

    @Test
    void aChunkOfATermBelowTheLastAppliedHaltsTheNode() {
        rig.term = 3;
        rig.writeThrough(2);
        assertUnfit(rig.commitAndApply(HandlerRig.commands(2, 3, A)), "2/3", 2);
    }

    @Test
    void aChunkBeyondTheCommitIndexHaltsTheNode() {
        rig.writeThrough(2);
        rig.handler().updatePending(3);
        assertUnfit(rig.applyChunk(HandlerRig.commands(1, 3, A, A)), "1/4", 2);
    }

    @Test
    void theSameChunkIsNotAppliedTwice() {
        List<Entry> chunk = HandlerRig.commands(1, 1, A, A);
        HandlerRig.value(rig.commitAndApply(chunk));
        assertUnfit(rig.applyChunk(chunk), "1/1", 2);
        assertThat(rig.machine.value("a")).contains("xx");
    }

    @Test
    void anExceptionOfTheStateMachineHaltsTheNodeAndNamesTheEntry() {
        HandlerRig faulty = throwingAt(3);
        CompletableFuture<List<ApplyResult>> result = faulty.commitAndApply(HandlerRig.commands(1, 1, A, A, A, A));
        assertThat(HandlerRig.failure(result))
                .isInstanceOf(NodeHaltedException.class)
                .hasMessageContaining("1/3")
                .hasCauseInstanceOf(FaultyStateMachine.Fault.class);
        assertThat(faulty.events.halts).hasSize(1);
    }

    @Test
    void aFailedChunkPublishesNothing() {
        HandlerRig faulty = throwingAt(3);
        CompletableFuture<Void> wait = faulty.handler().waitApplied(1, HandlerRig.LONG);
        HandlerRig.failure(faulty.commitAndApply(HandlerRig.commands(1, 1, A, A, A)));
        assertThat(faulty.handler().lastApplied()).isZero();
        assertThat(wait).isCompletedExceptionally();
        assertThat(faulty.events.order).containsExactly("halted");
        assertThat(faulty.machine.lastChunkPublished()).isEqualTo(LogId.ZERO);
        assertThatThrownBy(() -> faulty.handler().readFromStateMachine(List.of(Bytes.utf8("a"))))
                .isInstanceOf(NodeHaltedException.class);
    }

    @Test
    void aFailureToMakeTheChunkDurableHaltsTheNodeToo() {
        HandlerRig faulty = new HandlerRig();
        faulty.around = machine -> new Watching(machine) {
            @Override
            public void chunkApplied(LogId lastApplied) throws IOException {
                throw new IOException("disk on fire");
            }
        };
        faulty.start();
        assertThat(HandlerRig.failure(faulty.commitAndApply(HandlerRig.commands(1, 1, A))))
                .isInstanceOf(NodeHaltedException.class)
                .hasMessageContaining("disk on fire");
        assertThat(faulty.handler().lastApplied()).isZero();
    }

    @Test
    void anErrorOfTheStateMachineIsNotSwallowedEither() {
        HandlerRig faulty = new HandlerRig();
        faulty.around = machine -> new Watching(machine) {
            @Override
            public Bytes apply(Entry command) {
                throw new StackOverflowError();
            }
        };
        faulty.start();
        assertThat(HandlerRig.failure(faulty.commitAndApply(HandlerRig.commands(1, 1, A))))
                .isInstanceOf(NodeHaltedException.class)
                .hasMessageContaining("1/1");
    }

    @Test
    void aHaltedHandlerAppliesNothingMore() {
        HandlerRig faulty = throwingAt(1);
        HandlerRig.failure(faulty.commitAndApply(HandlerRig.commands(1, 1, A)));
        assertThat(HandlerRig.failure(faulty.applyChunk(HandlerRig.commands(1, 1, A))))
                .isInstanceOf(NodeHaltedException.class);
        assertThat(faulty.events.halts).as("told once").hasSize(1);
        assertThat(faulty.machine.appliedIndices()).isEmpty();
    }

    @Test
    void aDamagedMembershipHaltsTheNodeAndPublishesNothingOfItsPart() {
        List<Entry> chunk = new ArrayList<>(HandlerRig.commands(1, 1, A));
        chunk.add(new Entry(new LogId(1, 2), EntryKind.MEMBERSHIP, Bytes.utf8("?"), 0));
        assertThat(HandlerRig.failure(rig.commitAndApply(chunk)))
                .isInstanceOf(NodeHaltedException.class)
                .hasMessageContaining("1/2");
        assertThat(rig.handler().lastApplied()).isZero();
    }

    @Test
    void aChunkIsSplitAtACheckpointAndTheFreezeContainsExactlyWhatIsBeforeIt() {
        rig.append(A, A);
        rig.append(EntryKind.CHECKPOINT, Bytes.EMPTY);
        rig.append(A, A);
        rig.applyCommitted();
        rig.stepper.settle();
        assertThat(rig.events.order).containsExactly("applied 1..3", "applied 4..5", "saved 1/3", "checkpoint 1/3");
        assertThat(rig.latest().lastIncluded()).isEqualTo(new LogId(1, 3));
        rig.crash();
        rig.start();
        assertThat(rig.machine.value("a")).contains("xx");
    }

    @Test
    void aFailureBehindACheckpointKeepsWhatWasPublishedBeforeIt() {
        HandlerRig faulty = throwingAt(4);
        List<Entry> chunk = new ArrayList<>(HandlerRig.commands(1, 1, A, A));
        chunk.add(new Entry(new LogId(1, 3), EntryKind.CHECKPOINT, Bytes.EMPTY, 0));
        chunk.addAll(HandlerRig.commands(1, 4, A));
        HandlerRig.failure(faulty.commitAndApply(chunk));
        assertThat(faulty.handler().lastApplied()).isEqualTo(3);
        assertThat(faulty.events.order).containsExactly("applied 1..3", "halted");
    }

    @Test
    void belongsToTheApplyCycle() {
        assertThatThrownBy(() -> rig.handler().applyChunk(List.of()))
                .isInstanceOf(InvariantViolation.class)
                .hasMessageContaining("APPLY");
    }

    private static HandlerRig throwingAt(long index) {
        HandlerRig faulty = new HandlerRig();
        faulty.around = machine -> FaultyStateMachine.around(machine).throwingAt(index);
        return faulty.start();
    }

    private void assertUnfit(CompletableFuture<List<ApplyResult>> result, String entry, long appliedBefore) {
        assertThat(HandlerRig.failure(result))
                .isInstanceOf(NodeHaltedException.class)
                .hasMessageContaining("entry " + entry)
                .hasCauseInstanceOf(InvariantViolation.class);
        assertThat(rig.handler().lastApplied()).isEqualTo(appliedBefore);
        assertThat(rig.machine.appliedIndices()).doesNotHaveDuplicates().hasSize((int) appliedBefore);
        assertThat(rig.events.halts).hasSize(1);
        assertThat(rig.handler().pendingRange()).isNotEqualTo(Optional.of(new IndexRange(1, 1)));
    }
}
