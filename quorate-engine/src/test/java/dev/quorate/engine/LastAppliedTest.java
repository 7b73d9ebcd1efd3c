package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.testkit.FaultyStateMachine;
import dev.quorate.testkit.RegisterMachine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link StateMachineHandler#lastApplied}. */
final class LastAppliedTest {
    @Test
    void isZeroBeforeTheFirstEntry() {
        assertThat(HandlerRig.started().handler().lastApplied()).isZero();
    }

    @Test
    void movesWithEachChunk() {
        HandlerRig rig = HandlerRig.started().writeThrough(3);
        assertThat(rig.handler().lastApplied()).isEqualTo(3);
        rig.writeThrough(5);
        assertThat(rig.handler().lastApplied()).isEqualTo(5);
    }

    @Test
    void movesOnTheInstallOfASnapshot() {
        HandlerRig leader =
                new HandlerRig(new Stepper(), HandlerRig.LEADER).start().writeThrough(20);
        leader.snapshot();
        HandlerRig follower =
                new HandlerRig(leader.stepper, HandlerRig.SELF).start().writeThrough(2);
        Transfer.between(leader, follower).run();
        assertThat(follower.handler().lastApplied()).isEqualTo(20);
        assertThat(follower.machine.value("k20")).contains("v20");
    }

    @Test
    void neverRunsAheadOfWhatTheStateMachineHolds() {
        HandlerRig rig = HandlerRig.started();
        List<Long> seen = new ArrayList<>();
        rig.around = machine -> new Watching(machine) {
            @Override
            public Bytes apply(Entry command) {
                seen.add(rig.handler().lastApplied());
                return super.apply(command);
            }

            @Override
            public void chunkApplied(LogId lastApplied) throws IOException {
                seen.add(rig.handler().lastApplied());
                super.chunkApplied(lastApplied);
            }
        };
        rig.crash();
        rig.start().writeThrough(3);
        assertThat(seen).containsExactly(0L, 0L, 0L, 0L);
        assertThat(rig.handler().lastApplied()).isEqualTo(3);
    }

    @Test
    void staysWhenTheStateMachineFails() {
        HandlerRig rig = new HandlerRig();
        rig.around = machine -> FaultyStateMachine.around(machine).throwingAt(3);
        rig.start().writeThrough(1);
        rig.append(RegisterMachine.put("a", "2"), RegisterMachine.put("a", "3"));
        HandlerRig.failure(rig.commitAndApply(rig.read(new IndexRange(2, 3))));
        assertThat(rig.handler().lastApplied()).isEqualTo(1);
    }

    @Test
    void countsEntriesThatAreNoCommands() {
        HandlerRig rig = HandlerRig.started();
        rig.append(EntryKind.NO_OP, Bytes.EMPTY);
        rig.append(EntryKind.CHECKPOINT, Bytes.EMPTY);
        rig.append(EntryKind.ALARM, Bytes.utf8("corrupt"));
        rig.applyCommitted();
        assertThat(rig.handler().lastApplied()).isEqualTo(3);
    }
}
