package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.InvariantViolation;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.StateMachine;
import dev.quorate.spi.StorageFailedException;
import dev.quorate.testkit.FaultyStateMachine;
import dev.quorate.testkit.RegisterMachine;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a state machine holds when its node starts. */
final class StartupRestoreTest {
    private static final Membership OTHER = Membership.ofVoters(HandlerRig.SELF);

    private final HandlerRig rig = HandlerRig.started();

    @Test
    void aFreshNodeHasNothingAndItsFirstMembers() {
        assertThat(restore(new RegisterMachine()))
                .usingRecursiveComparison()
                .isEqualTo(new RecoveredHandlerState(
                        LogId.ZERO, 0, HandlerRig.MEMBERS, Optional.empty(), Optional.empty(), new SessionTable()));
    }

    @Test
    void aStateInMemoryComesFromTheNewestSnapshot() {
        rig.writeThrough(3);
        rig.snapshot();
        rig.append(EntryKind.MEMBERSHIP, MembershipFormat.encode(OTHER));
        rig.writeThrough(6);
        RegisterMachine machine = new RegisterMachine();
        assertThat(restore(machine))
                .usingRecursiveComparison()
                .isEqualTo(new RecoveredHandlerState(
                        new LogId(1, 3),
                        1003,
                        HandlerRig.MEMBERS,
                        Optional.empty(),
                        Optional.empty(),
                        new SessionTable()));
        assertThat(machine.value("k3")).contains("v3");
        assertThat(machine.value("k6")).isEmpty();
    }

    @Test
    void aDurableStatePastTheSnapshotIsLeftAlone() {
        rig.writeThrough(3);
        rig.snapshot();
        rig.append(EntryKind.MEMBERSHIP, MembershipFormat.encode(OTHER));
        rig.writeThrough(6);
        StateMachine durable = FaultyStateMachine.around(at(new LogId(1, 5))).failingRestore();
        assertThat(restore(durable))
                .usingRecursiveComparison()
                .isEqualTo(new RecoveredHandlerState(
                        new LogId(1, 5), 1005, OTHER, Optional.empty(), Optional.empty(), new SessionTable()));
    }

    @Test
    void aDurableStateExactlyAtTheSnapshotIsLeftAlone() {
        rig.writeThrough(3);
        rig.snapshot();
        StateMachine durable = FaultyStateMachine.around(at(new LogId(1, 3))).failingRestore();
        assertThat(restore(durable).applied()).isEqualTo(new LogId(1, 3));
    }

    @Test
    void aDurableStateBehindTheSnapshotIsReplaced() {
        rig.writeThrough(3);
        rig.snapshot();
        RegisterMachine inner = new RegisterMachine();
        StateMachine durable = new Watching(inner) {
            @Override
            public LogId lastApplied() {
                return new LogId(1, 2);
            }
        };
        assertThat(restore(durable).applied()).isEqualTo(new LogId(1, 3));
        assertThat(inner.value("k3")).contains("v3");
    }

    @Test
    void aStateAheadOfLogAndSnapshotIsNotOfThisNode() {
        rig.writeThrough(3);
        assertThatThrownBy(() -> restore(at(new LogId(1, 4))))
                .isInstanceOf(StorageFailedException.class)
                .hasMessageContaining("1/4")
                .hasMessageContaining("1/3");
    }

    @Test
    void aLogThatEndsBeforeTheSnapshotIsToBeReset() throws IOException {
        receive(new LogId(2, 20));
        assertThat(restore(new RegisterMachine()).resetLogTo()).contains(new LogId(2, 20));
    }

    @Test
    void aLogWithAnotherEntryThereIsToBeReset() throws IOException {
        rig.writeThrough(25);
        receive(new LogId(2, 20));
        assertThat(restore(new RegisterMachine()).resetLogTo()).contains(new LogId(2, 20));
    }

    @Test
    void aLogThatHoldsTheSnapshotsLastEntryStays() {
        rig.writeThrough(25);
        rig.snapshot();
        assertThat(restore(new RegisterMachine()).resetLogTo()).isEmpty();
    }

    @Test
    void aFailedRestoreStopsTheStart() {
        rig.writeThrough(3);
        rig.snapshot();
        assertThatThrownBy(() ->
                        restore(FaultyStateMachine.around(new RegisterMachine()).failingRestore()))
                .isInstanceOf(StorageFailedException.class);
    }

    @Test
    void aRestoreToAnotherDigestStopsTheStart() {
        rig.writeThrough(3);
        rig.snapshot();
        StateMachine forgetful = new Watching(new RegisterMachine()) {
            @Override
            public Optional<Bytes> digest() {
                return Optional.of(Bytes.utf8("something else"));
            }
        };
        assertThatThrownBy(() -> restore(forgetful))
                .isInstanceOf(StorageFailedException.class)
                .hasCauseInstanceOf(InvariantViolation.class);
    }

    private RecoveredHandlerState restore(StateMachine machine) {
        HandlerRig next = rig;
        next.crash();
        next.start();
        return new StartupRestore(machine, next.open()).run();
    }

    private static StateMachine at(LogId applied) {
        return new Watching(new RegisterMachine()) {
            @Override
            public LogId lastApplied() {
                return applied;
            }
        };
    }

    /** A received snapshot whose install ended before the log was reset. */
    private void receive(LogId lastIncluded) throws IOException {
        try (var writer = rig.open().snapshots().begin(lastIncluded, 9, HandlerRig.MEMBERS, Bytes.EMPTY, 4096)) {
            try (var frozen = new RegisterMachine().freeze()) {
                assertThat(frozen.write(writer.content())).isFalse();
            }
            writer.commit();
        }
    }
}
