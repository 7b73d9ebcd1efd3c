package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.SnapshotAck;
import dev.quorate.spi.SnapshotAck.Status;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.TransferFailedException;
import dev.quorate.testkit.FaultyStateMachine;
import dev.quorate.testkit.RegisterMachine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link StateMachineHandler#applySnapshotStreamFromLeader}, chunk by chunk; see also {@link SnapshotTransferTest}. */
final class ApplySnapshotStreamFromLeaderTest {
    private final Stepper stepper = new Stepper();
    private final HandlerRig leader = new HandlerRig(stepper, HandlerRig.LEADER);
    private final HandlerRig follower = new HandlerRig(stepper, HandlerRig.SELF);
    private final List<SnapshotAck> acks = new ArrayList<>();
    private final List<SnapshotChunk> chunks = new ArrayList<>();
    private ChunkPipe pipe = new ChunkPipe(HandlerRig.LEADER);
    private CompletableFuture<Void> result = new CompletableFuture<>();

    @BeforeEach
    void aSnapshotInFourChunks() {
        leader.term = 3;
        leader.start();
        leader.append(EntryKind.MEMBERSHIP, MembershipFormat.encode(Membership.ofVoters(HandlerRig.LEADER)));
        for (int i = 2; i <= 16; i++) {
            leader.append(RegisterMachine.put("k" + i, "x".repeat(950)));
        }
        leader.applyCommitted();
        leader.snapshot();
        for (int seq = 0; seq < leader.latest().totalChunks(); seq++) {
            CompletableFuture<SnapshotChunk> chunk = leader.handler().loadSnapshotChunk(leader.latest(), seq);
            stepper.settle();
            chunks.add(HandlerRig.value(chunk));
        }
        assertThat(chunks).hasSize(4);
        follower.term = 3;
        follower.start().writeThrough(2);
        open();
    }

    @Test
    void afterwardsLastAppliedPendingMembershipAndLogAgreeWithTheSnapshot() {
        give(0, 1, 2, 3);
        assertThat(result).isCompleted();
        LogId at = leader.latest().lastIncluded();
        assertThat(follower.handler().lastApplied()).isEqualTo(at.index());
        assertThat(follower.handler().pendingRange()).isEmpty();
        assertThat(follower.open().log().purged()).isEqualTo(at);
        assertThat(follower.open().log().last()).isEqualTo(at);
        assertThat(follower.machine.pairs()).isEqualTo(leader.machine.pairs());
        assertThat(follower.machine.digest()).isEqualTo(leader.machine.digest());
        follower.term = 3;
        follower.writeThrough(at.index() + 1);
        assertThat(follower.snapshot().metadata().membership()).isEqualTo(Membership.ofVoters(HandlerRig.LEADER));
    }

    @Test
    void everyChunkGetsAnAnswer() {
        give(0, 1, 2, 3);
        assertThat(acks)
                .containsExactly(
                        new SnapshotAck(0, Status.ACCEPTED, 1),
                        new SnapshotAck(1, Status.ACCEPTED, 2),
                        new SnapshotAck(2, Status.ACCEPTED, 3),
                        new SnapshotAck(3, Status.ACCEPTED, 4));
    }

    @Test
    void aStaleLeaderIsRefusedAndNothingIsWritten() {
        follower.term = 4;
        open();
        give(0);
        assertThat(acks).containsExactly(new SnapshotAck(0, Status.FAILED, 0));
        assertThat(HandlerRig.failure(result)).isInstanceOf(TransferFailedException.class);
        assertNothingWritten();
    }

    @Test
    void aLeaderThatBecomesStaleInMidStreamIsRefused() {
        give(0, 1, 2);
        follower.term = 4;
        give(3);
        assertThat(lastAck()).isEqualTo(new SnapshotAck(3, Status.FAILED, 3));
        assertThat(HandlerRig.failure(result)).isInstanceOf(TransferFailedException.class);
        assertThat(follower.handler().lastApplied()).isEqualTo(2);
        assertThat(follower.handler().getLatestSnapshotMetadata()).isEmpty();
    }

    @Test
    void aHigherTermInMidStreamStopsIt() {
        give(0, 1);
        put(stamped(chunks.get(2), 4, HandlerRig.LEADER));
        assertThat(lastAck()).isEqualTo(new SnapshotAck(2, Status.OUT_OF_ORDER, 2));
        assertThat(HandlerRig.failure(result)).isInstanceOf(TransferFailedException.class);
        give(2);
        assertThat(acks).as("the stream is over").hasSize(3);
    }

    @Test
    void anotherLeaderInMidStreamStopsIt() {
        give(0, 1);
        put(stamped(chunks.get(2), 3, NodeId.of(3)));
        assertThat(lastAck()).isEqualTo(new SnapshotAck(2, Status.OUT_OF_ORDER, 2));
        assertThat(HandlerRig.failure(result)).isInstanceOf(TransferFailedException.class);
    }

    @Test
    void whatArrivedBeforeAChangeOfLeaderIsResumedByTheNewOne() {
        give(0, 1);
        pipe.close();
        stepper.settle();
        assertThat(HandlerRig.failure(result)).isInstanceOf(TransferFailedException.class);
        pipe = new ChunkPipe(NodeId.of(3));
        open(pipe);
        put(stamped(chunks.get(0), 4, NodeId.of(3)));
        assertThat(acks).containsExactly(new SnapshotAck(0, Status.REQUESTED, 2));
        put(stamped(chunks.get(2), 4, NodeId.of(3)));
        put(stamped(chunks.get(3), 4, NodeId.of(3)));
        assertThat(result).isCompleted();
        assertThat(follower.machine.pairs()).isEqualTo(leader.machine.pairs());
    }

    @Test
    void aNewStreamTakesOverFromOneThatHangs() {
        give(0, 1);
        CompletableFuture<Void> hanging = result;
        pipe = new ChunkPipe(HandlerRig.LEADER);
        open(pipe);
        give(0);
        assertThat(HandlerRig.failure(hanging)).isInstanceOf(TransferFailedException.class);
        assertThat(lastAck()).isEqualTo(new SnapshotAck(0, Status.REQUESTED, 2));
        give(2, 3);
        assertThat(result).isCompleted();
    }

    @Test
    void aStaleLeadersStreamDoesNotTakeOver() {
        give(0, 1);
        CompletableFuture<Void> good = result;
        ChunkPipe goodPipe = pipe;
        pipe = new ChunkPipe(NodeId.of(3));
        open(pipe);
        put(stamped(chunks.get(0), 2, NodeId.of(3)));
        assertThat(result).isCompletedExceptionally();
        pipe = goodPipe;
        give(2, 3);
        assertThat(good).isCompleted();
    }

    @Test
    void duringAnInstallAnotherStreamIsRefused() {
        follower.gate().stopAt(TestGate.StopAt.OFFERED);
        give(0, 1, 2, 3);
        open(new ChunkPipe(HandlerRig.LEADER));
        pipe = new ChunkPipe(HandlerRig.LEADER);
        open(pipe);
        give(0);
        assertThat(lastAck()).isEqualTo(new SnapshotAck(0, Status.FAILED, 0));
        assertThat(HandlerRig.failure(result)).hasMessageContaining("being installed");
    }

    @Test
    void aStreamThatBeginsInTheMiddleIsAskedToBeginAtTheBeginning() {
        put(withoutMetadata(chunks.get(2)));
        assertThat(acks).containsExactly(new SnapshotAck(2, Status.OUT_OF_ORDER, 0));
        assertThat(result).isNotDone();
        give(0, 1, 2, 3);
        assertThat(result).isCompleted();
    }

    @Test
    void aFirstChunkThatSaysWhatItIsButIsNotTheNextIsOutOfOrder() {
        give(2);
        assertThat(acks).containsExactly(new SnapshotAck(2, Status.OUT_OF_ORDER, 0));
        give(0, 1, 2, 3);
        assertThat(result).isCompleted();
    }

    @Test
    void aSnapshotThatIsNotAheadIsAcceptedAndIgnored() {
        follower.writeThrough(16);
        give(0);
        assertThat(acks).containsExactly(new SnapshotAck(0, Status.ACCEPTED, 4));
        assertThat(result).isCompleted();
        assertThat(follower.machine.value("k16")).as("still its own state").contains("v16");
        assertNothingWritten();
    }

    @Test
    void aDamagedChunkIsAskedAgainAndNotWritten() {
        give(0);
        put(SnapshotTransferTest.damage(chunks.get(1)));
        assertThat(lastAck()).isEqualTo(new SnapshotAck(1, Status.CHECKSUM_MISMATCH, 1));
        give(1, 2, 3);
        assertThat(result).isCompleted();
    }

    @Test
    void aDamagedFirstChunkDoesNotTouchThePartialFile() {
        give(0, 1);
        pipe.close();
        stepper.settle();
        open();
        put(SnapshotTransferTest.damage(chunks.get(0)));
        assertThat(acks).containsExactly(new SnapshotAck(0, Status.CHECKSUM_MISMATCH, 0));
        give(0);
        assertThat(lastAck()).isEqualTo(new SnapshotAck(0, Status.REQUESTED, 2));
    }

    @Test
    void checksumRetriesAreBoundedForEachChunk() {
        give(0);
        for (int i = 0; i < follower.options.snapshot().checksumRetriesMax(); i++) {
            put(SnapshotTransferTest.damage(chunks.get(1)));
            assertThat(lastAck().status()).isEqualTo(Status.CHECKSUM_MISMATCH);
        }
        give(1);
        for (int i = 0; i < follower.options.snapshot().checksumRetriesMax(); i++) {
            put(SnapshotTransferTest.damage(chunks.get(2)));
            assertThat(lastAck().status()).isEqualTo(Status.CHECKSUM_MISMATCH);
        }
        put(SnapshotTransferTest.damage(chunks.get(2)));
        assertThat(lastAck()).isEqualTo(new SnapshotAck(2, Status.FAILED, 2));
        assertThat(HandlerRig.failure(result)).isInstanceOf(TransferFailedException.class);
    }

    @Test
    void duplicatesAreAcknowledgedAndDropped() {
        give(0, 1, 1, 0, 2, 3);
        assertThat(acks.subList(2, 4))
                .containsExactly(new SnapshotAck(1, Status.ACCEPTED, 2), new SnapshotAck(0, Status.ACCEPTED, 2));
        assertThat(result).isCompleted();
        assertThat(follower.machine.pairs()).isEqualTo(leader.machine.pairs());
    }

    @Test
    void aGapIsOutOfOrder() {
        give(0, 2, 3, 1, 2, 3);
        assertThat(acks.subList(1, 3))
                .containsExactly(
                        new SnapshotAck(2, Status.OUT_OF_ORDER, 1), new SnapshotAck(3, Status.OUT_OF_ORDER, 1));
        assertThat(result).isCompleted();
    }

    @Test
    void silenceEndsTheStreamAndKeepsWhatArrived() {
        give(0, 1);
        stepper.advance(Duration.ofMillis(9_999));
        assertThat(result).isNotDone();
        stepper.advance(Duration.ofMillis(1));
        assertThat(lastAck()).isEqualTo(new SnapshotAck(2, Status.FAILED, 2));
        assertThat(HandlerRig.failure(result)).isInstanceOf(TransferFailedException.class);
        open();
        give(0);
        assertThat(acks).containsExactly(new SnapshotAck(0, Status.REQUESTED, 2));
    }

    @Test
    void aStreamOnWhichNothingEverComesEndsToo() {
        stepper.advance(Duration.ofSeconds(10));
        assertThat(HandlerRig.failure(result)).isInstanceOf(TransferFailedException.class);
        assertThat(follower.bulk.alarms()).isZero();
    }

    @Test
    void eachChunkBeginsTheSilenceAnew() {
        for (int seq = 0; seq < 3; seq++) {
            stepper.advance(Duration.ofSeconds(9));
            give(seq);
        }
        assertThat(result).isNotDone();
    }

    @Test
    void aBrokenConnectionEndsTheStreamAtOnce() {
        give(0);
        pipe.close();
        stepper.settle();
        assertThat(HandlerRig.failure(result)).isInstanceOf(TransferFailedException.class);
    }

    @Test
    void aBrokenConnectionDoesNotEndAnInstall() {
        follower.gate().stopAt(TestGate.StopAt.OFFERED);
        give(0, 1, 2, 3);
        pipe.close();
        stepper.settle();
        assertThat(result).isNotDone();
    }

    @Test
    void aFileThatIsNotTheOneItShouldBeIsDeletedAndNotInstalled() {
        SnapshotChunk forged = chunks.get(2);
        byte[] data = forged.data().toByteArray();
        data[7] ^= 1;
        Bytes other = Bytes.wrap(data);
        give(0, 1);
        put(new SnapshotChunk(
                forged.leaderTerm(), forged.leaderId(), 2, 4, SnapshotLoader.crc32c(other), forged.metadata(), other));
        give(3);
        assertThat(HandlerRig.failure(result)).isInstanceOf(CorruptSnapshotException.class);
        assertThat(lastAck().status()).isEqualTo(Status.FAILED);
        assertThat(follower.handler().lastApplied()).isEqualTo(2);
        assertThat(follower.machine.value("k2")).contains("v2");
        open();
        give(0);
        assertThat(acks).as("from the beginning").containsExactly(new SnapshotAck(0, Status.ACCEPTED, 1));
    }

    @Test
    void aChunkOfTheWrongSizeOrCountIsNotOurs() {
        give(0);
        SnapshotChunk short1 = chunks.get(1);
        Bytes cut = short1.data().slice(0, 100);
        put(new SnapshotChunk(3, HandlerRig.LEADER, 1, 4, SnapshotLoader.crc32c(cut), Optional.empty(), cut));
        assertThat(HandlerRig.failure(result)).isInstanceOf(InvalidRequestException.class);
        assertThat(lastAck()).isEqualTo(new SnapshotAck(1, Status.FAILED, 1));
    }

    @Test
    void theCoreDecidesWhetherItIsStillWanted() {
        follower.gate().wanted(false);
        give(0, 1, 2, 3);
        assertThat(follower.gate().offers()).isEqualTo(1);
        assertThat(result).isCompleted();
        assertThat(lastAck()).isEqualTo(new SnapshotAck(3, Status.ACCEPTED, 4));
        assertThat(follower.machine.value("k2")).as("not restored").contains("v2");
        assertThat(follower.handler().lastApplied()).isEqualTo(2);
    }

    @Test
    void theLastChunkIsAnsweredOnlyWhenTheSnapshotIsInstalled() {
        follower.gate().stopAt(TestGate.StopAt.RESTORED);
        give(0, 1, 2, 3);
        assertThat(acks).hasSize(3);
        stepper.advance(Duration.ofSeconds(5));
        assertThat(acks.subList(3, acks.size()))
                .as("signs of life")
                .isNotEmpty()
                .containsOnly(new SnapshotAck(3, Status.ACCEPTED, 3));
        give(3);
        assertThat(lastAck()).as("a repeated chunk").isEqualTo(new SnapshotAck(3, Status.ACCEPTED, 3));
    }

    @Test
    void aFailedRestoreHaltsTheNode() {
        follower.around = machine -> FaultyStateMachine.around(machine).failingRestore();
        follower.crash();
        follower.start();
        open();
        give(0, 1, 2, 3);
        assertThat(HandlerRig.failure(result)).isInstanceOf(NodeHaltedException.class);
        assertThat(follower.events.halts).hasSize(1);
        assertThat(lastAck().status()).isEqualTo(Status.FAILED);
        assertThat(HandlerRig.failure(follower.applyChunk(List.of()))).isInstanceOf(NodeHaltedException.class);
    }

    @Test
    void aRestoreToAnotherStateThanTheFrozenOneHaltsTheNode() {
        follower.around = machine -> new Watching(machine) {
            @Override
            public Optional<Bytes> digest() {
                return Optional.of(Bytes.utf8("always the same"));
            }
        };
        follower.crash();
        follower.start();
        open();
        give(0, 1, 2, 3);
        assertThat(HandlerRig.failure(result))
                .isInstanceOf(NodeHaltedException.class)
                .hasMessageContaining("not the one that was frozen");
        assertThat(follower.handler().lastApplied()).isZero();
    }

    @Test
    void anInstallEndsAQuarantine() throws IOException {
        follower.open().quarantine("differs");
        follower.restart();
        open();
        give(0, 1, 2, 3);
        assertThat(follower.handler().quarantine()).isEmpty();
        assertThat(follower.open().quarantine()).isEmpty();
        assertThat(follower.handler().readFromStateMachine(List.of(Bytes.utf8("k2"))))
                .isPresent();
    }

    @Test
    void aStopEndsTheStreamAndKeepsWhatArrived() {
        give(0, 1);
        follower.handler().stop();
        stepper.settle();
        assertThat(HandlerRig.failure(result)).isInstanceOf(NodeStoppedException.class);
        follower.restart();
        open();
        give(0);
        assertThat(acks).containsExactly(new SnapshotAck(0, Status.REQUESTED, 2));
        follower.handler().stop();
        open();
        stepper.settle();
        assertThat(HandlerRig.failure(result)).isInstanceOf(NodeStoppedException.class);
    }

    @Test
    void nothingOfItRunsOnTheCallersThread() {
        acks.clear();
        pipe.put(chunks.get(0));
        assertThat(acks).isEmpty();
        assertThat(follower.bulk.step()).isTrue();
        assertThat(acks).hasSize(1);
    }

    @Test
    void aSnapshotAlreadyCompleteOnDiskIsInstalledWithoutAnotherByte() {
        give(0, 1, 2);
        pipe.close();
        stepper.settle();
        completePartialFile();
        open();
        give(0);
        assertThat(acks).containsExactly(new SnapshotAck(0, Status.ACCEPTED, 4));
        assertThat(result).isCompleted();
        assertThat(follower.machine.pairs()).isEqualTo(leader.machine.pairs());
    }

    private void completePartialFile() {
        try (var partial = follower.open().snapshots().receive(leader.latest())) {
            partial.add(chunks.get(3).data());
            assertThat(partial.nextSeq()).isEqualTo(4);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void open() {
        pipe = new ChunkPipe(HandlerRig.LEADER);
        open(pipe);
    }

    private void open(ChunkPipe chunkPipe) {
        acks.clear();
        result = follower.handler()
                .applySnapshotStreamFromLeader(follower.term, chunkPipe, acks::add, follower.options.snapshot());
        stepper.settle();
    }

    private void give(int... seqs) {
        for (int seq : seqs) {
            put(chunks.get(seq));
        }
    }

    private void put(SnapshotChunk chunk) {
        pipe.put(chunk);
        stepper.settle();
    }

    private SnapshotAck lastAck() {
        return acks.get(acks.size() - 1);
    }

    private static SnapshotChunk stamped(SnapshotChunk chunk, long term, NodeId leaderId) {
        return new SnapshotChunk(
                term, leaderId, chunk.seq(), chunk.totalChunks(), chunk.crc32c(), chunk.metadata(), chunk.data());
    }

    private static SnapshotChunk withoutMetadata(SnapshotChunk chunk) {
        return new SnapshotChunk(
                chunk.leaderTerm(),
                chunk.leaderId(),
                chunk.seq(),
                chunk.totalChunks(),
                chunk.crc32c(),
                Optional.empty(),
                chunk.data());
    }

    private void assertNothingWritten() {
        SnapshotMetadata metadata = leader.latest();
        try (var partial = follower.open().snapshots().receive(metadata)) {
            assertThat(partial.nextSeq()).isZero();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThat(follower.handler().getLatestSnapshotMetadata()).isEmpty();
    }
}
