package dev.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.ChunkOutOfRangeException;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotNotFoundException;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.spi.SnapshotStore.Partial;
import dev.quorate.spi.SnapshotStore.Reader;
import dev.quorate.spi.SnapshotStore.Writer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link SnapshotStore} must do, one test a sentence of its contract. */
public abstract class SnapshotStoreContract {
    /** The chunk size of the snapshots in these tests. */
    protected static final int CHUNK_BYTES = 1000;

    /** A membership with everything in it. */
    protected static final Membership MEMBERSHIP = membership();

    private @Nullable SnapshotStore opened;

    /** For subclasses. */
    protected SnapshotStoreContract() {}

    /** Opens the store at the place of this test; it is empty the first time. The one opened before was closed. */
    protected abstract SnapshotStore open() throws IOException;

    @BeforeEach
    void openFirst() throws IOException {
        opened = open();
    }

    @AfterEach
    void closeLast() throws IOException {
        store().close();
    }

    @Test
    public void emptyStoreHasNoSnapshots() {
        assertThat(store().latest()).isEmpty();
        assertThat(store().all()).isEmpty();
    }

    @Test
    public void metadataSaysWhatWasWritten() throws Exception {
        Bytes content = content(2500);
        SnapshotMetadata metadata = write(5, content);
        assertThat(metadata.lastIncluded()).isEqualTo(new LogId(2, 5));
        assertThat(metadata.timeMillis()).isEqualTo(77);
        assertThat(metadata.membership()).isEqualTo(MEMBERSHIP);
        assertThat(metadata.stateDigest()).isEqualTo(Bytes.utf8("digest"));
        assertThat(metadata.sizeBytes()).isEqualTo(2500);
        assertThat(metadata.chunkBytes()).isEqualTo(CHUNK_BYTES);
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(content.toByteArray());
        assertThat(metadata.checksum()).isEqualTo(Bytes.wrap(sha256));
    }

    @Test
    public void committedSnapshotIsTheLatest() throws IOException {
        SnapshotMetadata metadata = write(5, content(10));
        assertThat(store().latest()).contains(metadata);
        assertThat(store().all()).containsExactly(metadata);
    }

    @Test
    public void latestIsTheOneOfTheHighestIndex() throws IOException {
        SnapshotMetadata nine = write(9, content(10));
        SnapshotMetadata five = write(5, content(10));
        SnapshotMetadata seven = write(7, content(10));
        assertThat(store().latest()).contains(nine);
        assertThat(store().all()).containsExactly(five, seven, nine);
    }

    @Test
    public void snapshotsAreThereAfterReopening() throws IOException {
        SnapshotMetadata five = write(5, content(10));
        SnapshotMetadata nine = write(9, content(3000));
        reopen();
        assertThat(store().all()).containsExactly(five, nine);
        assertThat(readAll(nine)).isEqualTo(content(3000));
    }

    @Test
    public void uncommittedSnapshotDoesNotCount() throws IOException {
        try (Writer writer = begin(5)) {
            content(10).writeTo(writer.content());
            assertThat(store().all()).isEmpty();
        }
        assertThat(store().all()).isEmpty();
        reopen();
        assertThat(store().all()).isEmpty();
    }

    @Test
    public void snapshotOfTheSamePositionCanBeWrittenAgain() throws IOException {
        write(5, content(10));
        SnapshotMetadata again = write(5, content(20));
        assertThat(store().all()).containsExactly(again);
        assertThat(readAll(again)).isEqualTo(content(20));
    }

    @Test
    public void attemptThatWasGivenUpDoesNotStopTheNext() throws IOException {
        Writer left = begin(5);
        content(5000).writeTo(left.content());
        reopen();
        SnapshotMetadata metadata = write(5, content(10));
        assertThat(readAll(metadata)).isEqualTo(content(10));
    }

    @Test
    public void emptySnapshotHasOneEmptyChunk() throws IOException {
        SnapshotMetadata metadata = write(5, Bytes.EMPTY);
        try (Reader reader = store().open(metadata)) {
            assertThat(metadata.totalChunks()).isEqualTo(1);
            assertThat(reader.chunk(0)).isEqualTo(Bytes.EMPTY);
        }
        assertThat(readAll(metadata)).isEqualTo(Bytes.EMPTY);
        reopen();
        assertThat(store().latest()).contains(metadata);
    }

    @Test
    public void chunksAreReadInAnyOrder() throws IOException {
        Bytes content = content(2500);
        SnapshotMetadata metadata = write(5, content);
        try (Reader reader = store().open(metadata)) {
            assertThat(reader.metadata()).isEqualTo(metadata);
            assertThat(reader.chunk(2)).isEqualTo(content.slice(2000));
            assertThat(reader.chunk(0)).isEqualTo(content.slice(0, 1000));
            assertThat(reader.chunk(1)).isEqualTo(content.slice(1000, 2000));
        }
    }

    @Test
    public void chunkOutsideOfTheSnapshotIsRefused() throws IOException {
        SnapshotMetadata metadata = write(5, content(2000));
        try (Reader reader = store().open(metadata)) {
            assertThatThrownBy(() -> reader.chunk(2)).isInstanceOfSatisfying(ChunkOutOfRangeException.class, e -> {
                assertThat(e.seq()).isEqualTo(2);
                assertThat(e.totalChunks()).isEqualTo(2);
            });
            assertThatThrownBy(() -> reader.chunk(-1)).isInstanceOf(ChunkOutOfRangeException.class);
        }
    }

    @Test
    public void contentIsReadFromItsBeginning() throws IOException {
        SnapshotMetadata metadata = write(5, content(2500));
        try (Reader reader = store().open(metadata)) {
            reader.chunk(1);
            try (InputStream in = reader.content()) {
                assertThat(in.read()).isEqualTo(content(2500).at(0) & 0xff);
                assertThat(Bytes.wrap(in.readAllBytes()))
                        .isEqualTo(content(2500).slice(1));
                assertThat(in.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    public void contentWrittenInManyPiecesIsOne() throws IOException {
        Bytes content = content(70_000);
        SnapshotMetadata metadata;
        try (Writer writer = begin(5)) {
            for (int at = 0; at < 65_000; at += 13) {
                content.slice(at, at + 13).writeTo(writer.content());
            }
            writer.content().write(content.at(65_000));
            content.slice(65_001).writeTo(writer.content());
            metadata = writer.commit();
        }
        assertThat(readAll(metadata)).isEqualTo(content);
    }

    @Test
    public void unknownSnapshotIsNotFound() throws IOException {
        SnapshotMetadata metadata = write(5, content(10));
        assertThatThrownBy(() -> store().open(at(metadata, 6))).isInstanceOf(SnapshotNotFoundException.class);
    }

    @Test
    public void snapshotOfOtherMetadataIsRefused() throws IOException {
        SnapshotMetadata metadata = write(5, content(10));
        SnapshotMetadata other = new SnapshotMetadata(
                metadata.lastIncluded(),
                metadata.timeMillis(),
                metadata.membership(),
                metadata.stateDigest(),
                metadata.sizeBytes(),
                metadata.chunkBytes(),
                Bytes.wrap(new byte[32]));
        assertThatThrownBy(() -> store().open(other)).isInstanceOf(CorruptSnapshotException.class);
    }

    @Test
    public void pathsLieInTheDirectoryAndBeginWithThePrefix() throws IOException {
        SnapshotMetadata metadata = write(5, content(10));
        Path path = store().pathOf(metadata);
        assertThat(path.getParent()).isEqualTo(store().directory());
        assertThat(String.valueOf(path.getFileName())).startsWith(store().prefix());
        assertThat(store().pathOf(at(metadata, 6))).isNotEqualTo(path);
    }

    @Test
    public void receivedSnapshotExistsAfterItsCommit() throws IOException {
        Bytes content = content(2500);
        SnapshotMetadata metadata = elsewhere(7, content);
        try (Partial partial = store().receive(metadata)) {
            assertThat(partial.metadata()).isEqualTo(metadata);
            for (int seq = 0; seq < 3; seq++) {
                assertThat(partial.nextSeq()).isEqualTo(seq);
                partial.add(chunk(metadata, content, seq));
            }
            assertThat(partial.nextSeq()).isEqualTo(3);
            assertThat(store().latest()).isEmpty();
            partial.commit();
        }
        assertThat(store().latest()).contains(metadata);
        assertThat(readAll(metadata)).isEqualTo(content);
        reopen();
        assertThat(store().latest()).contains(metadata);
    }

    @Test
    public void emptySnapshotIsReceivedAsOneChunk() throws IOException {
        SnapshotMetadata metadata = elsewhere(7, Bytes.EMPTY);
        try (Partial partial = store().receive(metadata)) {
            assertThat(partial.nextSeq()).isZero();
            partial.add(Bytes.EMPTY);
            assertThat(partial.nextSeq()).isEqualTo(1);
            partial.commit();
        }
        assertThat(readAll(metadata)).isEqualTo(Bytes.EMPTY);
    }

    @Test
    public void partialSnapshotIsResumedAfterReopening() throws IOException {
        Bytes content = content(4500);
        SnapshotMetadata metadata = elsewhere(7, content);
        try (Partial partial = store().receive(metadata)) {
            partial.add(chunk(metadata, content, 0));
            partial.add(chunk(metadata, content, 1));
        }
        reopen();
        assertThat(store().latest()).isEmpty();
        try (Partial partial = store().receive(metadata)) {
            assertThat(partial.nextSeq()).isEqualTo(2);
            for (int seq = 2; seq < 5; seq++) {
                partial.add(chunk(metadata, content, seq));
            }
            partial.commit();
        }
        assertThat(readAll(metadata)).isEqualTo(content);
    }

    @Test
    public void partialOfAnotherSnapshotIsDeleted() throws IOException {
        SnapshotMetadata one = elsewhere(7, content(4500));
        SnapshotMetadata two = elsewhere(8, content(4500));
        try (Partial partial = store().receive(one)) {
            partial.add(chunk(one, content(4500), 0));
        }
        try (Partial partial = store().receive(two)) {
            assertThat(partial.nextSeq()).isZero();
        }
        try (Partial partial = store().receive(one)) {
            assertThat(partial.nextSeq()).isZero();
        }
    }

    @Test
    public void chunkOfTheWrongLengthIsRefused() throws IOException {
        SnapshotMetadata metadata = elsewhere(7, content(1500));
        try (Partial partial = store().receive(metadata)) {
            assertThatThrownBy(() -> partial.add(content(999))).isInstanceOf(IllegalArgumentException.class);
            assertThat(partial.nextSeq()).isZero();
            partial.add(chunk(metadata, content(1500), 0));
            assertThatThrownBy(() -> partial.add(content(1000))).isInstanceOf(IllegalArgumentException.class);
            partial.add(chunk(metadata, content(1500), 1));
            assertThatThrownBy(() -> partial.add(Bytes.EMPTY)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    public void receivedSnapshotOfAWrongChecksumIsDeleted() throws IOException {
        SnapshotMetadata metadata = elsewhere(7, content(1500));
        try (Partial partial = store().receive(metadata)) {
            partial.add(content(1000));
            partial.add(Bytes.wrap(new byte[500]));
            assertThatThrownBy(partial::commit).isInstanceOf(CorruptSnapshotException.class);
        }
        assertThat(store().latest()).isEmpty();
        try (Partial partial = store().receive(metadata)) {
            assertThat(partial.nextSeq()).isZero();
        }
    }

    @Test
    public void discardedPartialIsGone() throws IOException {
        SnapshotMetadata metadata = elsewhere(7, content(1500));
        try (Partial partial = store().receive(metadata)) {
            partial.add(content(1000));
            partial.discard();
        }
        try (Partial partial = store().receive(metadata)) {
            assertThat(partial.nextSeq()).isZero();
        }
    }

    @Test
    public void cleanupDeletesWhatIsBelowTheIndex() throws IOException {
        SnapshotMetadata three = write(3, content(10));
        SnapshotMetadata five = write(5, content(10));
        SnapshotMetadata seven = write(7, content(10));
        assertThat(store().cleanup(5, store().directory(), store().prefix())).containsExactly(three);
        assertThat(store().all()).containsExactly(five, seven);
        assertThatThrownBy(() -> store().open(three)).isInstanceOf(SnapshotNotFoundException.class);
        reopen();
        assertThat(store().all()).containsExactly(five, seven);
    }

    @Test
    public void cleanupLeavesTheNewest() throws IOException {
        SnapshotMetadata three = write(3, content(10));
        SnapshotMetadata five = write(5, content(10));
        assertThat(store().cleanup(100, store().directory(), store().prefix())).containsExactly(three);
        assertThat(store().all()).containsExactly(five);
        assertThat(store().cleanup(100, store().directory(), store().prefix())).isEmpty();
    }

    @Test
    public void cleanupLeavesWhatIsBeingReadUntilTheReaderIsClosed() throws IOException {
        SnapshotMetadata three = write(3, content(10));
        write(5, content(10));
        try (Reader first = store().open(three)) {
            Reader second = store().open(three);
            assertThat(store().cleanup(100, store().directory(), store().prefix()))
                    .isEmpty();
            second.close();
            second.close();
            assertThat(store().cleanup(100, store().directory(), store().prefix()))
                    .isEmpty();
            assertThat(first.chunk(0)).isEqualTo(content(10));
        }
        assertThat(store().cleanup(100, store().directory(), store().prefix())).containsExactly(three);
    }

    @Test
    public void cleanupOfAMissingDirectoryDoesNothing() throws IOException {
        SnapshotMetadata three = write(3, content(10));
        SnapshotMetadata five = write(5, content(10));
        Path missing = store().directory().resolveSibling("missing");
        assertThat(store().cleanup(100, missing, store().prefix())).isEmpty();
        assertThat(store().all()).containsExactly(three, five);
    }

    @Test
    public void cleanupLooksAtNamesOfThePrefixOnly() throws IOException {
        SnapshotMetadata three = write(3, content(10));
        write(5, content(10));
        assertThat(store().cleanup(100, store().directory(), "other-and-a-long-one-"))
                .isEmpty();
        String shorter = store().prefix().substring(0, 1);
        assertThat(store().cleanup(100, store().directory(), shorter)).containsExactly(three);
    }

    @Test
    public void cleanupLeavesThePartialOfANewerSnapshot() throws IOException {
        SnapshotMetadata metadata = elsewhere(7, content(1500));
        try (Partial partial = store().receive(metadata)) {
            partial.add(content(1000));
        }
        write(5, content(10));
        store().cleanup(100, store().directory(), store().prefix());
        try (Partial partial = store().receive(metadata)) {
            assertThat(partial.nextSeq()).isEqualTo(1);
        }
    }

    /** The store under test. */
    protected final SnapshotStore store() {
        SnapshotStore store = opened;
        if (store == null) {
            throw new IllegalStateException("no store was opened");
        }
        return store;
    }

    /** Closes the store and opens it again. */
    protected final void reopen() throws IOException {
        store().close();
        opened = open();
    }

    /** Begins a snapshot of this index. */
    protected final Writer begin(long index) throws IOException {
        return store().begin(new LogId(2, index), 77, MEMBERSHIP, Bytes.utf8("digest"), CHUNK_BYTES);
    }

    /** Writes a snapshot of this index. */
    protected final SnapshotMetadata write(long index, Bytes content) throws IOException {
        try (Writer writer = begin(index)) {
            content.writeTo(writer.content());
            return writer.commit();
        }
    }

    /** The metadata of a snapshot that another node has. */
    protected static SnapshotMetadata elsewhere(long index, Bytes content) throws IOException {
        MemorySnapshotStore other = new MemorySnapshotStore();
        try (Writer writer = other.begin(new LogId(2, index), 77, MEMBERSHIP, Bytes.utf8("digest"), CHUNK_BYTES)) {
            content.writeTo(writer.content());
            return writer.commit();
        }
    }

    /** The bytes of a chunk. */
    protected static Bytes chunk(SnapshotMetadata metadata, Bytes content, int seq) {
        int from = seq * metadata.chunkBytes();
        return content.slice(from, from + metadata.chunkLength(seq));
    }

    /** Made-up content, the same for the same size. */
    protected static Bytes content(int size) {
        byte[] bytes = new byte[size];
        new SplittableRandom(42).nextBytes(bytes);
        return Bytes.wrap(bytes);
    }

    /** Everything in a snapshot. */
    protected final Bytes readAll(SnapshotMetadata metadata) throws IOException {
        try (Reader reader = store().open(metadata);
                InputStream in = reader.content()) {
            return Bytes.wrap(in.readAllBytes());
        }
    }

    private static SnapshotMetadata at(SnapshotMetadata metadata, long index) {
        return new SnapshotMetadata(
                new LogId(2, index),
                metadata.timeMillis(),
                metadata.membership(),
                metadata.stateDigest(),
                metadata.sizeBytes(),
                metadata.chunkBytes(),
                metadata.checksum());
    }

    private static Membership membership() {
        NodeId one = NodeId.of(1);
        NodeId two = NodeId.of(0x8000_0000_0000_0002L);
        NodeId three = NodeId.of(3);
        NodeId four = NodeId.of(4);
        TreeMap<NodeId, String> addresses = new TreeMap<>();
        addresses.put(one, "127.0.0.1:1");
        addresses.put(two, "");
        addresses.put(three, "höst:3");
        addresses.put(four, "four");
        return new Membership(
                new TreeSet<>(List.of(one)),
                new TreeSet<>(List.of(one, two)),
                new TreeSet<>(List.of(three, four)),
                addresses);
    }
}
