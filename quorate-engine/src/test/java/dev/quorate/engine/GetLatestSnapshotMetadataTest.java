package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.testkit.RegisterMachine;
import org.junit.jupiter.api.Test;

/** {@link StateMachineHandler#getLatestSnapshotMetadata}. */
final class GetLatestSnapshotMetadataTest {
    private final HandlerRig rig = HandlerRig.started().writeThrough(3);

    @Test
    void isEmptyBeforeTheFirst() {
        assertThat(rig.handler().getLatestSnapshotMetadata()).isEmpty();
    }

    @Test
    void isTheNewest() {
        rig.snapshot();
        rig.writeThrough(5);
        SnapshotMetadata second = rig.snapshot().metadata();
        assertThat(rig.handler().getLatestSnapshotMetadata()).contains(second);
    }

    @Test
    void isThereRightAfterARestart() {
        SnapshotMetadata made = rig.snapshot().metadata();
        rig.crash();
        rig.start();
        assertThat(rig.handler().getLatestSnapshotMetadata()).contains(made);
    }

    @Test
    void isThereRightAfterAnInstall() {
        HandlerRig leader =
                new HandlerRig(rig.stepper, HandlerRig.LEADER).start().writeThrough(9);
        SnapshotMetadata made = leader.snapshot().metadata();
        Transfer.between(leader, rig).run();
        assertThat(rig.handler().getLatestSnapshotMetadata()).contains(made);
    }

    @Test
    void neverNamesOneThatIsTorn() {
        SnapshotMetadata good = rig.snapshot().metadata();
        rig.writeThrough(6);
        SnapshotMetadata bad = rig.snapshot().metadata();
        rig.storage.snapshots().damage(bad);
        rig.restart();
        assertThat(rig.handler().getLatestSnapshotMetadata()).contains(good);
        assertThat(rig.machine.value("k6")).as("the log makes up for it").contains("v6");
    }

    @Test
    void neverNamesOneThatIsOnlyPartlyReceived() {
        HandlerRig leader = new HandlerRig(rig.stepper, HandlerRig.LEADER).start();
        for (int i = 1; i <= 20; i++) {
            leader.append(RegisterMachine.put("k" + i, "x".repeat(1000)));
        }
        leader.applyCommitted();
        leader.snapshot();
        Transfer.between(leader, rig).cutAfter(3).begin();
        assertThat(rig.handler().getLatestSnapshotMetadata()).isEmpty();
    }
}
