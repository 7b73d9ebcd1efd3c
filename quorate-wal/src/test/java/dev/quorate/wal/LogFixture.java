package dev.quorate.wal;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Small logs on a simulated disk, and the copying of disks. */
final class LogFixture {
    static final Path DATA = Path.of("data");
    static final Path LOG = DATA.resolve("log");

    private LogFixture() {}

    static SegmentedLog newLog(SimDisk disk, WalOptions options) throws IOException {
        SegmentedLog.create(disk, LOG, options);
        disk.forceDirectory(DATA);
        return SegmentedLog.open(disk, LOG, options);
    }

    /** Made-up entries of a term, with payloads of this size. */
    static List<Entry> entries(long term, long first, long last, int size) {
        List<Entry> entries = new ArrayList<>();
        for (long index = first; index <= last; index++) {
            byte[] payload = new byte[size];
            for (int i = 0; i < size; i++) {
                payload[i] = (byte) (term * 17 + index * 31 + i);
            }
            entries.add(new Entry(new LogId(term, index), EntryKind.COMMAND, Bytes.wrap(payload), index * 10));
        }
        return entries;
    }

    static List<Entry> all(SegmentedLog log) throws IOException {
        return log.read(log.purged().index() + 1, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** All files and what is in them. */
    static Map<Path, Bytes> contents(SimDisk disk) throws IOException {
        Map<Path, Bytes> contents = new TreeMap<>();
        for (Path file : disk.files()) {
            contents.put(file, disk.content(file));
        }
        return contents;
    }

    /** A disk with these files, all of it durable. */
    static SimDisk diskOf(Map<Path, Bytes> contents) throws IOException {
        SimDisk disk = new SimDisk(7);
        disk.createDirectories(LOG);
        for (Map.Entry<Path, Bytes> each : contents.entrySet()) {
            try (DiskFile file = disk.open(each.getKey(), Open.CREATE)) {
                file.write(each.getValue().asByteBuffer(), 0);
                file.force();
            }
        }
        disk.forceDirectory(LOG);
        return disk;
    }

    static void overwrite(SimDisk disk, Path path, long position, Bytes bytes) throws IOException {
        try (DiskFile file = disk.open(path, Open.WRITE)) {
            file.write(bytes.asByteBuffer(), position);
            file.force();
        }
    }
}
