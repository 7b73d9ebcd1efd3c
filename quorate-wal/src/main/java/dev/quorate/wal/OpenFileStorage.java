package dev.quorate.wal;

import dev.quorate.raft.Membership;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.SnapshotStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** An open data directory. The mark of a quarantine may be set and removed by any thread, guarded by this object. */
final class OpenFileStorage implements OpenStorage {
    private static final String QUARANTINE = "QUARANTINE";
    private static final String NEW_QUARANTINE = "QUARANTINE.new";
    private static final int REASON_BYTES_MAX = 1 << 16;

    private final Disk disk;
    private final Path directory;
    private final Membership bootstrap;
    private final AutoCloseable lock;
    private final SegmentedLog log;
    private final FileSnapshotStore snapshots;
    private Optional<String> quarantine;
    private boolean closed;

    private OpenFileStorage(
            Disk disk,
            Path directory,
            Membership bootstrap,
            AutoCloseable lock,
            SegmentedLog log,
            FileSnapshotStore snapshots,
            Optional<String> quarantine) {
        this.disk = disk;
        this.directory = directory;
        this.bootstrap = bootstrap;
        this.lock = lock;
        this.log = log;
        this.snapshots = snapshots;
        this.quarantine = quarantine;
    }

    /** Opens log and snapshots; the lock belongs to the result then. */
    static OpenFileStorage open(Disk disk, Path directory, WalOptions options, Membership bootstrap, AutoCloseable lock)
            throws IOException {
        FileSnapshotStore snapshots = FileSnapshotStore.open(disk, directory.resolve(FileStorage.SNAPSHOTS));
        Optional<String> quarantine = readQuarantine(disk, directory.resolve(QUARANTINE));
        SegmentedLog log = SegmentedLog.open(disk, directory.resolve(FileStorage.LOG), options);
        return new OpenFileStorage(disk, directory, bootstrap, lock, log, snapshots, quarantine);
    }

    @Override
    public RaftLog log() {
        return log;
    }

    @Override
    public SnapshotStore snapshots() {
        return snapshots;
    }

    @Override
    public Membership bootstrap() {
        return bootstrap;
    }

    @Override
    public synchronized Optional<String> quarantine() {
        return quarantine;
    }

    @Override
    public synchronized void quarantine(String reason) throws IOException {
        if (quarantine.isPresent()) {
            return;
        }
        Path begun = directory.resolve(NEW_QUARANTINE);
        disk.delete(begun);
        try (DiskFile file = disk.open(begun, Open.CREATE)) {
            file.write(Bytes.utf8(reason).asByteBuffer(), 0);
            file.force();
        }
        disk.rename(begun, directory.resolve(QUARANTINE));
        disk.forceDirectory(directory);
        quarantine = Optional.of(reason);
    }

    @Override
    public synchronized void releaseQuarantine() throws IOException {
        disk.delete(directory.resolve(QUARANTINE));
        disk.forceDirectory(directory);
        quarantine = Optional.empty();
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            log.close();
        } finally {
            try {
                snapshots.close();
            } finally {
                release(lock);
            }
        }
    }

    /** Closes a lock, whose type may throw anything. */
    static void release(AutoCloseable lock) throws IOException {
        try {
            lock.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the lock cannot be released", e);
        }
    }

    private static Optional<String> readQuarantine(Disk disk, Path path) throws IOException {
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        try (DiskFile file = disk.open(path, Open.READ)) {
            ByteBuffer reason = ByteBuffer.allocate((int) Math.min(REASON_BYTES_MAX, file.size()));
            file.read(reason, 0);
            return Optional.of(Bytes.copyOf(reason.flip()).toUtf8());
        }
    }
}
