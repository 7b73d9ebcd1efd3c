package dev.quorate.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotNotFoundException;
import dev.quorate.spi.SnapshotStore.Partial;
import dev.quorate.spi.SnapshotStore.Reader;
import dev.quorate.spi.SnapshotStore.Writer;
import dev.quorate.spi.StorageFullException;
import dev.quorate.testkit.MemorySnapshotStore;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Snapshots on a disk that loses power, fills up and rots. */
class SnapshotCrashTest {
    private static final Path DIRECTORY = Path.of("data", "snapshots");
    private static final Membership MEMBERS = Membership.ofVoters(NodeId.of(1), NodeId.of(2));
    private static final int SEEDS = Integer.getInteger("quorate.wal.seeds", 3000) / 2;
    private static final int CHUNK = 700;

    private SimDisk disk = new SimDisk(1);

    @Test
    void snapshotsAfterACrashAreWholeAndNoneThatExistedIsMissing() throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            disk = new SimDisk(random.nextLong());
            disk.createDirectories(DIRECTORY);
            TreeMap<Long, SnapshotMetadata> certain = new TreeMap<>();
            TreeMap<Long, SnapshotMetadata> possible = new TreeMap<>();
            for (int life = 0; life < 5; life++) {
                FileSnapshotStore store = FileSnapshotStore.open(disk, DIRECTORY);
                checkAfterCrash(seed, store, certain, possible);
                disk.crashAfter(1 + random.nextInt(40));
                try {
                    for (int step = 0; step < 12; step++) {
                        step(random, store, certain, possible);
                    }
                } catch (IOException e) {
                    assertThat(disk.isDown()).as("seed %d: %s", seed, e).isTrue();
                }
                disk.crash();
            }
        }
    }

    private static void checkAfterCrash(
            int seed,
            FileSnapshotStore store,
            NavigableMap<Long, SnapshotMetadata> certain,
            NavigableMap<Long, SnapshotMetadata> possible)
            throws IOException {
        assertThat(store.damaged()).as("seed %d", seed).isEmpty();
        TreeMap<Long, SnapshotMetadata> found = new TreeMap<>();
        for (SnapshotMetadata metadata : store.all()) {
            long index = metadata.lastIncluded().index();
            found.put(index, metadata);
            assertThat(metadata).as("seed %d", seed).isIn(certain.get(index), possible.get(index));
            try (Reader reader = store.open(metadata);
                    InputStream in = reader.content()) {
                assertThat(Bytes.wrap(in.readAllBytes())).isEqualTo(content(metadata.sizeBytes()));
            }
        }
        assertThat(found.values()).as("seed %d", seed).containsAll(certain.values());
        certain.putAll(found);
        possible.clear();
    }

    private static void step(
            SplittableRandom random,
            FileSnapshotStore store,
            NavigableMap<Long, SnapshotMetadata> certain,
            NavigableMap<Long, SnapshotMetadata> possible)
            throws IOException {
        long newest = certain.isEmpty() ? 0 : certain.lastKey();
        long index = newest + 1 + random.nextInt(3);
        SnapshotMetadata metadata = elsewhere(index, random.nextInt(4000));
        switch (random.nextInt(3)) {
            case 0 -> {
                possible.put(index, metadata);
                write(store, metadata);
                certain.put(index, metadata);
            }
            case 1 -> {
                try (Partial partial = store.receive(metadata)) {
                    possible.put(index, metadata);
                    fill(partial, random.nextInt(8));
                    if (partial.nextSeq() == metadata.totalChunks()) {
                        partial.commit();
                        certain.put(index, metadata);
                    }
                }
            }
            default -> {
                long before = newest - random.nextInt(3);
                possible.putAll(certain.headMap(before));
                certain.headMap(Math.min(before, newest)).clear();
                store.cleanup(before, DIRECTORY, store.prefix());
            }
        }
    }

    @Test
    void partialSnapshotIsResumedAfterACrashWithWhatIsWhole() throws IOException {
        int resumed = 0;
        for (int seed = 0; seed < 200; seed++) {
            disk = new SimDisk(seed);
            disk.createDirectories(DIRECTORY);
            SnapshotMetadata metadata = elsewhere(9, 9 * CHUNK + 5);
            FileSnapshotStore store = FileSnapshotStore.open(disk, DIRECTORY);
            Partial partial = store.receive(metadata);
            fill(partial, 6);
            disk.crash();
            store = FileSnapshotStore.open(disk, DIRECTORY);
            partial = store.receive(metadata);
            assertThat(partial.nextSeq()).isBetween(0, 6);
            resumed += partial.nextSeq() > 0 && partial.nextSeq() < 6 ? 1 : 0;
            fill(partial, 10);
            partial.commit();
            assertThat(readAll(store, metadata)).isEqualTo(content(metadata.sizeBytes()));
        }
        assertThat(resumed).isGreaterThan(20);
    }

    @Test
    void partialSnapshotOfAKilledProcessIsResumedWithAllOfIt() throws IOException {
        SnapshotMetadata metadata = elsewhere(9, 9 * CHUNK + 5);
        fill(FileSnapshotStore.open(disk, DIRECTORY).receive(metadata), 6);
        disk.kill();
        assertThat(FileSnapshotStore.open(disk, DIRECTORY).receive(metadata).nextSeq())
                .isEqualTo(6);
    }

    @Test
    void everyFlippedBitOfASnapshotIsNoticedAndTheFileStays() throws IOException {
        FileSnapshotStore store = FileSnapshotStore.open(disk, DIRECTORY);
        SnapshotMetadata older = elsewhere(3, 100);
        SnapshotMetadata newer = elsewhere(9, 1500);
        write(store, older);
        write(store, newer);
        Path file = store.pathOf(newer);
        long bytes = disk.content(file).length();
        for (long at = 0; at < bytes; at++) {
            disk.flipBit(file, at * 8 + at % 8);
            FileSnapshotStore reopened = FileSnapshotStore.open(disk, DIRECTORY);
            assertThat(reopened.latest()).as("flipped at %d", at).contains(older);
            assertThat(reopened.damaged())
                    .hasSize(1)
                    .allMatch(damaged -> damaged.file().equals(file));
            assertThatThrownBy(() -> reopened.open(newer)).isInstanceOf(CorruptSnapshotException.class);
            reopened.cleanup(100, DIRECTORY, reopened.prefix());
            assertThat(disk.exists(file)).isTrue();
            assertThat(reopened.latest()).contains(older);
            disk.flipBit(file, at * 8 + at % 8);
        }
        assertThat(FileSnapshotStore.open(disk, DIRECTORY).latest()).contains(newer);
    }

    @Test
    void rotThatComesLaterIsNoticedChunkByChunk() throws IOException {
        FileSnapshotStore store = FileSnapshotStore.open(disk, DIRECTORY);
        SnapshotMetadata metadata = elsewhere(9, 5 * CHUNK);
        write(store, metadata);
        try (Reader reader = store.open(metadata)) {
            disk.flipBit(store.pathOf(metadata), (2L * CHUNK + 3) * 8);
            assertThat(reader.chunk(1)).isEqualTo(content(5 * CHUNK).slice(CHUNK, 2 * CHUNK));
            assertThatThrownBy(() -> reader.content().readAllBytes()).isInstanceOf(CorruptSnapshotException.class);
            assertThatThrownBy(() -> reader.chunk(2)).isInstanceOf(CorruptSnapshotException.class);
        }
        assertThat(store.latest()).isEmpty();
        assertThat(store.damaged()).hasSize(1);
        write(store, metadata);
        assertThat(store.latest()).contains(metadata);
        assertThat(store.damaged()).isEmpty();
    }

    @Test
    void snapshotWhoseFileVanishedIsNotNamedAgain() throws IOException {
        FileSnapshotStore store = FileSnapshotStore.open(disk, DIRECTORY);
        SnapshotMetadata metadata = elsewhere(9, 100);
        write(store, metadata);
        disk.delete(store.pathOf(metadata));
        assertThatThrownBy(() -> store.open(metadata)).isInstanceOf(SnapshotNotFoundException.class);
        assertThat(store.latest()).isEmpty();
    }

    @Test
    void fullDiskLeavesNoSnapshotAndNoRest() throws IOException {
        FileSnapshotStore store = FileSnapshotStore.open(disk, DIRECTORY);
        write(store, elsewhere(3, 100));
        disk.capacityBytes(disk.usedBytes() + 2000);
        assertThatThrownBy(() -> write(store, elsewhere(9, 300_000))).isInstanceOf(StorageFullException.class);
        assertThat(disk.files()).hasSize(1);
        disk.capacityBytes(Long.MAX_VALUE);
        write(store, elsewhere(9, 300_000));
        assertThat(store.latest()).contains(elsewhere(9, 300_000));
    }

    @Test
    void receivedSnapshotIsCommittedAgainWhenThereIsSpace() throws IOException {
        FileSnapshotStore store = FileSnapshotStore.open(disk, DIRECTORY);
        SnapshotMetadata metadata = elsewhere(9, 4 * 512);
        try (Partial partial = store.receive(metadata)) {
            fill(partial, 10);
            disk.capacityBytes(disk.usedBytes());
            assertThatThrownBy(partial::commit).isInstanceOf(StorageFullException.class);
            assertThat(store.latest()).isEmpty();
            disk.capacityBytes(Long.MAX_VALUE);
            partial.commit();
        }
        assertThat(readAll(store, metadata)).isEqualTo(content(4 * 512));
    }

    @Test
    void namesThatAreNotOursAreLeftAlone() throws IOException {
        FileSnapshotStore store = FileSnapshotStore.open(disk, DIRECTORY);
        write(store, elsewhere(3, 100));
        write(store, elsewhere(9, 100));
        List<String> foreign = List.of(
                "snapshot-0000000000000001-0000000000000001.snap.bak",
                "snapshot-1-1.snap",
                "snapshot-000000000000000G-0000000000000001.tmp",
                "snapshot-",
                "snapshot-0000000000000000-0000000000000001.tmp",
                "notes.tmp");
        for (String name : foreign) {
            disk.open(DIRECTORY.resolve(name), Open.CREATE).close();
        }
        disk.open(DIRECTORY.resolve("snapshot-0000000000000001-0000000000000001.tmp"), Open.CREATE)
                .close();
        store.cleanup(100, DIRECTORY, store.prefix());
        assertThat(disk.list(DIRECTORY)).hasSize(foreign.size() + 1).containsAll(foreign);
        assertThat(FileSnapshotStore.open(disk, DIRECTORY).latest()).contains(elsewhere(9, 100));
    }

    @Test
    void cleanupOfAnotherDirectoryVerifiesForItself() throws IOException {
        Path other = Path.of("elsewhere");
        FileSnapshotStore there = FileSnapshotStore.open(disk, other);
        for (long index = 1; index <= 3; index++) {
            write(there, elsewhere(index, 100));
        }
        disk.flipBit(there.pathOf(elsewhere(3, 100)), 5);
        FileSnapshotStore store = FileSnapshotStore.open(disk, DIRECTORY);
        assertThat(store.cleanup(100, other, "snap")).containsExactly(elsewhere(1, 100));
        assertThat(disk.list(other)).hasSize(2);
    }

    @Test
    void crashAfterTheRenameAndBeforeTheCleanupKeepsBothSnapshots() throws IOException {
        FileSnapshotStore store = FileSnapshotStore.open(disk, DIRECTORY);
        write(store, elsewhere(3, 100));
        write(store, elsewhere(9, 100));
        disk.crash();
        FileSnapshotStore reopened = FileSnapshotStore.open(disk, DIRECTORY);
        assertThat(reopened.all()).containsExactly(elsewhere(3, 100), elsewhere(9, 100));
        reopened.cleanup(9, DIRECTORY, reopened.prefix());
        assertThat(reopened.all()).containsExactly(elsewhere(9, 100));
    }

    @Test
    void writerThatIsOpenKeepsItsFileThroughACleanup() throws IOException {
        FileSnapshotStore store = FileSnapshotStore.open(disk, DIRECTORY);
        SnapshotMetadata metadata = elsewhere(9, 500_000);
        try (Writer writer = store.begin(metadata.lastIncluded(), 5, MEMBERS, Bytes.EMPTY, CHUNK)) {
            content(500_000).slice(0, 300_000).writeTo(writer.content());
            store.cleanup(100, DIRECTORY, store.prefix());
            content(500_000).slice(300_000).writeTo(writer.content());
            assertThat(writer.commit()).isEqualTo(metadata);
        }
        assertThat(readAll(store, metadata)).isEqualTo(content(500_000));
    }

    private static Bytes readAll(FileSnapshotStore store, SnapshotMetadata metadata) throws IOException {
        try (Reader reader = store.open(metadata);
                InputStream in = reader.content()) {
            return Bytes.wrap(in.readAllBytes());
        }
    }

    private static void write(FileSnapshotStore store, SnapshotMetadata metadata) throws IOException {
        try (Writer writer = store.begin(metadata.lastIncluded(), 5, MEMBERS, Bytes.EMPTY, CHUNK)) {
            content(metadata.sizeBytes()).writeTo(writer.content());
            writer.commit();
        }
    }

    private static void fill(Partial partial, int chunksMax) throws IOException {
        SnapshotMetadata metadata = partial.metadata();
        Bytes content = content(metadata.sizeBytes());
        for (int i = 0; i < chunksMax && partial.nextSeq() < metadata.totalChunks(); i++) {
            int from = partial.nextSeq() * CHUNK;
            partial.add(content.slice(from, from + metadata.chunkLength(partial.nextSeq())));
        }
    }

    private static SnapshotMetadata elsewhere(long index, int size) throws IOException {
        try (Writer writer = new MemorySnapshotStore().begin(new LogId(1, index), 5, MEMBERS, Bytes.EMPTY, CHUNK)) {
            content(size).writeTo(writer.content());
            return writer.commit();
        }
    }

    private static Bytes content(long size) {
        byte[] bytes = new byte[(int) size];
        new SplittableRandom(3).nextBytes(bytes);
        return Bytes.wrap(bytes);
    }
}
