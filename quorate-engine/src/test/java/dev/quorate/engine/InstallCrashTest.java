package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.SnapshotAck;
import dev.quorate.testkit.RegisterMachine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The process ends between any two steps of an install; the next start repeats the rest. */
final class InstallCrashTest {
    /** Where the crash comes. */
    private enum Crash {
        CHUNK_RECEIVED,
        ALL_BUT_ONE_CHUNK_RECEIVED,
        RENAMED_AND_NOT_OFFERED,
        OFFERED_AND_NOT_RESTORED,
        RESTORED_AND_LOG_NOT_RESET
    }

    /** How the follower's state machine keeps its state. */
    private enum Keeping {
        IN_MEMORY,
        BY_ITSELF
    }

    private final Stepper stepper = new Stepper();
    private final HandlerRig leader = new HandlerRig(stepper, HandlerRig.LEADER);
    private final HandlerRig follower = new HandlerRig(stepper, HandlerRig.SELF);

    @BeforeEach
    void aLeaderFarAhead() {
        leader.term = 2;
        leader.start();
        for (int i = 1; i <= 20; i++) {
            leader.append(RegisterMachine.put("k" + i, (i + "-").repeat(300)));
        }
        leader.applyCommitted();
        leader.snapshot();
        assertThat(leader.latest().totalChunks()).isGreaterThan(3);
    }

    @ParameterizedTest
    @EnumSource(Crash.class)
    void aStateInMemory(Crash crash) {
        check(crash, Keeping.IN_MEMORY);
    }

    @ParameterizedTest
    @EnumSource(Crash.class)
    void aStateThatIsDurableByItself(Crash crash) {
        check(crash, Keeping.BY_ITSELF);
    }

    private void check(Crash crash, Keeping keeping) {
        DurableMachine durable = new DurableMachine();
        start(keeping, durable);
        follower.append(RegisterMachine.put("own", "history"));
        follower.writeThrough(4);
        crash(crash);

        follower.crash();
        start(keeping, durable);
        follower.applyCommitted();
        stepper.settle();

        LogId at = leader.latest().lastIncluded();
        boolean wasRenamed = crash != Crash.CHUNK_RECEIVED && crash != Crash.ALL_BUT_ONE_CHUNK_RECEIVED;
        if (wasRenamed) {
            assertThat(follower.handler().lastApplied()).isEqualTo(at.index());
        } else {
            assertThat(follower.handler().lastApplied())
                    .as("a prefix: what it was before")
                    .isEqualTo(4);
            assertThat(follower.stateMachine().read(List.of(Bytes.utf8("own")))).isPresent();
            Transfer again = Transfer.between(leader, follower).run();
            assertThat(again.answers().get(0).status()).isEqualTo(SnapshotAck.Status.REQUESTED);
            assertThat(again.delivery().installed()).isTrue();
        }
        assertThat(follower.stateMachine().digest()).isEqualTo(leader.machine.digest());
        assertThat(follower.open().log().purged()).isEqualTo(at);
        assertThat(follower.open().log().last()).isEqualTo(at);
        assertThat(follower.handler().getLatestSnapshotMetadata()).contains(leader.latest());
        follower.term = 2;
        follower.append(RegisterMachine.put("next", "entry"));
        follower.applyCommitted();
        assertThat(follower.handler().lastApplied()).isEqualTo(at.index() + 1);
    }

    private void start(Keeping keeping, DurableMachine durable) {
        if (keeping == Keeping.IN_MEMORY) {
            follower.start();
        } else {
            follower.startWith(durable);
        }
    }

    private void crash(Crash crash) {
        Transfer transfer = Transfer.between(leader, follower);
        int chunks = leader.latest().totalChunks();
        switch (crash) {
            case CHUNK_RECEIVED -> transfer.cutAfter(1).begin();
            case ALL_BUT_ONE_CHUNK_RECEIVED -> transfer.cutAfter(chunks - 1).begin();
            case RENAMED_AND_NOT_OFFERED -> {
                follower.gate().stopAt(TestGate.StopAt.OFFERED);
                transfer.begin();
                assertThat(follower.handler().lastApplied()).isEqualTo(4);
            }
            case OFFERED_AND_NOT_RESTORED -> {
                follower.apply.stall();
                transfer.begin();
                assertThat(follower.gate().offers()).isEqualTo(1);
            }
            case RESTORED_AND_LOG_NOT_RESET -> {
                follower.gate().stopAt(TestGate.StopAt.RESTORED);
                transfer.begin();
                assertThat(follower.open().log().last().index()).isEqualTo(4);
            }
        }
        assertThat(transfer.installed()).isNotDone();
    }

    /** A state that survives the process, as a database does. */
    private static final class DurableMachine extends Watching {
        private LogId applied = LogId.ZERO;

        DurableMachine() {
            super(new RegisterMachine(true));
        }

        @Override
        public LogId lastApplied() {
            return applied;
        }

        @Override
        public void chunkApplied(LogId lastApplied) throws IOException {
            super.chunkApplied(lastApplied);
            applied = lastApplied;
        }

        @Override
        public void restore(InputStream in, LogId lastIncluded) throws IOException {
            super.restore(in, lastIncluded);
            in.transferTo(OutputStream.nullOutputStream());
            applied = lastIncluded;
        }
    }
}
