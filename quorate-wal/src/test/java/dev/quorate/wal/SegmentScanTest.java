package dev.quorate.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

final class SegmentScanTest {
    private static final Path FILE = Path.of("data").resolve("1.segment");
    private static final int CAPACITY = 3 << 18;
    private static final long EPOCH = 5;

    /** Gaps of a few bytes and of more than the window of a scan, of zeros and of bytes that are no header. */
    @Test
    void everyHeaderBehindTheEndIsFoundWhereverItStands() throws IOException {
        for (int seed = 1; seed <= 60; seed++) {
            Random random = new Random(seed);
            ByteBuffer content = ByteBuffer.allocate(CAPACITY).put(Segment.header(1, EPOCH, CAPACITY));
            TreeSet<Integer> places = new TreeSet<>();
            int at = Segment.RECORDS_AT + gap(random);
            while (at + RecordFormat.HEADER_BYTES <= CAPACITY) {
                RecordFormat.putHeader(
                        content,
                        at,
                        new CRC32C(),
                        RecordFormat.salt(EPOCH),
                        0,
                        Segment.RECORDS_AT,
                        7,
                        random.nextBoolean() ? RecordKind.HARD_STATE : RecordKind.PURGE,
                        random.nextInt(2),
                        random.nextInt(2),
                        random.nextInt(2));
                places.add(at);
                at += RecordFormat.HEADER_BYTES;
                int gap = gap(random);
                if (random.nextBoolean() && gap < 4096 && at + gap < CAPACITY) {
                    byte[] noise = new byte[gap];
                    random.nextBytes(noise);
                    content.put(at, noise);
                }
                at += gap;
            }
            assertThat(found(content)).describedAs("seed %d", seed).isEqualTo(new Found(places.size(), places.last()));
        }
    }

    /** Multiples of the grid on which headers stand. */
    private static int gap(Random random) {
        int bound = switch (random.nextInt(3)) {
            case 0 -> 4;
            case 1 -> 600;
            default -> 40_000;
        };
        return random.nextInt(bound) * RecordFormat.ALIGNMENT;
    }

    private record Found(long records, long last) {}

    private static Found found(ByteBuffer content) throws IOException {
        SimDisk disk = new SimDisk(1);
        disk.createDirectories(Path.of("data"));
        try (DiskFile file = disk.open(FILE, Open.CREATE)) {
            file.write(content.clear(), 0);
        }
        Segment segment = Segment.open(disk, FILE, 1, Open.READ);
        SegmentScan.Behind behind = new SegmentScan(segment).searchBehind(0);
        segment.close();
        return new Found(behind.records(), behind.recentEnd() - RecordFormat.HEADER_BYTES);
    }
}
