package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.testkit.RegisterMachine;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** {@link StateMachineHandler#readFromStateMachine}, and the node's typed reads through the same gate. */
final class ReadFromStateMachineTest {
    private static final Bytes K1 = Bytes.utf8("k1");
    private static final Bytes K2 = Bytes.utf8("k2");
    private static final Bytes K3 = Bytes.utf8("k3");

    private final HandlerRig rig = HandlerRig.started().writeThrough(3);

    @Test
    void answersInTheOrderAsked() {
        assertThat(rig.handler().readFromStateMachine(List.of(K3, K1, K2, K1)).orElseThrow())
                .containsExactly(pair(K3, "v3"), pair(K1, "v1"), pair(K2, "v2"), pair(K1, "v1"));
    }

    @Test
    void isEmptyWhenAnyKeyIsMissing() {
        assertThat(rig.handler().readFromStateMachine(List.of(K1, Bytes.utf8("none"))))
                .isEmpty();
        assertThat(rig.handler().readFromStateMachine(List.of(Bytes.utf8("none"), K1)))
                .isEmpty();
    }

    @Test
    void noKeysAreAllThere() {
        assertThat(rig.handler().readFromStateMachine(List.of())).contains(List.of());
    }

    @Test
    void aRestoringStoreThrowsAndIsNotMissing() {
        List<String> during = new ArrayList<>();
        HandlerRig follower = new HandlerRig(rig.stepper, HandlerRig.SELF);
        follower.around = machine -> new Watching(machine) {
            @Override
            public void restore(InputStream in, LogId lastIncluded) throws IOException {
                try {
                    var unused = follower.handler().readFromStateMachine(List.of(K1));
                } catch (ReadUnavailableException e) {
                    during.add(String.valueOf(e.getMessage()));
                }
                super.restore(in, lastIncluded);
            }
        };
        follower.start();
        rig.snapshot();
        Transfer.between(rig, follower).run();
        assertThat(during).singleElement().asString().contains("being restored");
        assertThat(follower.handler().readFromStateMachine(List.of(K1))).contains(List.of(pair(K1, "v1")));
    }

    @Test
    void aReadThatARestoreOvertookIsRefusedBecauseItMayMixTwoStates() {
        HandlerRig leader =
                new HandlerRig(rig.stepper, HandlerRig.LEADER).start().writeThrough(9);
        leader.snapshot();
        Transfer transfer = Transfer.between(leader, rig);
        assertThatThrownBy(() -> rig.handler().readState(() -> {
                    transfer.run();
                    return "half of each";
                }))
                .isInstanceOf(ReadUnavailableException.class)
                .hasMessageContaining("during the read");
        assertThat(rig.handler().lastApplied())
                .as("the restore ran in the middle")
                .isEqualTo(9);
    }

    @Test
    void anErrorOfTheStateMachineIsThrownAndIsNotMissing() {
        HandlerRig broken = new HandlerRig();
        broken.around = machine -> new Watching(machine) {
            @Override
            public Optional<List<KeyValue>> read(List<Bytes> keys) {
                throw new IllegalStateException("table closed");
            }
        };
        broken.start();
        assertThatThrownBy(() -> broken.handler().readFromStateMachine(List.of(K1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("table closed");
    }

    @Test
    void aQuarantinedReplicaAnswersNothingAlsoAfterARestart() throws IOException {
        rig.open().quarantine("digest differs");
        rig.restart();
        assertThatThrownBy(() -> rig.handler().readFromStateMachine(List.of(K1)))
                .isInstanceOf(ReadUnavailableException.class)
                .hasMessageContaining("digest differs");
        assertThatThrownBy(() -> rig.handler().readState(() -> "no")).isInstanceOf(ReadUnavailableException.class);
        assertThat(rig.handler().quarantine()).contains("digest differs");
        assertThat(rig.handler().lastApplied()).as("it goes on applying").isEqualTo(3);
    }

    @Test
    void aMachineThatIsReadOnApplyOnlyRefusesOtherThreadsAndAnswersThere() {
        HandlerRig single = new HandlerRig();
        single.concurrentReads = false;
        single.start().writeThrough(1);
        assertThatThrownBy(() -> single.handler().readFromStateMachine(List.of(K1)))
                .isInstanceOf(ReadUnavailableException.class)
                .hasMessageContaining("apply thread");
        List<Optional<List<KeyValue>>> answers = new ArrayList<>();
        single.apply.run(() -> answers.add(single.handler().readFromStateMachine(List.of(K1))));
        assertThat(answers).containsExactly(Optional.of(List.of(pair(K1, "v1"))));
    }

    @Test
    void anExceptionOfTheApplicationsOwnReadIsThrownAsItIs() {
        assertThatThrownBy(() -> rig.handler().readState(() -> {
                    throw new IllegalArgumentException("mine");
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("mine");
    }

    @Test
    void anExceptionOfAReadThatARestoreOvertookIsNotTheReadersFault() {
        HandlerRig leader =
                new HandlerRig(rig.stepper, HandlerRig.LEADER).start().writeThrough(9);
        leader.snapshot();
        assertThatThrownBy(() -> rig.handler().readState(() -> {
                    Transfer.between(leader, rig).run();
                    throw new IllegalStateException("a half-replaced table");
                }))
                .isInstanceOf(ReadUnavailableException.class);
    }

    @Test
    void theApplicationsOwnReadsRunAtOnceOnTheCallersThread() {
        assertThat(rig.handler().readState(() -> rig.apply.isCurrent())).isFalse();
    }

    private static KeyValue pair(Bytes key, String value) {
        return new KeyValue(key, Bytes.utf8(value));
    }

    @Test
    void readsGoOnBesideApplies() {
        List<Optional<List<KeyValue>>> seen = new ArrayList<>();
        HandlerRig watched = new HandlerRig();
        watched.around = machine -> new Watching(machine) {
            @Override
            public Bytes apply(Entry command) {
                seen.add(watched.handler().readFromStateMachine(List.of(K1)));
                return super.apply(command);
            }
        };
        watched.start();
        watched.append(RegisterMachine.put("k1", "a"), RegisterMachine.put("k2", "b"));
        watched.applyCommitted();
        assertThat(seen).containsExactly(Optional.empty(), Optional.of(List.of(pair(K1, "a"))));
    }
}
