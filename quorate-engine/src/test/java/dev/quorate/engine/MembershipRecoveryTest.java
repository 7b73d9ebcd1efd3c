package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.StorageFailedException;
import dev.quorate.testkit.RegisterMachine;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who belongs to the cluster, as a node finds it in its log and its snapshot when it starts. */
final class MembershipRecoveryTest {
    private static final Membership OTHER = Membership.ofVoters(HandlerRig.SELF, HandlerRig.LEADER);

    private final HandlerRig rig = HandlerRig.started();

    @Test
    void anUncommittedMembershipInTheLogIsInForceAfterAStart() throws IOException {
        rig.writeThrough(3);
        rig.append(EntryKind.MEMBERSHIP, MembershipFormat.encode(OTHER));

        NodeStatus status = start().node().status();
        assertThat(status.membership()).isEqualTo(OTHER);
        assertThat(status.membershipIndex()).isEqualTo(4);
        assertThat(status.removed()).isFalse();
    }

    @Test
    void aSnapshotThatContradictsTheLogAboutTheMembersStopsTheStart() throws IOException {
        rig.append(EntryKind.MEMBERSHIP, MembershipFormat.encode(OTHER));
        rig.writeThrough(25);
        receive(new LogId(1, 20));

        assertThatThrownBy(this::start)
                .isInstanceOf(StorageFailedException.class)
                .hasMessageContaining("snapshot 1/20")
                .hasMessageContaining("entry 1 of its log");
    }

    @Test
    void aLogThatAnInterruptedInstallReplacesMayTellAnotherStory() throws IOException {
        rig.append(EntryKind.MEMBERSHIP, MembershipFormat.encode(OTHER));
        rig.writeThrough(25);
        receive(new LogId(2, 20));

        NodeStatus status = start().node().status();
        assertThat(status.membership()).isEqualTo(HandlerRig.MEMBERS);
        assertThat(status.membershipIndex()).isEqualTo(20);
    }

    @Test
    void aMembershipThatCannotBeReadStopsTheStart() throws IOException {
        rig.append(EntryKind.MEMBERSHIP, Bytes.utf8("nobody"));

        assertThatThrownBy(this::start).isInstanceOf(StorageFailedException.class);
    }

    private SteppedNode start() throws IOException {
        rig.open().log().saveHardState(new HardState(1, Optional.empty()));
        rig.open().log().sync();
        rig.crash();
        return QuorateNode.builder()
                .id(HandlerRig.SELF)
                .clusterId(7)
                .members(HandlerRig.MEMBERS.addresses())
                .storage(rig.storage)
                .stateMachine(new RegisterMachine())
                .transport(new InProcessNetwork().transport(HandlerRig.SELF))
                .startStepped();
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
