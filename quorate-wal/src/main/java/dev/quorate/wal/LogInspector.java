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
 * Looks into the log of a node without changing anything. One thread.
 *
 * <p>It judges with the same code as a start of the node does.
 */
public final class LogInspector implements AutoCloseable {
    private final Disk disk;
    private final LogFiles files;
    private final AutoCloseable lock;

    /**
     * Looks into a data directory of this machine, without its lock: of a log that is written meanwhile it may see the
     * end torn. {@link ForeignDirectoryException} when there is no log in it.
     */
    public LogInspector(Path dataDirectory) throws IOException {
        this(new FileDisk(), dataDirectory);
    }

    /** Looks into a data directory of a disk; {@link ForeignDirectoryException} when there is no log in it. */
    public LogInspector(Disk disk, Path dataDirectory) throws IOException {
        this(disk, dataDirectory, () -> {});
    }

    private LogInspector(Disk disk, Path dataDirectory, AutoCloseable lock) throws IOException {
        this.disk = disk;
        this.files = new LogFiles(dataDirectory.resolve(FileStorage.LOG));
        this.lock = lock;
        if (!disk.exists(files.manifest())) {
            Path identity = dataDirectory.resolve(FileStorage.IDENTITY);
            if (!disk.exists(identity)) {
                throw new ForeignDirectoryException("there is no log of Quorate in " + dataDirectory);
            }
            // A log that is missing is damage, but only where there has been one.
            IdentityFile.read(disk, identity);
        }
    }

    /**
     * Looks into a data directory of this machine that no node uses, and keeps nodes from using it until it is closed.
     *
     * @throws dev.quorate.spi.DirectoryInUseException when a node uses it
     * @throws ForeignDirectoryException when there is no log in it
     */
    public static LogInspector ofStoppedNode(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(FileStorage.LOCK);
        Disk disk = new FileDisk();
        if (!disk.exists(file)) {
            return new LogInspector(disk, dataDirectory);
        }
        DirectoryLock lock = DirectoryLock.share(file);
        boolean opened = false;
        try {
            LogInspector inspector = new LogInspector(disk, dataDirectory, lock);
            opened = true;
            return inspector;
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    /** Gives the directory free. */
    @Override
    public void close() throws IOException {
        OpenFileStorage.release(lock);
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
            VoteFile.checkNotAhead(disk, files, state);
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
