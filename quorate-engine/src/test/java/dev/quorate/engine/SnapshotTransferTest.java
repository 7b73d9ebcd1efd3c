package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.SnapshotAck;
import dev.quorate.spi.SnapshotAck.Status;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.testkit.RegisterMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A snapshot on its way between two handlers, over a network that loses, repeats, damages and reorders. */
final class SnapshotTransferTest {
    private static final int CHUNKS = 9;
    private static final long ENTRIES = 40;

    private final Stepper stepper = new Stepper();
    private final HandlerRig leader = new HandlerRig(stepper, HandlerRig.LEADER);
    private final HandlerRig follower = new HandlerRig(stepper, HandlerRig.SELF);

    @BeforeEach
    void snapshotAtTheLeader() {
        leader.start();
        fill(leader, ENTRIES, 870);
        assertThat(leader.snapshot().metadata().totalChunks()).isEqualTo(CHUNKS);
        follower.start().writeThrough(2);
    }

    @Test
    void arrivesWholeOverAGoodNetwork() {
        Transfer transfer = Transfer.between(leader, follower).run();
        assertInstalled(transfer);
        assertThat(transfer.sentSeqs())
                .containsExactlyElementsOf(IntStream.range(0, CHUNKS).boxed().toList());
        assertThat(transfer.answers()).as("every chunk has an answer").hasSize(CHUNKS);
    }

    @Test
    void metadataRidesInChunkZeroOnly() {
        Transfer transfer = Transfer.between(leader, follower).run();
        assertThat(transfer.sent().get(0).metadata()).contains(leader.latest());
        assertThat(transfer.sent().subList(1, CHUNKS - 1))
                .allMatch(c -> c.metadata().isEmpty());
    }

    @Test
    void keepsAtMostAWindowOfChunksInFlight() {
        Transfer transfer = Transfer.between(leader, follower).cutAfter(1).begin();
        assertThat(transfer.sentSeqs())
                .as(
                        "chunk 0 alone, and after its yes a window of %s",
                        leader.options.snapshot().windowChunks())
                .containsExactly(0, 1, 2, 3, 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aStreamCutAtAnyChunkResumesThere(int arrived) {
        Transfer cut = Transfer.between(leader, follower).cutAfter(arrived).run();
        assertThat(cut.delivery().installed()).isFalse();
        assertThat(cut.installed()).isCompletedExceptionally();
        assertThat(follower.handler().lastApplied()).isEqualTo(2);

        Transfer again = Transfer.between(leader, follower).run();
        assertInstalled(again);
        assertThat(again.answers().get(0)).isEqualTo(new SnapshotAck(0, Status.REQUESTED, arrived));
        assertThat(again.sentSeqs())
                .as("chunk 0, then from where the first stream was cut")
                .containsExactlyElementsOf(IntStream.concat(IntStream.of(0), IntStream.range(arrived, CHUNKS))
                        .boxed()
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 8})
    void aStreamResumesAfterARestartOfTheReceiver(int arrived) {
        Transfer.between(leader, follower).cutAfter(arrived).begin();
        follower.restart();
        Transfer again = Transfer.between(leader, follower).run();
        assertInstalled(again);
        assertThat(again.answers().get(0)).isEqualTo(new SnapshotAck(0, Status.REQUESTED, arrived));
    }

    @Test
    void aPartialFileOfAnotherSnapshotIsNotMixedIn() {
        Transfer.between(leader, follower).cutAfter(4).run();
        fill(leader, ENTRIES + 3, 870);
        leader.snapshot();
        Transfer again = Transfer.between(leader, follower).run();
        assertThat(again.answers().get(0)).isEqualTo(new SnapshotAck(0, Status.ACCEPTED, 1));
        assertThat(follower.machine.pairs()).isEqualTo(leader.machine.pairs());
        assertThat(follower.handler().lastApplied()).isEqualTo(ENTRIES + 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 8})
    void aDamagedChunkIsAskedAgain(int damaged) {
        boolean[] done = new boolean[1];
        Transfer transfer = Transfer.between(leader, follower).onChunk((number, chunk) -> {
            boolean damage = chunk.seq() == damaged && !done[0];
            done[0] |= damage;
            return List.of(damage ? damage(chunk) : chunk);
        });
        assertInstalled(transfer.run());
        assertThat(transfer.answers()).contains(new SnapshotAck(damaged, Status.CHECKSUM_MISMATCH, damaged));
    }

    @Test
    void aChunkThatStaysDamagedEndsTheStreamAfterTheRetries() {
        Transfer transfer = Transfer.between(leader, follower)
                .onChunk((number, chunk) -> List.of(chunk.seq() == 3 ? damage(chunk) : chunk))
                .run();
        assertThat(transfer.delivery().installed()).isFalse();
        assertThat(transfer.answers().stream().filter(a -> a.status() == Status.CHECKSUM_MISMATCH))
                .hasSize(leader.options.snapshot().checksumRetriesMax());
        assertThat(transfer.answers()).contains(new SnapshotAck(3, Status.FAILED, 3));
        Transfer again = Transfer.between(leader, follower).run();
        assertThat(again.answers().get(0)).as("what arrived stays").isEqualTo(new SnapshotAck(0, Status.REQUESTED, 3));
        assertInstalled(again);
    }

    @Test
    void aRepeatedChunkIsAnsweredAndDropped() {
        Transfer transfer = Transfer.between(leader, follower).onChunk((number, chunk) -> List.of(chunk, chunk));
        assertInstalled(transfer.run());
        assertThat(transfer.answers()).hasSizeGreaterThanOrEqualTo(2 * (CHUNKS - 1) + 1);
        assertThat(transfer.answers()).noneMatch(a -> a.status() == Status.FAILED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 8})
    void aLostChunkIsSentAgain(int lost) {
        boolean[] done = new boolean[1];
        Transfer transfer = Transfer.between(leader, follower).onChunk((number, chunk) -> {
            boolean lose = chunk.seq() == lost && !done[0];
            done[0] |= lose;
            return lose ? List.of() : List.of(chunk);
        });
        assertInstalled(transfer.run());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 8})
    void aLostAnswerIsMadeUpFor(int lost) {
        Transfer transfer = Transfer.between(leader, follower)
                .onAck((number, ack) -> number == lost ? List.of() : List.of(ack))
                .run();
        assertThat(follower.handler().lastApplied()).isEqualTo(ENTRIES);
        assertThat(follower.machine.pairs()).isEqualTo(leader.machine.pairs());
        if (lost < CHUNKS - 1) {
            assertInstalled(transfer);
        }
    }

    @Test
    void chunksOutOfOrderAreAskedForInOrder() {
        List<SnapshotChunk> held = new ArrayList<>();
        Transfer transfer = Transfer.between(leader, follower).onChunk((number, chunk) -> {
            if (chunk.seq() == 2 && held.isEmpty()) {
                held.add(chunk);
                return List.of();
            }
            return chunk.seq() == 3 && number == 3 ? List.of(chunk, held.get(0)) : List.of(chunk);
        });
        assertInstalled(transfer.run());
        assertThat(transfer.answers()).contains(new SnapshotAck(3, Status.OUT_OF_ORDER, 2));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void arrivesThroughAnyMixOfLossDamageAndRepetition(long seed) {
        Random random = new Random(seed);
        for (int attempt = 0; attempt < 60 && follower.handler().lastApplied() < ENTRIES; attempt++) {
            Transfer.between(leader, follower)
                    .onChunk((number, chunk) -> switch (random.nextInt(8)) {
                        case 0 -> List.of();
                        case 1 -> List.of(damage(chunk));
                        case 2 -> List.of(chunk, chunk);
                        default -> List.of(chunk);
                    })
                    .onAck((number, ack) -> random.nextInt(8) == 0 ? List.of() : List.of(ack))
                    .run();
        }
        assertThat(follower.machine.pairs()).as("seed " + seed).isEqualTo(leader.machine.pairs());
    }

    @Test
    void theSenderGivesUpAfterSilence() {
        Transfer transfer = Transfer.between(leader, follower).cutAfter(0).begin();
        stepper.advance(Duration.ofSeconds(9));
        assertThat(transfer.deliveryFuture()).isNotDone();
        stepper.advance(Duration.ofSeconds(4));
        assertThat(transfer.delivery().installed()).isFalse();
        assertThat(transfer.delivery().reason()).contains("silence");
        assertThat(transfer.delivery().lastIncluded()).contains(new LogId(1, ENTRIES));
    }

    @Test
    void theSenderWaitsLongerForAnInstall() {
        follower.gate().stopAt(TestGate.StopAt.OFFERED);
        Transfer transfer = Transfer.between(leader, follower).begin();
        stepper.advance(Duration.ofMinutes(5));
        assertThat(transfer.deliveryFuture()).as("signs of life keep it going").isNotDone();
        assertThat(transfer.sentSeqs()).as("and nothing is sent twice").hasSize(CHUNKS);
    }

    @Test
    void aLeaderThatIsDeposedStopsSending() {
        Transfer transfer = Transfer.between(leader, follower).cutAfter(3).begin();
        leader.term = 2;
        stepper.advance(Duration.ofSeconds(5));
        assertThat(transfer.delivery().installed()).isFalse();
        assertThat(transfer.delivery().reason()).contains("term 2").contains("term 1");
    }

    @Test
    void aCancelledTransferEndsAndReleasesItsFile() {
        Transfer transfer = Transfer.between(leader, follower).cutAfter(3).begin();
        SnapshotMetadata streamed = leader.latest();
        transfer.senders().cancelAll("leadership lost");
        stepper.settle();
        assertThat(transfer.delivery())
                .isEqualTo(new SnapshotSender.Delivery(
                        follower.self, Optional.of(streamed.lastIncluded()), false, "leadership lost"));
        fill(leader, ENTRIES + 1, 10);
        leader.snapshot();
        HandlerRig.value(cleanup(leader, Long.MAX_VALUE));
        assertThat(leader.open().snapshots().all()).hasSize(1).doesNotContain(streamed);
    }

    @Test
    void theFileStaysUntilTheStreamEndsEvenAfterAResumption() {
        Transfer.between(leader, follower).cutAfter(4).run();
        boolean[] lost = new boolean[1];
        Transfer transfer = Transfer.between(leader, follower)
                .onChunk((number, chunk) -> lost[0] || number < 3 ? List.of(chunk) : List.of())
                .begin();
        SnapshotMetadata streamed = leader.latest();
        fill(leader, ENTRIES + 1, 10);
        leader.snapshot();
        HandlerRig.value(cleanup(leader, Long.MAX_VALUE));
        assertThat(leader.open().snapshots().all()).contains(streamed);
        lost[0] = true;
        stepper.advance(Duration.ofMinutes(1));
        assertThat(transfer.delivery().installed()).isTrue();
        HandlerRig.value(cleanup(leader, Long.MAX_VALUE));
        assertThat(leader.open().snapshots().all()).doesNotContain(streamed);
    }

    @Test
    void oneTransferToAPeerAtATime() {
        Transfer transfer = Transfer.between(leader, follower).cutAfter(2).begin();
        assertThat(HandlerRig.failure(transfer.senders().send(follower.self, 1)))
                .isInstanceOf(OverloadedException.class);
        transfer.senders().cancelAll("enough");
        stepper.settle();
        assertThat(transfer.senders().send(follower.self, 1)).isNotDone();
    }

    @Test
    void answersToAnotherStreamAreDropped() {
        Transfer transfer = Transfer.between(leader, follower).cutAfter(0).begin();
        transfer.senders().acked(follower.self, new PeerMessage.Ack(12345, 1, new SnapshotAck(0, Status.FAILED, 0)));
        stepper.settle();
        assertThat(transfer.deliveryFuture()).isNotDone();
    }

    @Test
    void progressIsObservable() {
        leader.options = limited(8192);
        Transfer transfer = Transfer.between(leader, follower).begin();
        stepper.advance(Duration.ofMillis(2100));
        SnapshotMetadata metadata = leader.latest();
        assertThat(transfer.senders().progress()).singleElement().satisfies(progress -> {
            assertThat(progress.to()).isEqualTo(follower.self);
            assertThat(progress.lastIncluded()).isEqualTo(metadata.lastIncluded());
            assertThat(progress.bytesTotal()).isEqualTo(metadata.sizeBytes());
            assertThat(progress.bytesDone()).isEqualTo(5 * 4096L);
            assertThat(progress.bytesPerSecond()).isBetween(8000L, 11_000L);
        });
        stepper.advance(Duration.ofSeconds(10));
        assertThat(transfer.senders().progress()).isEmpty();
    }

    @Test
    void theBandwidthLimitHolds() {
        leader.options = limited(4096);
        Transfer transfer = Transfer.between(leader, follower).begin();
        for (int second = 1; second < CHUNKS; second++) {
            assertThat(transfer.sent()).hasSize(second);
            stepper.advance(Duration.ofSeconds(1));
        }
        assertThat(transfer.deliveryFuture()).isDone();
        assertThat(transfer.delivery().installed()).isTrue();
    }

    @Test
    void aSlowLimitIsNotTakenForSilenceOfThePeer() {
        leader.options = limited(4096 / 4);
        Transfer transfer = Transfer.between(leader, follower).run();
        assertInstalled(transfer);
        assertThat(transfer.sentSeqs()).as("nothing twice").hasSize(CHUNKS);
    }

    @Test
    void aLimitThatWouldBeTakenForSilenceOfTheSenderIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SnapshotConfig(1 << 20, Duration.ofSeconds(10), 3, 4, 200_000))
                .withMessageContaining("transferBytesPerSecondMax");
        assertThat(new SnapshotConfig(1 << 20, Duration.ofSeconds(10), 3, 4, 300_000).windowChunks())
                .isEqualTo(4);
    }

    @Test
    void withoutASnapshotThereIsNothingToSend() {
        HandlerRig empty = new HandlerRig(stepper, HandlerRig.LEADER).start();
        Transfer transfer = Transfer.between(empty, follower).run();
        assertThat(transfer.delivery().installed()).isFalse();
        assertThat(transfer.delivery().lastIncluded()).isEmpty();
    }

    @Test
    void anEmptyStateIsOneEmptyChunkAndArrivesToo() {
        HandlerRig bare = new HandlerRig(stepper, HandlerRig.LEADER).start();
        bare.append(EntryKind.NO_OP, Bytes.EMPTY);
        bare.append(EntryKind.NO_OP, Bytes.EMPTY);
        bare.append(EntryKind.NO_OP, Bytes.EMPTY);
        bare.applyCommitted();
        bare.snapshot();
        Transfer transfer = Transfer.between(bare, follower).run();
        assertThat(transfer.delivery().installed()).isTrue();
        assertThat(follower.machine.pairs()).isEmpty();
        assertThat(follower.handler().lastApplied()).isEqualTo(3);
    }

    private static HandlerOptions limited(long bytesPerSecond) {
        HandlerOptions base = HandlerRig.OPTIONS;
        return new HandlerOptions(
                base.waitersMax(),
                base.snapshotsRetained(),
                base.retainedEntries(),
                base.checkpointDigestsMax(),
                base.sessionAnswersBytesMax(),
                new SnapshotConfig(4096, Duration.ofSeconds(10), 3, 4, bytesPerSecond));
    }

    private static CompletableFuture<Void> cleanup(HandlerRig rig, long before) {
        var result = rig.handler()
                .cleanupSnapshot(
                        before,
                        rig.open().snapshots().directory(),
                        rig.open().snapshots().prefix());
        rig.stepper.settle();
        return result;
    }

    /** Values of this size in every key. */
    private static void fill(HandlerRig rig, long through, int valueBytes) {
        while (rig.open().log().last().index() < through) {
            long index = rig.open().log().last().index() + 1;
            String value = (index + "-").repeat(valueBytes).substring(0, valueBytes);
            rig.append(RegisterMachine.put("k" + index, value));
        }
        rig.applyCommitted();
    }

    static SnapshotChunk damage(SnapshotChunk chunk) {
        byte[] data = chunk.data().toByteArray();
        if (data.length > 0) {
            data[data.length / 2] ^= 1;
        }
        return new SnapshotChunk(
                chunk.leaderTerm(),
                chunk.leaderId(),
                chunk.seq(),
                chunk.totalChunks(),
                chunk.crc32c(),
                chunk.metadata(),
                Bytes.wrap(data));
    }

    private void assertInstalled(Transfer transfer) {
        assertThat(transfer.delivery().reason()).isEqualTo("installed");
        assertThat(transfer.delivery().installed()).isTrue();
        assertThat(transfer.installed()).isCompleted();
        assertThat(follower.machine.pairs()).isEqualTo(leader.machine.pairs());
        assertThat(follower.handler().lastApplied()).isEqualTo(ENTRIES);
        assertThat(follower.open().log().purged()).isEqualTo(new LogId(1, ENTRIES));
        assertThat(follower.latest()).isEqualTo(leader.latest());
    }
}
