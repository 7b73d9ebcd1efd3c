package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotNotFoundException;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.testkit.RegisterMachine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link StateMachineHandler#loadSnapshotData}. */
final class LoadSnapshotDataTest {
    private final HandlerRig rig = HandlerRig.started();
    private final TakingSubscriber reader = new TakingSubscriber();

    @BeforeEach
    void aSnapshotOfSeveralChunks() {
        for (int i = 1; i <= 20; i++) {
            rig.append(RegisterMachine.put("k" + i, (i + "-").repeat(500)));
        }
        rig.applyCommitted();
        assertThat(rig.snapshot().metadata().totalChunks()).isGreaterThan(4);
    }

    @Test
    void isTheWholeFileInOrder() throws IOException {
        subscribe();
        demand(1000);
        SnapshotMetadata metadata = rig.latest();
        assertThat(reader.seqs())
                .containsExactlyElementsOf(
                        IntStream.range(0, metadata.totalChunks()).boxed().toList());
        assertThat(reader.completed).isTrue();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (SnapshotChunk chunk : reader.chunks) {
            assertThat(chunk.crc32c()).isEqualTo(SnapshotLoader.crc32c(chunk.data()));
            assertThat(chunk.totalChunks()).isEqualTo(metadata.totalChunks());
            chunk.data().writeTo(all);
        }
        try (SnapshotStore.Reader file = rig.open().snapshots().open(metadata)) {
            assertThat(all.toByteArray()).isEqualTo(file.content().readAllBytes());
        }
    }

    @Test
    void carriesTheMetadataInChunkZero() {
        subscribe();
        demand(1000);
        assertThat(reader.chunks.get(0).metadata()).contains(rig.latest());
        assertThat(reader.chunks.subList(1, reader.chunks.size()))
                .allMatch(chunk -> chunk.metadata().isEmpty());
    }

    @Test
    void carriesTheTermOfTheSenderAndNotOfTheSnapshot() {
        rig.term = 6;
        subscribe();
        demand(2);
        assertThat(rig.latest().lastIncluded().term()).isEqualTo(1);
        assertThat(reader.chunks).allMatch(chunk -> chunk.leaderTerm() == 6);
        assertThat(reader.chunks).allMatch(chunk -> chunk.leaderId().equals(rig.self));
    }

    @Test
    void readsOnlyWhatIsDemanded() {
        subscribe();
        assertThat(reader.chunks).isEmpty();
        demand(2);
        assertThat(reader.seqs()).containsExactly(0, 1);
        demand(1);
        assertThat(reader.seqs()).containsExactly(0, 1, 2);
        assertThat(reader.completed).isFalse();
    }

    @Test
    void demandAddsUpWithoutOverflow() {
        subscribe();
        reader.subscription().request(Long.MAX_VALUE);
        reader.subscription().request(Long.MAX_VALUE);
        rig.stepper.settle();
        assertThat(reader.completed).isTrue();
    }

    @Test
    void aDemandBelowOneIsAnError() {
        subscribe();
        demand(0);
        assertThat(reader.failures).singleElement().isInstanceOf(IllegalArgumentException.class);
        demand(1);
        assertThat(reader.chunks).isEmpty();
    }

    @Test
    void aCancelEndsIt() {
        subscribe();
        reader.subscription().request(1000);
        rig.bulk.step();
        reader.subscription().cancel();
        rig.stepper.settle();
        assertThat(reader.seqs()).containsExactly(0);
        assertThat(reader.completed).isFalse();
        assertThat(reader.failures).isEmpty();
    }

    @Test
    void everySubscriberGetsAllOfIt() {
        TakingSubscriber other = new TakingSubscriber();
        CompletableFuture<Flow.Publisher<SnapshotChunk>> data = rig.handler().loadSnapshotData(rig.latest());
        rig.stepper.settle();
        for (TakingSubscriber each : List.of(reader, other)) {
            HandlerRig.value(data).subscribe(each);
            rig.stepper.settle();
            each.subscription().request(1000);
        }
        rig.stepper.settle();
        assertThat(other.seqs()).isEqualTo(reader.seqs()).isNotEmpty();
    }

    @Test
    void anUnknownSnapshotIsNotFound() {
        SnapshotMetadata known = rig.latest();
        SnapshotMetadata unknown = new SnapshotMetadata(
                new LogId(9, 99),
                0,
                known.membership(),
                Bytes.EMPTY,
                known.sizeBytes(),
                known.chunkBytes(),
                known.checksum());
        CompletableFuture<Flow.Publisher<SnapshotChunk>> data = rig.handler().loadSnapshotData(unknown);
        rig.stepper.settle();
        assertThat(HandlerRig.failure(data)).isInstanceOf(SnapshotNotFoundException.class);
    }

    @Test
    void aTornSnapshotIsCorrupt() {
        SnapshotMetadata torn = rig.latest();
        rig.storage.snapshots().damage(torn);
        CompletableFuture<Flow.Publisher<SnapshotChunk>> data = rig.handler().loadSnapshotData(torn);
        rig.stepper.settle();
        assertThat(HandlerRig.failure(data)).isInstanceOf(CorruptSnapshotException.class);
    }

    @Test
    void aSnapshotThatIsGoneByTheTimeOfTheSubscriptionIsAnErrorOfTheStream() {
        SnapshotMetadata known = rig.latest();
        CompletableFuture<Flow.Publisher<SnapshotChunk>> data = rig.handler().loadSnapshotData(known);
        rig.stepper.settle();
        rig.storage.snapshots().damage(known);
        HandlerRig.value(data).subscribe(reader);
        rig.stepper.settle();
        assertThat(reader.subscription()).isNotNull();
        assertThat(reader.failures).singleElement().isInstanceOf(CorruptSnapshotException.class);
    }

    @Test
    void aStateThatDiffersFromTheClustersIsNotPassedOn() throws IOException {
        rig.open().quarantine("differs");
        rig.restart();
        CompletableFuture<Flow.Publisher<SnapshotChunk>> data = rig.handler().loadSnapshotData(rig.latest());
        rig.stepper.settle();
        assertThat(HandlerRig.failure(data)).isInstanceOf(ReadUnavailableException.class);
    }

    private void subscribe() {
        CompletableFuture<Flow.Publisher<SnapshotChunk>> data = rig.handler().loadSnapshotData(rig.latest());
        rig.stepper.settle();
        HandlerRig.value(data).subscribe(reader);
        rig.stepper.settle();
    }

    private void demand(long chunks) {
        reader.subscription().request(chunks);
        rig.stepper.settle();
    }
}
