package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.ChunkOutOfRangeException;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotNotFoundException;
import dev.quorate.testkit.RegisterMachine;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link StateMachineHandler#loadSnapshotChunk}. */
final class LoadSnapshotChunkTest {
    private final HandlerRig rig = HandlerRig.started();

    @BeforeEach
    void aSnapshotOfSeveralChunks() {
        for (int i = 1; i <= 20; i++) {
            rig.append(RegisterMachine.put("k" + i, (i + "-").repeat(500)));
        }
        rig.applyCommitted();
        rig.snapshot();
    }

    @Test
    void isThatChunkOfTheFile() throws IOException {
        SnapshotMetadata metadata = rig.latest();
        try (var file = rig.open().snapshots().open(metadata)) {
            Bytes content = Bytes.wrap(file.content().readAllBytes());
            for (int seq = metadata.totalChunks() - 1; seq >= 0; seq--) {
                SnapshotChunk chunk = HandlerRig.value(load(metadata, seq));
                int from = seq * metadata.chunkBytes();
                assertThat(chunk.data()).isEqualTo(content.slice(from, from + metadata.chunkLength(seq)));
                assertThat(chunk.seq()).isEqualTo(seq);
                assertThat(chunk.crc32c()).isEqualTo(SnapshotLoader.crc32c(chunk.data()));
            }
        }
    }

    @Test
    void standsAloneAndSaysWhatItIsAPartOf() {
        rig.term = 5;
        SnapshotChunk chunk = HandlerRig.value(load(rig.latest(), 3));
        assertThat(chunk.metadata()).contains(rig.latest());
        assertThat(chunk.totalChunks()).isEqualTo(rig.latest().totalChunks());
        assertThat(chunk.leaderTerm()).isEqualTo(5);
        assertThat(chunk.leaderId()).isEqualTo(rig.self);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, Integer.MAX_VALUE})
    void aNumberOutsideIsOutOfRange(int beyond) {
        int total = rig.latest().totalChunks();
        int seq = beyond < 0 ? beyond : beyond == Integer.MAX_VALUE ? beyond : total + beyond;
        assertThat(HandlerRig.failure(load(rig.latest(), seq)))
                .isInstanceOfSatisfying(ChunkOutOfRangeException.class, e -> {
                    assertThat(e.seq()).isEqualTo(seq);
                    assertThat(e.totalChunks()).isEqualTo(total);
                });
    }

    @Test
    void anUnknownOrTornSnapshotIsToldApart() {
        SnapshotMetadata first = rig.latest();
        rig.storage.snapshots().damage(first);
        assertThat(HandlerRig.failure(load(first, 1))).isInstanceOf(CorruptSnapshotException.class);
        HandlerRig other = HandlerRig.started();
        CompletableFuture<SnapshotChunk> result = other.handler().loadSnapshotChunk(first, 1);
        other.stepper.settle();
        assertThat(HandlerRig.failure(result)).isInstanceOf(SnapshotNotFoundException.class);
    }

    @Test
    void leavesTheFileFreeToBeCleanedUp() {
        SnapshotMetadata first = rig.latest();
        HandlerRig.value(load(first, 1));
        rig.writeThrough(21);
        rig.snapshot();
        rig.writeThrough(22);
        rig.snapshot();
        assertThat(rig.open().snapshots().all()).doesNotContain(first);
    }

    @Test
    void aStateThatDiffersFromTheClustersIsNotPassedOn() throws IOException {
        rig.open().quarantine("differs");
        rig.restart();
        assertThat(HandlerRig.failure(load(rig.latest(), 0))).isInstanceOf(ReadUnavailableException.class);
    }

    private CompletableFuture<SnapshotChunk> load(SnapshotMetadata metadata, int seq) {
        CompletableFuture<SnapshotChunk> result = rig.handler().loadSnapshotChunk(metadata, seq);
        rig.stepper.settle();
        return result;
    }
}
