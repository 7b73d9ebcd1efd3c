package dev.quorate.wal;

import dev.quorate.raft.EntrySizes;
import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.RecoveredLog;
import dev.quorate.wal.LogScan.Range;
import dev.quorate.wal.LogScan.Tail;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Opens a log: reads it, judges its end, and makes what was found the durable truth. One thread.
 *
 * <p>What was read may come from the cache of the operating system and never have reached the disk: the process alone
 * may have died, or an earlier force may have failed, after which the kernel takes its pages for clean. So everything
 * above the last known watermark is <em>written</em> again, not only forced. Then an OPENED record is synced at the
 * end; only then does the log say what it holds.
 */
final class LogRecovery {
    private static final int COPY_BYTES = 1 << 16;

    private LogRecovery() {}

    /** Makes an empty log, durable but for the name of the directory itself. */
    static void create(Disk disk, LogFiles files, WalOptions options) throws IOException {
        disk.createDirectories(files.directory());
        for (String name : disk.list(files.directory())) {
            if (LogFiles.isOurs(name)) {
                disk.delete(files.directory().resolve(name));
            }
        }
        int capacity = options.firstSegmentBytes();
        try (DiskFile file = disk.open(files.segment(1), Open.CREATE)) {
            SegmentAllocator.fillWithZeros(file, 0, capacity);
            file.write(Segment.header(1, 1, capacity), 0);
        }
        try (Segment segment = Segment.open(disk, files.segment(1), 1, Open.WRITE)) {
            SegmentWriter writer = writer(options, segment, Segment.RECORDS_AT, 0);
            putStart(writer, new LogState());
            writer.force();
        }
        VoteFile.create(disk, files.vote());
        LogManifest.create(disk, files.manifest());
        disk.forceDirectory(files.directory());
    }

    static SegmentedLog open(Disk disk, LogFiles files, WalOptions options) throws IOException {
        LogScan scan = LogScan.open(disk, files, Open.WRITE);
        boolean opened = false;
        try {
            LogState state = new LogState();
            Tail tail = scan.run(state);
            List<Segment> segments = scan.segments();
            state.checkWhole(segments.get(0));
            VoteFile.checkNotAhead(disk, files, state);
            scan.manifest().repair();
            SegmentWriter writer = settle(scan, tail, state, options);
            List<Segment> used = segments.subList(0, tail.segment() + 1);
            List<Segment> ready = segments.subList(tail.segment() + 1, segments.size());
            int newestCapacity = segments.get(segments.size() - 1).capacity();
            SegmentAllocator allocator =
                    new SegmentAllocator(disk, files, scan.manifest(), options, ready, newestCapacity);
            allocator.adoptLeftovers();
            RecoveredLog recovered = recovered(state, tail);
            VoteFile vote = VoteFile.open(disk, files.directory(), files.vote());
            try {
                SegmentedLog log =
                        new SegmentedLog(options, scan.manifest(), vote, state, writer, allocator, used, recovered);
                log.markOpened();
                opened = true;
                return log;
            } finally {
                if (!opened) {
                    vote.close();
                }
            }
        } finally {
            if (!opened) {
                scan.close();
            }
        }
    }

    /** Writes again what may not be on the disk, and returns a writer behind it; the next force settles both. */
    private static SegmentWriter settle(LogScan scan, Tail tail, LogState state, WalOptions options)
            throws IOException {
        Segment segment = scan.segments().get(tail.segment());
        Range unproven = tail.unproven();
        writeAgain(unproven);
        if (unproven.segment() == segment) {
            // The next record must not claim for durable what only its own force makes so.
            return new SegmentWriter(options.bufferBytes(), segment, tail.offset(), unproven.from(), tail.link());
        }
        unproven.segment().file().force();
        SegmentWriter writer = writer(options, segment, tail.offset(), tail.link());
        putStart(writer, state);
        return writer;
    }

    private static void writeAgain(Range range) throws IOException {
        DiskFile file = range.segment().file();
        ByteBuffer copy = ByteBuffer.allocate(COPY_BYTES);
        for (long at = range.from(); at < range.to(); at += copy.limit()) {
            copy.clear().limit((int) Math.min(COPY_BYTES, range.to() - at));
            file.read(copy, at);
            file.write(copy.flip(), at);
        }
    }

    private static SegmentWriter writer(WalOptions options, Segment segment, long tail, int link) {
        return new SegmentWriter(options.bufferBytes(), segment, tail, tail, link);
    }

    private static void putStart(SegmentWriter writer, LogState state) throws IOException {
        LogId end = state.last();
        HardState hardState = state.hardState();
        writer.put(RecordKind.START, end.term(), end.index(), 0, RecordFormat.startPayload(hardState, state.purged()));
    }

    private static RecoveredLog recovered(LogState state, Tail tail) throws IOException {
        boolean empty = state.terms().isEmpty();
        return new RecoveredLog(
                state.hardState(),
                state.purged(),
                state.terms().toList(),
                EntrySizes.of(state.index().sizes()),
                state.memberships(),
                empty ? 0 : state.lastHeader().timeMillis(),
                tail.tornBytes());
    }
}
