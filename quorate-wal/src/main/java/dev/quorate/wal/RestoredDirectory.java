package dev.quorate.wal;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.Disk;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the data directory of a member of a new cluster that begins with a snapshot of another one.
 *
 * <pre>
 *   RESTORING  ──►  log/, begins behind the snapshot's last entry, in its term  ──►  RESTORING becomes IDENTITY
 *   (the new        snapshots/, the content as it was, the new members               (one rename: from here on
 *   identity)       REJOIN, for a cluster of several: a first start                   the directory is complete)
 * </pre>
 *
 * <p>A directory that holds RESTORING is opened by nobody, so whatever a crash leaves is either complete or refused.
 * Index and term of the snapshot's last entry are kept: sessions are named by indexes, and a term must not come again.
 */
public final class RestoredDirectory {
    static final String RESTORING = "RESTORING";

    private final Disk disk;
    private final Path directory;
    private final WalOptions options;

    RestoredDirectory(Disk disk, Path directory, WalOptions options) {
        this.disk = disk;
        this.directory = directory;
        this.options = options;
    }

    /** As {@link #make}, on the file system of this machine. */
    public static void make(Path directory, SavedSnapshot snapshot, NodeIdentity identity, Membership members)
            throws IOException {
        new RestoredDirectory(new FileDisk(), directory, WalOptions.DEFAULT).make(snapshot, identity, members);
    }

    /**
     * Makes the directory.
     *
     * @param snapshot what the cluster begins with, the same at each member
     * @param identity the member whose directory it is
     * @param members all members, all of them voters
     * @throws ForeignDirectoryException when something is in the directory, which is left as it is then
     */
    void make(SavedSnapshot snapshot, NodeIdentity identity, Membership members) throws IOException {
        requireEmpty(Set.of());
        disk.createDirectories(directory);
        AutoCloseable lock = disk.lock(directory.resolve(FileStorage.LOCK));
        try {
            requireEmpty(Set.of(FileStorage.LOCK));
            IdentityFile file = new IdentityFile(identity, members);
            file.write(disk, directory.resolve(RESTORING));
            disk.forceDirectory(directory);
            makeLog(snapshot.metadata().lastIncluded());
            makeSnapshot(snapshot, members);
            if (members.members().size() > 1) {
                RejoinMark.restored(snapshot.metadata().lastIncluded().term()).write(disk, directory);
            }
            file.write(disk, directory.resolve(FileStorage.IDENTITY_COPY));
            disk.forceDirectory(directory);
            disk.rename(directory.resolve(RESTORING), directory.resolve(FileStorage.IDENTITY));
            disk.forceDirectory(directory);
        } finally {
            OpenFileStorage.release(lock);
        }
    }

    /** Refuses a directory with these names in it when it is not complete. */
    static void requireComplete(Path directory, List<String> names) throws ForeignDirectoryException {
        if (names.contains(RESTORING)) {
            throw new ForeignDirectoryException("data directory " + directory
                    + " holds a restored snapshot that is not complete: delete it, and restore the snapshot again");
        }
    }

    private void requireEmpty(Set<String> allowed) throws IOException {
        List<String> names = disk.list(directory);
        requireComplete(directory, names);
        for (String name : names) {
            if (!allowed.contains(name) && !FileStorage.OF_THE_SYSTEM.contains(name)) {
                throw new ForeignDirectoryException("data directory " + directory + " is not empty, there is " + name
                        + ": a snapshot is restored to a new directory only");
            }
        }
    }

    private void makeLog(LogId lastIncluded) throws IOException {
        Path log = directory.resolve(FileStorage.LOG);
        SegmentedLog.create(disk, log, options);
        try (SegmentedLog made = SegmentedLog.open(disk, log, options)) {
            made.resetTo(lastIncluded);
            made.saveHardState(new HardState(lastIncluded.term(), Optional.empty()));
            made.sync();
        }
    }

    private void makeSnapshot(SavedSnapshot snapshot, Membership members) throws IOException {
        SnapshotMetadata saved = snapshot.metadata();
        try (FileSnapshotStore snapshots = FileSnapshotStore.open(disk, directory.resolve(FileStorage.SNAPSHOTS));
                SnapshotStore.Writer writer = snapshots.begin(
                        saved.lastIncluded(), saved.timeMillis(), members, saved.stateDigest(), saved.chunkBytes())) {
            snapshot.copyContent(writer.content());
            SnapshotMetadata written = writer.commit();
            if (!written.checksum().equals(saved.checksum())) {
                throw new SnapshotDamage("the saved snapshot changed while it was restored");
            }
        }
    }
}
