package dev.quorate.wal;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.wal.LogReport.Damage;
import dev.quorate.wal.LogScan.Tail;
import dev.quorate.wal.RecordFormat.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Looks into the log of a stopped node without changing anything: neither identity nor lock are asked for. One thread.
 *
 * <p>It judges with the same code as a start of the node does.
 */
public final class LogInspector {
    private final Disk disk;
    private final LogFiles files;

    /** Looks into a data directory of this machine; {@link ForeignDirectoryException} when there is no log in it. */
    public LogInspector(Path dataDirectory) throws IOException {
        this(new FileDisk(), dataDirectory);
    }

    /** Looks into a data directory of a disk; {@link ForeignDirectoryException} when there is no log in it. */
    public LogInspector(Disk disk, Path dataDirectory) throws IOException {
        this.disk = disk;
        this.files = new LogFiles(dataDirectory.resolve(FileStorage.LOG));
        if (!disk.exists(dataDirectory.resolve(FileStorage.IDENTITY)) && !disk.exists(files.manifest())) {
            throw new ForeignDirectoryException("there is no log of Quorate in " + dataDirectory);
        }
    }

    /** Reads the whole log and says whether it is sound. */
    public LogReport verify() throws IOException {
        LogState state = new LogState();
        Counting counting = new Counting(state, record -> {});
        int segments = 0;
        try (LogScan scan = LogScan.open(disk, files, Open.READ)) {
            segments = scan.segments().size();
            Tail tail = scan.run(counting);
            state.checkWhole(scan.segments().get(0));
            return counting.report(segments, tail.tornBytes(), Optional.empty());
        } catch (CorruptLogException e) {
            Damage damage = new Damage(e.file(), e.offset(), e.index(), String.valueOf(e.getMessage()));
            return counting.report(segments, 0, Optional.of(damage));
        }
    }

    /**
     * Hands out each whole record, in durable order.
     *
     * @throws CorruptLogException at the first damage, after the records before it
     */
    public void dump(Consumer<LogRecord> consumer) throws IOException {
        try (LogScan scan = LogScan.open(disk, files, Open.READ)) {
            scan.run(new Counting(new LogState(), consumer));
        }
    }

    /** Counts records on their way into a state, and shows them. */
    private static final class Counting implements LogScan.Visitor {
        private final LogState state;
        private final Consumer<LogRecord> consumer;
        private long records;
        private long entries;
        private boolean closedInOrder;

        Counting(LogState state, Consumer<LogRecord> consumer) {
            this.state = state;
            this.consumer = consumer;
        }

        @Override
        public void record(Segment segment, long offset, Header header, RecordKind kind, ByteBuffer payload)
                throws IOException {
            consumer.accept(new LogRecord(
                    segment.path(),
                    offset,
                    kind,
                    header.term(),
                    header.index(),
                    header.timeMillis(),
                    Bytes.copyOf(payload)));
            state.record(segment, offset, header, kind, payload);
            records++;
            entries += kind.isEntry() ? 1 : 0;
            closedInOrder = kind == RecordKind.CLOSED;
        }

        @Override
        public long nextIndex() {
            return state.nextIndex();
        }

        LogReport report(int segments, long tornBytes, Optional<Damage> damage) {
            return new LogReport(
                    segments,
                    records,
                    entries,
                    state.purged(),
                    state.last(),
                    state.hardState(),
                    closedInOrder,
                    tornBytes,
                    damage);
        }
    }
}
