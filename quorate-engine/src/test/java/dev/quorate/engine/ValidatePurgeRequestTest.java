package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.PeerMessage.PurgeLogRequest;
import dev.quorate.spi.PeerMessage.PurgeRefusal;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link StateMachineHandler#validatePurgeRequest}; each refusal shows its reason in the answer of the purge. */
final class ValidatePurgeRequestTest {
    private final HandlerRig rig = new HandlerRig();
    private final PurgeRig purge = new PurgeRig(rig);
    private LogId at = LogId.ZERO;

    @BeforeEach
    void aCheckpointAtTen() {
        rig.term = 3;
        rig.start().writeThrough(9);
        at = rig.checkpoint();
        assertThat(at).isEqualTo(new LogId(3, 10));
    }

    @Test
    void isTrueWhenAllHolds() {
        assertThat(purge.isValid(purge.honest(at))).isTrue();
        assertThat(rig.handler().comparisonsMade()).isEqualTo(1);
        assertThat(rig.handler().comparisonsSkipped()).isZero();
    }

    @Test
    void anOlderTermIsStale() {
        assertRefused(PurgeRig.request(2, at, digest()), PurgeRefusal.STALE_TERM);
    }

    @Test
    void aHigherTermIsNotValidatedEither() {
        assertRefused(PurgeRig.request(4, at, digest()), PurgeRefusal.NOT_LEADER);
    }

    @Test
    void onlyTheLeaderKnownForTheTermMaySayIt() {
        PurgeLogRequest other = new PurgeLogRequest(3, NodeId.of(3), 20, Optional.of(at), digest());
        assertRefused(other, PurgeRefusal.NOT_LEADER);
    }

    @Test
    void withoutAKnownLeaderNobodyMaySayIt() {
        PurgeLogRequest request = purge.honest(at);
        assertThat(HandlerRig.value(rig.handler().validatePurgeRequest(3, Optional.empty(), request)))
                .isFalse();
        assertThat(purge.handle(Optional.empty(), request).refusal()).contains(PurgeRefusal.NOT_LEADER);
    }

    @Test
    void aPositionMustBePresent() {
        assertRefused(
                new PurgeLogRequest(3, HandlerRig.LEADER, 20, Optional.empty(), digest()), PurgeRefusal.MALFORMED);
        assertRefused(
                new PurgeLogRequest(3, HandlerRig.LEADER, 20, Optional.of(LogId.ZERO), digest()),
                PurgeRefusal.MALFORMED);
    }

    @Test
    void aPositionMustBeCommittedAtTheLeader() {
        assertRefused(new PurgeLogRequest(3, HandlerRig.LEADER, 9, Optional.of(at), digest()), PurgeRefusal.MALFORMED);
        assertThat(purge.isValid(new PurgeLogRequest(3, HandlerRig.LEADER, 10, Optional.of(at), digest())))
                .isTrue();
    }

    @Test
    void aReplicaThatHasNotAppliedThatFarIsBehind() {
        assertRefused(PurgeRig.request(3, new LogId(3, 11), digest()), PurgeRefusal.BEHIND);
    }

    @Test
    void aReplicaWithoutACoveringSnapshotRefuses() {
        rig.writeThrough(15);
        assertRefused(PurgeRig.request(3, new LogId(3, 12), digest()), PurgeRefusal.NO_SNAPSHOT);
    }

    @Test
    void aSnapshotThatIsStillBeingWrittenCoversNothing() {
        rig.writeThrough(14);
        LogId second = rig.append(EntryKind.CHECKPOINT, Bytes.EMPTY).id();
        rig.applyCommitted();
        Bytes there = rig.machine.digest().orElseThrow();
        assertRefused(PurgeRig.request(3, second, there), PurgeRefusal.NO_SNAPSHOT);
        rig.stepper.settle();
        assertThat(purge.isValid(PurgeRig.request(3, second, there))).isTrue();
    }

    @Test
    void aReplicaThatDoesNotKnowItsOwnDigestThereRefuses() {
        assertRefused(PurgeRig.request(3, new LogId(3, 7), digest()), PurgeRefusal.NO_SNAPSHOT);
    }

    @Test
    void anotherDigestIsADivergedState() {
        assertRefused(PurgeRig.request(3, at, Bytes.utf8("another")), PurgeRefusal.STATE_DIVERGED);
    }

    @Test
    void anotherEntryAtTheSameIndexIsADivergedState() {
        assertRefused(PurgeRig.request(3, new LogId(2, 10), digest()), PurgeRefusal.STATE_DIVERGED);
    }

    @Test
    void theReasonsComeInTheOrderOfTheContract() {
        Bytes wrong = Bytes.utf8("another");
        LogId far = new LogId(3, 99);
        NodeId stranger = NodeId.of(9);
        assertReason(new PurgeLogRequest(2, stranger, 1, Optional.of(far), wrong), PurgeRefusal.STALE_TERM);
        assertReason(new PurgeLogRequest(3, stranger, 1, Optional.of(far), wrong), PurgeRefusal.NOT_LEADER);
        assertReason(new PurgeLogRequest(3, HandlerRig.LEADER, 1, Optional.of(far), wrong), PurgeRefusal.MALFORMED);
        assertReason(new PurgeLogRequest(3, HandlerRig.LEADER, 99, Optional.of(far), wrong), PurgeRefusal.BEHIND);
        rig.writeThrough(15);
        LogId uncovered = new LogId(3, 13);
        assertReason(
                new PurgeLogRequest(3, HandlerRig.LEADER, 99, Optional.of(uncovered), wrong), PurgeRefusal.NO_SNAPSHOT);
    }

    @Test
    void changesNothingEvenWhenStatesDiffer() {
        assertThat(purge.isValid(PurgeRig.request(3, at, Bytes.utf8("another"))))
                .isFalse();
        assertThat(rig.handler().quarantine()).isEmpty();
        assertThat(rig.open().quarantine()).isEmpty();
        assertThat(rig.open().log().purged()).isEqualTo(LogId.ZERO);
        assertThat(purge.isValid(purge.honest(at))).isTrue();
    }

    @Test
    void aLeaderWithoutADigestIsNotComparedAndThatIsSaid() {
        assertThat(purge.isValid(PurgeRig.request(3, at, Bytes.EMPTY))).isTrue();
        assertThat(rig.handler().comparisonsSkipped()).isEqualTo(1);
        assertThat(rig.handler().comparisonsMade()).isZero();
        assertThat(rig.events.order).contains("skipped 3/10");
    }

    @Test
    void aReplicaWithoutADigestIsNotComparedAndThatIsSaid() {
        HandlerRig plain = new HandlerRig();
        plain.around = machine -> new Watching(machine) {
            @Override
            public Optional<Bytes> digest() {
                return Optional.empty();
            }
        };
        plain.start().writeThrough(4);
        LogId checkpoint = plain.checkpoint();
        assertThat(new PurgeRig(plain).isValid(PurgeRig.request(1, checkpoint, Bytes.utf8("the leader's"))))
                .isTrue();
        assertThat(plain.handler().comparisonsSkipped()).isEqualTo(1);
    }

    @Test
    void theDigestsOfEarlierCheckpointsAreRemembered() {
        Bytes first = digest();
        rig.writeThrough(14);
        LogId second = rig.checkpoint();
        assertThat(digest()).isNotEqualTo(first);
        assertThat(purge.isValid(PurgeRig.request(3, at, first))).isTrue();
        assertThat(purge.isValid(PurgeRig.request(3, second, digest()))).isTrue();
        assertThat(purge.isValid(PurgeRig.request(3, at, digest()))).isFalse();
    }

    @Test
    void theDigestsOfSnapshotsSurviveARestart() {
        Bytes first = digest();
        rig.writeThrough(14);
        LogId second = rig.checkpoint();
        Bytes secondDigest = digest();
        rig.restart();
        assertThat(purge.isValid(PurgeRig.request(3, at, first))).isTrue();
        assertThat(purge.isValid(PurgeRig.request(3, second, secondDigest))).isTrue();
        assertThat(purge.isValid(PurgeRig.request(3, second, first))).isFalse();
    }

    private Bytes digest() {
        return rig.handler().coveredCheckpoint().orElseThrow().digest();
    }

    private void assertRefused(PurgeLogRequest request, PurgeRefusal reason) {
        assertThat(purge.isValid(request)).isFalse();
        assertReason(request, reason);
    }

    private void assertReason(PurgeLogRequest request, PurgeRefusal reason) {
        assertThat(purge.refusal(request)).contains(reason);
    }
}
