package dev.quorate.wal;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.Storage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The data of a node in a directory of its own.
 *
 * <pre>
 *   LOCK            held while the node runs; holds its process id
 *   IDENTITY        cluster, node, members at first start: see {@link IdentityFile}
 *   IDENTITY.new    a first start that did not come to its end; the next one begins again
 *   FORCING, FORCED the node became the only member of a new cluster: see {@link ForcedCluster}
 *   RESTORING       a restored snapshot that is not complete: see {@link RestoredDirectory}
 *   log/            MANIFEST and segments: see {@link SegmentedLog}
 *   snapshots/      see {@link FileSnapshotStore}
 *   IDENTITY.copy   the same once more, in case one of the two rots
 *   QUARANTINE      only when this replica's state differs from the cluster's: the reason, as text
 *   REJOIN          only while the node may have lost what it promised: see {@link RejoinMark}
 *   damaged/1 …     files that were found damaged, as they were: see {@link LogRepair}
 * </pre>
 *
 * <p>A first start writes IDENTITY.new, makes an empty log, and renames the file to IDENTITY: the directory is complete
 * from that moment on, and a log that is missing later is damage, not a new beginning.
 */
public final class FileStorage implements Storage {
    static final String LOCK = "LOCK";
    static final String IDENTITY = "IDENTITY";
    static final String NEW_IDENTITY = "IDENTITY.new";
    static final String IDENTITY_COPY = "IDENTITY.copy";
    static final String LOG = "log";
    static final String SNAPSHOTS = "snapshots";

    static final Set<String> OF_THE_SYSTEM = Set.of("lost+found", ".DS_Store");
    private static final Set<String> OF_A_FIRST_START =
            Set.of(LOCK, NEW_IDENTITY, IDENTITY_COPY, LOG, SNAPSHOTS, RejoinMark.NAME, RejoinMark.NEW_NAME);

    private final Path directory;
    private final Disk disk;
    private final WalOptions options;

    private FileStorage(Path directory, Disk disk, WalOptions options) {
        this.directory = directory;
        this.disk = disk;
        this.options = options;
    }

    /** The data in this directory, which is made at first start. */
    public static FileStorage in(Path dataDirectory) {
        return in(dataDirectory, new FileDisk(), WalOptions.DEFAULT);
    }

    /** The data in this directory of a disk. */
    public static FileStorage in(Path dataDirectory, Disk disk, WalOptions options) {
        return new FileStorage(dataDirectory, disk, options);
    }

    /**
     * Whose data the directory holds, empty before the first start has been completed: until then what the directory
     * says of the members is not in force either. Changes nothing and takes no lock: it lets a program that keeps no
     * configuration of its own come back as the node it was.
     */
    public Optional<NodeIdentity> identity() throws IOException {
        if (!isMade(disk.list(directory))) {
            return Optional.empty();
        }
        try {
            return Optional.of(readIdentity().identity());
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    @Override
    public OpenStorage open(NodeIdentity identity, Membership bootstrap) throws IOException {
        ForcedCluster.requireComplete(disk, directory);
        return open(identity, bootstrap, false);
    }

    @Override
    public OpenStorage repair(NodeIdentity identity, Membership bootstrap) throws IOException {
        ForcedCluster.requireComplete(disk, directory);
        return open(identity, bootstrap, true);
    }

    /** As the other two, also while the node becomes the only member of a new cluster. */
    OpenStorage open(NodeIdentity identity, Membership bootstrap, boolean repair) throws IOException {
        try {
            checkOurs(identity);
            disk.createDirectories(directory);
            AutoCloseable lock = disk.lock(directory.resolve(LOCK));
            boolean opened = false;
            try {
                if (!checkOurs(identity)) {
                    create(new IdentityFile(identity, bootstrap));
                }
                IdentityFile stored = storedIdentity();
                finishRepair();
                if (repair) {
                    repair(stored, identity.nodeId());
                }
                OpenFileStorage open = OpenFileStorage.open(disk, directory, options, stored.bootstrap(), lock);
                opened = true;
                return open;
            } finally {
                if (!opened) {
                    OpenFileStorage.release(lock);
                }
            }
        } catch (AccessDeniedException e) {
            throw (IOException) new AccessDeniedException(
                            directory.toString(), e.getFile(), "the data directory cannot be written by this user")
                    .initCause(e);
        } catch (NotDirectoryException | FileAlreadyExistsException e) {
            throw (IOException)
                    new ForeignDirectoryException("data directory " + directory + " is a file, not a directory")
                            .initCause(e);
        }
    }

    /** Repairs the log, if it is damaged and others have what it lost. */
    private void repair(IdentityFile stored, NodeId self) throws IOException {
        LogRepair repair = new LogRepair(disk, directory, options);
        try (UndamagedPart left = repair.look()) {
            Optional<CorruptLogException> damage = left.damage().or(left::hole);
            if (damage.isEmpty()) {
                return;
            }
            LogRepair.checkOthers(left, self, stored.bootstrap(), damage.get());
            repair.begin(left, damage.get().getMessage() + "; " + LogRepair.loss(left));
        }
        finishRepair();
    }

    private void finishRepair() throws IOException {
        Optional<RejoinMark> mark = RejoinMark.read(disk, directory);
        if (mark.isPresent() && mark.get().stage() != RejoinMark.Stage.DONE) {
            new LogRepair(disk, directory, options).finish(mark.get());
        }
    }

    /** The identity, from the copy when the file itself is damaged; afterwards both are whole. */
    private IdentityFile storedIdentity() throws IOException {
        Path file = directory.resolve(IDENTITY);
        Path copy = directory.resolve(IDENTITY_COPY);
        IdentityFile stored = readIdentity();
        for (Path each : List.of(file, copy)) {
            if (!isWhole(each)) {
                Path begun = directory.resolve(IDENTITY_COPY + ".new");
                disk.delete(begun);
                stored.write(disk, begun);
                disk.rename(begun, each);
                disk.forceDirectory(directory);
            }
        }
        return stored;
    }

    private boolean isWhole(Path identity) throws IOException {
        try {
            IdentityFile.read(disk, identity);
            return true;
        } catch (ForeignDirectoryException | NoSuchFileException e) {
            return false;
        }
    }

    private IdentityFile readIdentity() throws IOException {
        try {
            return IdentityFile.read(disk, directory.resolve(IDENTITY));
        } catch (ForeignDirectoryException | NoSuchFileException damaged) {
            if (!isWhole(directory.resolve(IDENTITY_COPY))) {
                throw damaged;
            }
            return IdentityFile.read(disk, directory.resolve(IDENTITY_COPY));
        }
    }

    /** True when a first start has been completed: its last step gives the identity its name. */
    private static boolean isMade(List<String> names) {
        return names.contains(IDENTITY) || (names.contains(IDENTITY_COPY) && !names.contains(NEW_IDENTITY));
    }

    /** True when the directory holds the data of this node, false when it holds none yet; changes nothing. */
    private boolean checkOurs(NodeIdentity identity) throws IOException {
        List<String> names = disk.list(directory);
        RestoredDirectory.requireComplete(directory, names);
        boolean isFirstStart = names.contains(NEW_IDENTITY);
        if (isMade(names)) {
            NodeIdentity stored = readIdentity().identity();
            if (!stored.equals(identity)) {
                throw new ForeignDirectoryException(
                        "data directory " + directory + " belongs to " + stored + ", not to " + identity);
            }
            return true;
        }
        for (String name : names) {
            boolean known = OF_THE_SYSTEM.contains(name)
                    || name.equals(LOCK)
                    || (isFirstStart && OF_A_FIRST_START.contains(name));
            if (!known) {
                throw new ForeignDirectoryException(
                        "data directory " + directory + " is not empty and holds no data of Quorate: there is " + name);
            }
        }
        return false;
    }

    /** Fills an empty directory, or one that an earlier attempt began to fill. */
    private void create(IdentityFile identity) throws IOException {
        Path begun = directory.resolve(NEW_IDENTITY);
        disk.delete(begun);
        identity.write(disk, begun);
        disk.forceDirectory(directory);
        SegmentedLog.create(disk, directory.resolve(LOG), options);
        disk.createDirectories(directory.resolve(SNAPSHOTS));
        boolean isAlone =
                identity.bootstrap().members().equals(Set.of(identity.identity().nodeId()));
        if (!isAlone) {
            RejoinMark.firstStart().write(disk, directory);
        }
        disk.delete(directory.resolve(IDENTITY_COPY));
        identity.write(disk, directory.resolve(IDENTITY_COPY));
        disk.rename(begun, directory.resolve(IDENTITY));
        disk.forceDirectory(directory);
    }
}
