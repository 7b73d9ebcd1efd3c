package dev.quorate.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.quorate.proofs.Mutations;
import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** Any bytes in the segments of a log: it opens and holds a sequence of entries, or it says that it is damaged. */
final class SegmentFuzzTest {
    private static final Path LOG = Path.of("data", "log");
    private static final Path SEGMENT = LOG.resolve("0000000000000001.segment");
    private static final WalOptions SMALL = new WalOptions(4 << 10, 4 << 10, 4 << 10, 4 << 10, 0);

    @FuzzTest
    void anyRecordsAreALogOrDamage(byte[] records) throws IOException {
        open(records);
    }

    /** The same with checksums and links that are right, so that the meaning of each record is looked at. */
    @FuzzTest
    void anyRecordsWithChecksumsAreALogOrDamage(byte[] records) throws IOException {
        open(sealed(records));
    }

    private static void open(byte[] records) throws IOException {
        SimDisk disk = new SimDisk(1);
        SegmentedLog.create(disk, LOG, SMALL);
        try (DiskFile file = disk.open(SEGMENT, Open.WRITE)) {
            int room = (int) file.size() - Segment.RECORDS_AT;
            file.write(ByteBuffer.wrap(Arrays.copyOf(records, room)), Segment.RECORDS_AT);
            file.force();
        }
        SegmentedLog log;
        try {
            log = SegmentedLog.open(disk, LOG, SMALL);
        } catch (CorruptLogException damage) {
            assertThat(damage.file()).isNotEmpty();
            return;
        }
        try (log) {
            long next = log.purged().index() + 1;
            for (Entry entry : log.read(next, Long.MAX_VALUE, Long.MAX_VALUE)) {
                assertThat(entry.index()).isEqualTo(next);
                next++;
            }
        } catch (CorruptLogException unreadable) {
            assertThat(unreadable.file()).isNotEmpty();
        }
    }

    /** The records with the checksums and links that a log of epoch 1 would have given them. */
    private static byte[] sealed(byte[] records) {
        byte[] sealed = Arrays.copyOf(records, (records.length + 7) & -8);
        ByteBuffer buffer = ByteBuffer.wrap(sealed);
        CRC32C crc = new CRC32C();
        int link = 0;
        int at = 0;
        while (at + RecordFormat.HEADER_BYTES <= sealed.length) {
            int length = buffer.getInt(at + 8);
            boolean isWhole = length >= 0 && length <= sealed.length - at - RecordFormat.HEADER_BYTES;
            if (isWhole) {
                buffer.putInt(at + 4, RecordFormat.crcOf(buffer, at + RecordFormat.HEADER_BYTES, length, crc));
            }
            buffer.putInt(at + 16, link);
            link = RecordFormat.crcOf(buffer, at + 4, RecordFormat.HEADER_BYTES - 4, crc) ^ RecordFormat.salt(1);
            buffer.putInt(at, link);
            at = isWhole ? at + (int) RecordFormat.recordBytes(length) : sealed.length;
        }
        return sealed;
    }

    @Test
    void almostRightRecordsToo() throws IOException {
        Mutations.forEach(seeds(), 4_000, this::anyRecordsAreALogOrDamage);
        Mutations.forEach(seeds(), 12_000, this::anyRecordsWithChecksumsAreALogOrDamage);
    }

    static List<byte[]> seeds() throws IOException {
        SimDisk disk = new SimDisk(1);
        SegmentedLog.create(disk, LOG, SMALL);
        SegmentedLog log = SegmentedLog.open(disk, LOG, SMALL);
        byte[] opened = records(disk);
        log.saveHardState(new HardState(2, Optional.of(NodeId.of(3))));
        log.append(List.of(entry(1, 1, EntryKind.NO_OP, ""), entry(1, 2, EntryKind.COMMAND, "first")));
        log.sync();
        log.append(List.of(entry(2, 3, EntryKind.CHECKPOINT, ""), entry(2, 4, EntryKind.COMMAND, "second")));
        log.truncateFrom(4);
        log.sync();
        byte[] written = records(disk);
        log.purge(new LogId(1, 2));
        log.sync();
        log.close();
        return List.of(opened, written, records(disk));
    }

    private static Entry entry(long term, long index, EntryKind kind, String payload) {
        return new Entry(new LogId(term, index), kind, Bytes.utf8(payload), 1_000 + index);
    }

    /** What stands in the segment, without the zeros at its end. */
    private static byte[] records(SimDisk disk) throws IOException {
        byte[] content = disk.content(SEGMENT).toByteArray();
        int end = content.length;
        while (end > Segment.RECORDS_AT && content[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOfRange(content, Segment.RECORDS_AT, Math.min(content.length, (end + 7) & -8));
    }
}
