package dev.quorate.wal;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotNotFoundException;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.wal.SnapshotFormat.Footer;
import dev.quorate.wal.SnapshotName.Stage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots as files of one directory.
 *
 * <pre>
 *   snapshot-INDEX-TERM.tmp              being written here      ──commit: force, rename, force directory──┐
 *   snapshot-INDEX-TERM.part  + .chunks  being received          ──commit: SHA-256, force, rename, … ──────┤
 *   snapshot-INDEX-TERM.snap             finished: complete, durable, and its SHA-256 is in it   ◄─────────┘
 * </pre>
 *
 * <p>Index and term are 16 hexadecimal digits each; the layout of a file is in {@link SnapshotFormat}. Every finished
 * file is read and verified when the store is opened; one that does not verify is skipped and reported by
 * {@link #damaged}, and stays on the disk. BULK writes; the list of snapshots and the readers are for any thread,
 * guarded by this object.
 */
public final class FileSnapshotStore implements SnapshotStore {
    private static final String PREFIX = "snapshot-";
    private static final int VERIFY_BYTES = 1 << 18;
    private static final Comparator<LogId> BY_INDEX =
            Comparator.comparingLong(LogId::index).thenComparingLong(LogId::term);

    private final Disk disk;
    private final Path directory;
    private final TreeMap<LogId, SnapshotMetadata> verified = new TreeMap<>(BY_INDEX);
    private final TreeMap<Path, String> damaged = new TreeMap<>();
    private final Map<LogId, Integer> readers = new HashMap<>();
    private @Nullable SnapshotWriter openWriter;
    private @Nullable SnapshotPartial openPartial;

    /** A file that looks like a finished snapshot and is none. */
    public record Damaged(Path file, String what) {}

    private FileSnapshotStore(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /**
     * Opens the store in a directory, which is made when it is missing, and verifies what is there, the newest first.
     */
    public static FileSnapshotStore open(Disk disk, Path directory) throws IOException {
        disk.createDirectories(directory);
        FileSnapshotStore store = new FileSnapshotStore(disk, directory);
        List<SnapshotName> finished = new ArrayList<>();
        for (SnapshotName name : store.names(directory, PREFIX)) {
            if (name.stage() == Stage.FINISHED && name.prefix().equals(PREFIX)) {
                finished.add(name);
            }
        }
        finished.sort(Comparator.comparing(SnapshotName::lastIncluded, BY_INDEX.reversed()));
        for (SnapshotName name : finished) {
            Path path = directory.resolve(name.toString());
            try {
                store.verified.put(name.lastIncluded(), store.verify(path, name.lastIncluded()));
            } catch (IOException e) {
                store.damaged.put(path, String.valueOf(e.getMessage()));
            }
        }
        return store;
    }

    /** The files that look finished but did not verify, at start-up or while they were read; nobody deletes them. */
    public synchronized List<Damaged> damaged() {
        List<Damaged> list = new ArrayList<>();
        damaged.forEach((path, what) -> list.add(new Damaged(path, what)));
        return list;
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public String prefix() {
        return PREFIX;
    }

    @Override
    public synchronized Optional<SnapshotMetadata> latest() {
        return verified.isEmpty()
                ? Optional.empty()
                : Optional.of(verified.lastEntry().getValue());
    }

    @Override
    public synchronized List<SnapshotMetadata> all() {
        return List.copyOf(verified.values());
    }

    @Override
    public Path pathOf(SnapshotMetadata metadata) {
        return path(metadata.lastIncluded(), Stage.FINISHED);
    }

    @Override
    public Writer begin(LogId lastIncluded, long timeMillis, Membership membership, Bytes stateDigest, int chunkBytes)
            throws IOException {
        deleteLeftTemporaries(directory, PREFIX);
        SnapshotWriter writer = new SnapshotWriter(
                disk,
                this,
                path(lastIncluded, Stage.TEMPORARY),
                lastIncluded,
                timeMillis,
                membership,
                stateDigest,
                chunkBytes);
        synchronized (this) {
            openWriter = writer;
        }
        return writer;
    }

    @Override
    public Reader open(SnapshotMetadata metadata) throws IOException {
        LogId id = metadata.lastIncluded();
        pin(metadata);
        boolean opened = false;
        DiskFile file = null;
        try {
            file = disk.open(pathOf(metadata), Open.READ);
            Footer footer = SnapshotFormat.readFooter(file);
            if (!footer.metadata().equals(metadata)) {
                throw new SnapshotDamage("the file holds another snapshot");
            }
            opened = true;
            return new SnapshotReader(this, file, footer);
        } catch (NoSuchFileException e) {
            damaged(metadata, "the file is gone");
            throw new SnapshotNotFoundException("the file of the snapshot at " + id + " is gone", e);
        } catch (SnapshotDamage e) {
            damaged(metadata, String.valueOf(e.getMessage()));
            throw new CorruptSnapshotException(pathOf(metadata) + ": " + e.getMessage(), e);
        } finally {
            if (!opened) {
                unpin(id);
                if (file != null) {
                    file.close();
                }
            }
        }
    }

    @Override
    public Partial receive(SnapshotMetadata metadata) throws IOException {
        SnapshotPartial before;
        synchronized (this) {
            before = openPartial;
        }
        if (before != null) {
            before.close();
        }
        Path content = path(metadata.lastIncluded(), Stage.PARTIAL);
        Path chunks = path(metadata.lastIncluded(), Stage.CHUNKS);
        for (SnapshotName name : names(directory, PREFIX)) {
            if (isPartial(name) && !name.lastIncluded().equals(metadata.lastIncluded())) {
                disk.delete(directory.resolve(name.toString()));
            }
        }
        SnapshotPartial partial = SnapshotPartial.open(disk, this, metadata, content, chunks);
        synchronized (this) {
            openPartial = partial;
        }
        return partial;
    }

    @Override
    public List<SnapshotMetadata> cleanup(long beforeIndex, Path where, String prefix) throws IOException {
        boolean isOurs = where.equals(directory);
        TreeMap<LogId, SnapshotMetadata> valid = new TreeMap<>(BY_INDEX);
        for (SnapshotName name : names(where, prefix)) {
            if (name.stage() == Stage.FINISHED) {
                verifiedAt(where.resolve(name.toString()), name.lastIncluded(), isOurs)
                        .ifPresent(metadata -> valid.put(name.lastIncluded(), metadata));
            }
        }
        List<SnapshotMetadata> deleted = new ArrayList<>();
        for (SnapshotName name : names(where, prefix)) {
            SnapshotMetadata metadata = valid.get(name.lastIncluded());
            if (name.stage() == Stage.FINISHED
                    && metadata != null
                    && name.lastIncluded().index() < beforeIndex
                    && name.lastIncluded().index() < valid.lastKey().index()
                    && forget(metadata, isOurs)) {
                disk.delete(where.resolve(name.toString()));
                deleted.add(metadata);
            }
        }
        deleteLeftTemporaries(where, prefix);
        deleteStalePartials(where, prefix, valid.isEmpty() ? 0 : valid.lastKey().index());
        if (disk.exists(where)) {
            disk.forceDirectory(where);
        }
        deleted.sort(Comparator.comparing(SnapshotMetadata::lastIncluded, BY_INDEX));
        return deleted;
    }

    @Override
    public void close() throws IOException {
        SnapshotPartial partial;
        synchronized (this) {
            partial = openPartial;
        }
        if (partial != null) {
            partial.close();
        }
    }

    /** A snapshot is complete and durable under its name. */
    synchronized void finished(SnapshotMetadata metadata) {
        verified.put(metadata.lastIncluded(), metadata);
        damaged.remove(pathOf(metadata));
    }

    /** A snapshot turned out not to be whole. */
    synchronized void damaged(SnapshotMetadata metadata, String what) {
        verified.remove(metadata.lastIncluded(), metadata);
        damaged.put(pathOf(metadata), what);
    }

    synchronized void unpin(LogId id) {
        readers.computeIfPresent(id, (key, count) -> count == 1 ? null : count - 1);
    }

    synchronized void writerClosed(SnapshotWriter writer) {
        if (openWriter == writer) {
            openWriter = null;
        }
    }

    synchronized void partialClosed(SnapshotPartial partial) {
        if (openPartial == partial) {
            openPartial = null;
        }
    }

    private synchronized void pin(SnapshotMetadata metadata) {
        LogId id = metadata.lastIncluded();
        SnapshotMetadata known = verified.get(id);
        String what = damaged.get(pathOf(metadata));
        if (known == null && what == null) {
            throw new SnapshotNotFoundException("no snapshot at " + id);
        }
        if (!metadata.equals(known)) {
            throw new CorruptSnapshotException(
                    pathOf(metadata) + ": " + (what == null ? "the file holds another snapshot" : what));
        }
        readers.merge(id, 1, Integer::sum);
    }

    /** Takes a snapshot off the list so that its file can be deleted; false when it is being read. */
    private synchronized boolean forget(SnapshotMetadata metadata, boolean isOurs) {
        if (isOurs && readers.containsKey(metadata.lastIncluded())) {
            return false;
        }
        if (isOurs) {
            verified.remove(metadata.lastIncluded());
        }
        return true;
    }

    private Optional<SnapshotMetadata> verifiedAt(Path path, LogId id, boolean isOurs) {
        if (isOurs) {
            synchronized (this) {
                SnapshotMetadata metadata = verified.get(id);
                return metadata != null && pathOf(metadata).equals(path) ? Optional.of(metadata) : Optional.empty();
            }
        }
        try {
            return Optional.of(verify(path, id));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Reads a whole file and compares it with what it says of itself. */
    private SnapshotMetadata verify(Path path, LogId expected) throws IOException {
        try (DiskFile file = disk.open(path, Open.READ)) {
            SnapshotMetadata metadata = SnapshotFormat.readFooter(file).metadata();
            if (!metadata.lastIncluded().equals(expected)) {
                throw new SnapshotDamage("the file holds the snapshot at " + metadata.lastIncluded());
            }
            ContentChecksums checksums = new ContentChecksums(metadata.chunkBytes());
            byte[] buffer = new byte[VERIFY_BYTES];
            while (checksums.size() < metadata.sizeBytes()) {
                int length = (int) Math.min(VERIFY_BYTES, metadata.sizeBytes() - checksums.size());
                if (file.read(ByteBuffer.wrap(buffer, 0, length), checksums.size()) < length) {
                    throw new SnapshotDamage("the file is too short");
                }
                checksums.update(buffer, 0, length);
            }
            if (!checksums.finish().equals(metadata.checksum())) {
                throw new SnapshotDamage("the content does not match its SHA-256");
            }
            return metadata;
        }
    }

    private void deleteLeftTemporaries(Path where, String prefix) throws IOException {
        Path open;
        synchronized (this) {
            open = openWriter == null ? null : openWriter.temporary();
        }
        for (SnapshotName name : names(where, prefix)) {
            Path path = where.resolve(name.toString());
            if (name.stage() == Stage.TEMPORARY && !path.equals(open)) {
                disk.delete(path);
            }
        }
    }

    /** A partial snapshot that is not newer than what is here will never be needed. */
    private void deleteStalePartials(Path where, String prefix, long newestIndex) throws IOException {
        LogId open;
        synchronized (this) {
            open = openPartial == null ? null : openPartial.metadata().lastIncluded();
        }
        for (SnapshotName name : names(where, prefix)) {
            if (isPartial(name)
                    && name.lastIncluded().index() <= newestIndex
                    && !(where.equals(directory) && name.lastIncluded().equals(open))) {
                disk.delete(where.resolve(name.toString()));
            }
        }
    }

    private static boolean isPartial(SnapshotName name) {
        return name.stage() == Stage.PARTIAL || name.stage() == Stage.CHUNKS;
    }

    /** The names in a directory that begin with a prefix and are those of snapshot files. */
    private List<SnapshotName> names(Path where, String prefix) throws IOException {
        List<SnapshotName> names = new ArrayList<>();
        for (String name : disk.list(where)) {
            if (name.startsWith(prefix)) {
                SnapshotName.parse(name).ifPresent(names::add);
            }
        }
        return names;
    }

    private Path path(LogId id, Stage stage) {
        return directory.resolve(new SnapshotName(PREFIX, id, stage).toString());
    }
}
