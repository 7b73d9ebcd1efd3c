package dev.quorate.wal;

import dev.quorate.raft.Membership;
import dev.quorate.raft.Rejoin;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.SnapshotStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    private final Optional<RejoinMark> mark;
    private Optional<String> quarantine;
    private boolean closed;

    private OpenFileStorage(
            Disk disk,
            Path directory,
            Membership bootstrap,
            AutoCloseable lock,
            SegmentedLog log,
            FileSnapshotStore snapshots,
            Optional<RejoinMark> mark,
            Optional<String> quarantine) {
        this.disk = disk;
        this.directory = directory;
        this.bootstrap = bootstrap;
        this.lock = lock;
        this.log = log;
        this.snapshots = snapshots;
        this.mark = mark;
        this.quarantine = quarantine;
    }

    /** Opens log and snapshots; the lock belongs to the result then. */
    static OpenFileStorage open(Disk disk, Path directory, WalOptions options, Membership bootstrap, AutoCloseable lock)
            throws IOException {
        FileSnapshotStore snapshots = FileSnapshotStore.open(disk, directory.resolve(FileStorage.SNAPSHOTS));
        Optional<String> quarantine = readQuarantine(disk, directory.resolve(QUARANTINE));
        Optional<RejoinMark> mark = RejoinMark.read(disk, directory);
        checkJoined(disk, new LogFiles(directory.resolve(FileStorage.LOG)), snapshots);
        SegmentedLog log = SegmentedLog.open(disk, directory.resolve(FileStorage.LOG), options);
        return new OpenFileStorage(disk, directory, bootstrap, lock, log, snapshots, mark, quarantine);
    }

    /**
     * A snapshot that is damaged leaves a hole in front of the log, unless an older one reaches up to it; looked for
     * before anything is changed.
     */
    private static void checkJoined(Disk disk, LogFiles files, FileSnapshotStore snapshots) throws IOException {
        if (snapshots.damaged().isEmpty()) {
            return;
        }
        try (UndamagedPart log = new UndamagedPart(disk, files, snapshots.latest())) {
            Optional<CorruptLogException> hole = log.damage().or(log::hole);
            if (hole.isPresent()) {
                throw hole.get();
            }
        }
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
    public Rejoin rejoin() {
        return mark.map(RejoinMark::rejoin).orElse(Rejoin.NOT_NEEDED);
    }

    @Override
    public void voteLost() throws IOException {
        RejoinMark.voteLost().write(disk, directory);
    }

    @Override
    public void rejoined() throws IOException {
        RejoinMark.remove(disk, directory);
    }

    @Override
    public List<String> findings() {
        List<String> findings = new ArrayList<>();
        for (FileSnapshotStore.Damaged damaged : snapshots.damaged()) {
            findings.add("snapshot " + damaged.file() + " is damaged and not used: " + damaged.what());
        }
        if (mark.isPresent() && mark.get().number() > 0) {
            findings.add("repaired, the damaged files are in "
                    + directory
                            .resolve(LogRepair.DAMAGED)
                            .resolve(Integer.toString(mark.get().number())) + ": "
                    + mark.get().what());
        }
        return findings;
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
