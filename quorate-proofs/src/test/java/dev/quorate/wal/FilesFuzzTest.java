package dev.quorate.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.quorate.proofs.Mutations;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.testkit.SimDisk;
import dev.quorate.wal.SnapshotFormat.ChunkChecksums;
import dev.quorate.wal.SnapshotFormat.Footer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Any bytes in the small files beside the segments, also with checksums that are right. */
final class FilesFuzzTest {
    private static final Path FILE = Path.of("data", "file");
    private static final Path LOG = Path.of("data", "log");
    private static final WalOptions SMALL = new WalOptions(4 << 10, 4 << 10, 4 << 10, 4 << 10, 0);
    private static final int SLOT_BYTES = 4096;
    private static final int SLOT_CRC_AT = 48;
    private static final SnapshotMetadata METADATA = new SnapshotMetadata(
            new LogId(3, 70), 1_000, members(), Bytes.utf8("digest"), 20, 8, Bytes.wrap(new byte[32]));

    @FuzzTest
    void anyBytesAreAManifestOrDamage(byte[] slot) throws IOException {
        openWithManifest(slot);
        openWithManifest(withCrc(slot, SLOT_CRC_AT));
    }

    @FuzzTest
    void anyBytesAreAnIdentityOrForeign(byte[] bytes) throws IOException {
        readIdentity(bytes);
        readIdentity(withCrc(bytes, bytes.length - Integer.BYTES));
    }

    @FuzzTest
    void anyBytesAreASnapshotFooterOrDamage(byte[] bytes) throws IOException {
        readFooter(bytes);
        readFooter(withFooterCrc(bytes));
    }

    @FuzzTest
    void anyBytesAreThePartOfASnapshotOrNothing(byte[] bytes) throws IOException {
        readPartial(bytes);
        readPartial(withPartialCrc(bytes));
    }

    @Test
    void almostRightFilesToo() throws IOException {
        SimDisk disk = new SimDisk(1);
        SegmentedLog.create(disk, LOG, SMALL);
        byte[] slot = Arrays.copyOf(disk.content(LOG.resolve("MANIFEST")).toByteArray(), SLOT_CRC_AT + Integer.BYTES);
        Mutations.forEach(List.of(slot), 3_000, this::anyBytesAreAManifestOrDamage);

        new IdentityFile(new NodeIdentity(5, NodeId.of(1)), members()).write(disk, FILE);
        Mutations.forEach(List.of(disk.content(FILE).toByteArray()), 10_000, this::anyBytesAreAnIdentityOrForeign);

        Mutations.forEach(List.of(snapshot()), 10_000, this::anyBytesAreASnapshotFooterOrDamage);
        byte[] partial = bytes(SnapshotFormat.partialHeader(METADATA));
        Mutations.forEach(List.of(partial), 10_000, this::anyBytesAreThePartOfASnapshotOrNothing);
    }

    private static void openWithManifest(byte[] slot) throws IOException {
        SimDisk disk = new SimDisk(1);
        SegmentedLog.create(disk, LOG, SMALL);
        byte[] both = new byte[2 * SLOT_BYTES];
        System.arraycopy(slot, 0, both, 0, Math.min(slot.length, SLOT_BYTES));
        System.arraycopy(both, 0, both, SLOT_BYTES, SLOT_BYTES);
        write(disk, LOG.resolve("MANIFEST"), Open.WRITE, both);
        try (SegmentedLog log = SegmentedLog.open(disk, LOG, SMALL)) {
            assertThat(log.purged()).isEqualTo(LogId.ZERO);
        } catch (CorruptLogException damage) {
            assertThat(damage.file()).isNotEmpty();
        }
    }

    private static void readIdentity(byte[] bytes) throws IOException {
        SimDisk disk = disk(bytes);
        try {
            IdentityFile identity = IdentityFile.read(disk, FILE);
            identity.write(disk, FILE.resolveSibling("again"));
            assertThat(IdentityFile.read(disk, FILE.resolveSibling("again"))).isEqualTo(identity);
        } catch (ForeignDirectoryException refused) {
            assertThat(refused).hasMessageContaining("file");
        }
    }

    private static void readFooter(byte[] bytes) throws IOException {
        try (DiskFile file = disk(bytes).open(FILE, Open.READ)) {
            Footer footer = SnapshotFormat.readFooter(file);
            byte[] content = Arrays.copyOf(bytes, (int) footer.metadata().sizeBytes());
            byte[] again = bytes(SnapshotFormat.footer(footer.metadata(), footer.checksums()));
            try (DiskFile second = disk(joined(content, again)).open(FILE, Open.READ)) {
                assertThat(SnapshotFormat.readFooter(second).metadata()).isEqualTo(footer.metadata());
            }
        } catch (SnapshotDamage damage) {
            assertThat(damage).hasMessageNotContaining("null");
        }
    }

    private static void readPartial(byte[] bytes) throws IOException {
        try (DiskFile file = disk(bytes).open(FILE, Open.READ)) {
            SnapshotFormat.readPartialHeader(file)
                    .ifPresent(metadata -> assertThat(metadata.totalChunks()).isPositive());
        }
    }

    private static byte[] snapshot() {
        ChunkChecksums checksums = new ChunkChecksums();
        for (int seq = 0; seq < METADATA.totalChunks(); seq++) {
            checksums.add(seq * 77);
        }
        return joined(new byte[20], bytes(SnapshotFormat.footer(METADATA, checksums)));
    }

    private static Membership members() {
        TreeMap<NodeId, String> addresses = new TreeMap<>();
        addresses.put(NodeId.of(1), "127.0.0.1:1");
        addresses.put(NodeId.of(2), "127.0.0.1:2");
        return Membership.ofVoters(addresses);
    }

    /** The same with the right checksum over everything before a place. */
    private static byte[] withCrc(byte[] bytes, int at) {
        byte[] sealed = bytes.clone();
        if (at >= 0 && sealed.length >= at + Integer.BYTES) {
            ByteBuffer buffer = ByteBuffer.wrap(sealed);
            buffer.putInt(at, RecordFormat.crcOf(buffer, 0, at, new CRC32C()));
        }
        return sealed;
    }

    private static byte[] withFooterCrc(byte[] bytes) {
        byte[] sealed = bytes.clone();
        if (sealed.length >= 24) {
            ByteBuffer buffer = ByteBuffer.wrap(sealed);
            int trailer = sealed.length - 24;
            long footerBytes = 24L + buffer.getInt(trailer) + 4L * buffer.getInt(trailer + 4);
            if (footerBytes >= 24 && footerBytes <= sealed.length) {
                int from = sealed.length - (int) footerBytes;
                int crcAt = trailer + 12;
                buffer.putInt(crcAt, RecordFormat.crcOf(buffer, from, crcAt - from, new CRC32C()));
            }
        }
        return sealed;
    }

    private static byte[] withPartialCrc(byte[] bytes) {
        byte[] sealed = bytes.clone();
        if (sealed.length >= 16) {
            ByteBuffer buffer = ByteBuffer.wrap(sealed);
            int length = buffer.getInt(8);
            if (length >= 0 && length <= sealed.length - 16) {
                buffer.putInt(12, RecordFormat.crcOf(buffer, 16, length, new CRC32C()));
            }
        }
        return sealed;
    }

    private static SimDisk disk(byte[] content) throws IOException {
        SimDisk disk = new SimDisk(1);
        disk.createDirectories(Path.of("data"));
        write(disk, FILE, Open.CREATE, content);
        return disk;
    }

    private static void write(SimDisk disk, Path path, Open how, byte[] content) throws IOException {
        try (DiskFile file = disk.open(path, how)) {
            file.write(ByteBuffer.wrap(content), 0);
            file.force();
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static byte[] joined(byte[] one, byte[] other) {
        byte[] joined = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, joined, one.length, other.length);
        return joined;
    }
}
