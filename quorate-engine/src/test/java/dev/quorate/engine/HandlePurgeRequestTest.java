package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.PeerMessage.PurgeLogRequest;
import dev.quorate.spi.PeerMessage.PurgeLogResponse;
import dev.quorate.spi.PeerMessage.PurgeRefusal;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.testkit.FaultyStateMachine;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link StateMachineHandler#handlePurgeRequest}. */
final class HandlePurgeRequestTest {
    private final HandlerRig rig = new HandlerRig();
    private final PurgeRig purge = new PurgeRig(rig);
    private LogId at = LogId.ZERO;

    @BeforeEach
    void aCheckpointAtTenAndThreeRetainedEntries() {
        rig.start().writeThrough(9);
        at = rig.checkpoint();
        assertThat(rig.options.retainedEntries()).isEqualTo(3);
    }

    @Test
    void purgesBehindTheCheckpointAndAnswersWithTheNewPosition() {
        PurgeLogResponse response = purge.handle(purge.honest(at));
        assertThat(response)
                .isEqualTo(new PurgeLogResponse(HandlerRig.SELF, 1, true, new LogId(1, 7), Optional.empty()));
        assertThat(rig.open().log().purged()).isEqualTo(new LogId(1, 7));
    }

    @Test
    void theRetainedEntriesStayReadable() {
        purge.handle(purge.honest(at));
        assertThat(rig.read(new IndexRange(8, 10))).hasSize(3);
        assertThat(rig.read(new IndexRange(7, 10))).isEmpty();
    }

    @Test
    void theAnswerComesAfterThePurgeIsDurable() {
        PurgeLogResponse response = purge.handle(purge.honest(at));
        rig.restart();
        assertThat(rig.open().log().purged()).isEqualTo(response.lastPurged());
        assertThat(rig.handler().lastApplied()).isEqualTo(10);
        assertThat(rig.machine.value("k9")).contains("v9");
    }

    @Test
    void theSameAgainIsASuccessWithThePresentPosition() {
        PurgeLogRequest request = purge.honest(at);
        PurgeLogResponse first = purge.handle(request);
        assertThat(purge.handle(request)).isEqualTo(first);
    }

    @Test
    void anOlderOneIsASuccessWithThePresentPosition() {
        Bytes digest = rig.handler().coveredCheckpoint().orElseThrow().digest();
        rig.writeThrough(19);
        LogId second = rig.checkpoint();
        purge.handle(purge.honest(second));
        PurgeLogResponse older = purge.handle(PurgeRig.request(1, at, digest));
        assertThat(older.success()).isTrue();
        assertThat(older.lastPurged()).isEqualTo(new LogId(1, 17));
    }

    @Test
    void oneBehindAnInstalledSnapshotIsASuccessThoughItsDigestIsForgotten() {
        HandlerRig leader =
                new HandlerRig(rig.stepper, HandlerRig.LEADER).start().writeThrough(30);
        leader.snapshot();
        Transfer.between(leader, rig).run();
        PurgeLogResponse response = purge.handle(PurgeRig.request(1, at, Bytes.utf8("some")));
        assertThat(response.success()).isTrue();
        assertThat(response.lastPurged()).isEqualTo(new LogId(1, 30));
    }

    @Test
    void aShortLogIsKeptWhole() {
        HandlerRig young = HandlerRig.started().writeThrough(1);
        LogId checkpoint = young.checkpoint();
        PurgeRig youngPurge = new PurgeRig(young);
        PurgeLogResponse response = youngPurge.handle(youngPurge.honest(checkpoint));
        assertThat(response.success()).isTrue();
        assertThat(response.lastPurged()).isEqualTo(LogId.ZERO);
        assertThat(young.read(new IndexRange(1, 2))).hasSize(2);
    }

    @Test
    void neverPurgesPastItsOwnSnapshot() {
        rig.options = new HandlerOptions(4, 2, 0, 4, 1 << 20, HandlerRig.OPTIONS.snapshot());
        rig.restart();
        rig.writeThrough(30);
        assertThat(purge.refusal(PurgeRig.request(1, new LogId(1, 25), Bytes.EMPTY)))
                .contains(PurgeRefusal.NO_SNAPSHOT);
        assertThat(rig.open().log().purged()).isEqualTo(LogId.ZERO);
        purge.handle(purge.honest(at));
        assertThat(rig.open().log().purged())
                .as("without retention: all that the snapshot holds")
                .isEqualTo(at);
        rig.restart();
        assertThat(rig.machine.value("k30")).contains("v30");
    }

    @Test
    void aRefusalChangesNothingAndSaysWhereTheLogBegins() {
        PurgeLogResponse response = purge.handle(PurgeRig.request(0, at, Bytes.EMPTY));
        assertThat(response)
                .isEqualTo(new PurgeLogResponse(
                        HandlerRig.SELF, 1, false, LogId.ZERO, Optional.of(PurgeRefusal.STALE_TERM)));
        assertThat(rig.open().log().purged()).isEqualTo(LogId.ZERO);
    }

    @Test
    void isNotForTheLeaderItself() {
        PurgeLogRequest own = new PurgeLogRequest(1, HandlerRig.SELF, 20, Optional.of(at), Bytes.EMPTY);
        assertThat(purge.handle(Optional.of(HandlerRig.SELF), own).refusal()).contains(PurgeRefusal.NOT_LEADER);
    }

    @Test
    void aDivergedStateIsRefusedMarkedAndReadNoMore() {
        PurgeLogResponse response = purge.handle(PurgeRig.request(1, at, Bytes.utf8("the leader's")));
        assertThat(response.success()).isFalse();
        assertThat(response.refusal()).contains(PurgeRefusal.STATE_DIVERGED);
        assertThat(rig.events.order).contains("diverged 1/10");
        assertThat(rig.open().quarantine().orElseThrow()).contains("1/10");
        assertThatThrownBy(() -> rig.handler().readFromStateMachine(List.of(Bytes.utf8("k1"))))
                .isInstanceOf(ReadUnavailableException.class);
    }

    @Test
    void aDivergedReplicaKeepsItsWholeLogAsEvidence() {
        PurgeLogRequest honest = purge.honest(at);
        purge.handle(PurgeRig.request(1, at, Bytes.utf8("the leader's")));
        assertThat(purge.refusal(honest)).contains(PurgeRefusal.STATE_DIVERGED);
        assertThat(rig.open().log().purged()).isEqualTo(LogId.ZERO);
        rig.restart();
        assertThat(purge.refusal(honest)).contains(PurgeRefusal.STATE_DIVERGED);
        assertThat(rig.open().log().purged()).isEqualTo(LogId.ZERO);
    }

    @Test
    void aDivergenceIsToldOnce() {
        purge.handle(PurgeRig.request(1, at, Bytes.utf8("the leader's")));
        purge.handle(PurgeRig.request(1, at, Bytes.utf8("the leader's")));
        assertThat(rig.events.order.stream().filter(e -> e.startsWith("diverged")))
                .hasSize(1);
    }

    @Test
    void aReplicaThatAppliedOneCommandDifferentlyIsFound() {
        HandlerRig leader =
                new HandlerRig(rig.stepper, HandlerRig.LEADER).start().writeThrough(9);
        leader.checkpoint();
        Bytes leaders = leader.handler().coveredCheckpoint().orElseThrow().digest();
        HandlerRig differing = new HandlerRig();
        differing.around = machine -> FaultyStateMachine.around(machine).differingAt(5);
        differing.start().writeThrough(9);
        LogId checkpoint = differing.checkpoint();
        assertThat(new PurgeRig(differing).refusal(PurgeRig.request(1, checkpoint, leaders)))
                .contains(PurgeRefusal.STATE_DIVERGED);
        assertThat(purge.refusal(PurgeRig.request(1, at, leaders)))
                .as("an honest replica")
                .isEmpty();
    }

    @Test
    void aPurgeThatTheDiskRefusesHaltsTheNodeAndIsNoSuccess() {
        PurgeLogRequest request = purge.honest(at);
        rig.storage.log().failNextSync();
        assertThat(HandlerRig.failure(rig.handler()
                        .handlePurgeRequest(
                                1,
                                Optional.of(HandlerRig.LEADER),
                                Optional.empty(),
                                request,
                                rig.open().log())))
                .isInstanceOf(NodeHaltedException.class);
        assertThat(rig.events.halts).hasSize(1);
    }
}
