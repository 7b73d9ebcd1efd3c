package dev.quorate.wal;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.ForeignDirectoryException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Cuts the damaged end off the log of a stopped node that has no other member to repair it from. What is cut off is
 * gone from the log, but stays as a file. Holds the directory until it is closed; one thread.
 */
public final class LogSurgery implements AutoCloseable {
    private final Disk disk;
    private final Path directory;
    private final AutoCloseable lock;
    private final IdentityFile identity;

    /**
     * What is wrong and what a cut would cost.
     *
     * @param what where the damage is
     * @param firstLost the first entry that is lost
     * @param lastSeen the last entry of which there is a trace; below {@code firstLost} when there is none
     * @param alone true when no other member has what is lost; else the node repairs itself when it is started
     */
    public record Diagnosis(String what, long firstLost, long lastSeen, boolean alone) {
        /** How many entries a cut gives up. */
        public long lost() {
            return Math.max(0, lastSeen - firstLost + 1);
        }
    }

    private LogSurgery(Disk disk, Path directory, AutoCloseable lock, IdentityFile identity) {
        this.disk = disk;
        this.directory = directory;
        this.lock = lock;
        this.identity = identity;
    }

    /**
     * Takes a data directory of this machine.
     *
     * @throws dev.quorate.spi.DirectoryInUseException when a node uses it
     * @throws ForeignDirectoryException when there is no data of Quorate in it
     */
    public static LogSurgery ofStoppedNode(Path dataDirectory) throws IOException {
        return of(new FileDisk(), dataDirectory);
    }

    static LogSurgery of(Disk disk, Path directory) throws IOException {
        if (!disk.exists(directory.resolve(FileStorage.IDENTITY))) {
            throw new ForeignDirectoryException("there is no data of Quorate in " + directory);
        }
        AutoCloseable lock = disk.lock(directory.resolve(FileStorage.LOCK));
        boolean opened = false;
        try {
            IdentityFile identity = IdentityFile.read(disk, directory.resolve(FileStorage.IDENTITY));
            opened = true;
            return new LogSurgery(disk, directory, lock, identity);
        } finally {
            if (!opened) {
                OpenFileStorage.release(lock);
            }
        }
    }

    /** What is wrong, empty when nothing is. Changes nothing. */
    public Optional<Diagnosis> diagnose() throws IOException {
        try (UndamagedPart left = new LogRepair(disk, directory, WalOptions.DEFAULT).look()) {
            return diagnosis(left);
        }
    }

    /**
     * Cuts the log before {@code firstLost}; the damaged files are moved to {@code damaged/n}.
     *
     * @param diagnosis what the operator has seen and accepted
     * @return the directory with the damaged files
     * @throws IllegalArgumentException when that is not, or no longer, what is wrong; nothing was changed
     */
    public Path cut(Diagnosis diagnosis) throws IOException {
        LogRepair repair = new LogRepair(disk, directory, WalOptions.DEFAULT);
        try (UndamagedPart left = repair.look()) {
            if (!diagnosis(left).equals(Optional.of(diagnosis)) || !diagnosis.alone()) {
                throw new IllegalArgumentException("not what is wrong with " + directory + ": " + diagnosis);
            }
            repair.beginAlone(left, diagnosis.what());
        }
        RejoinMark mark = RejoinMark.read(disk, directory).orElseThrow();
        repair.finish(mark);
        return directory.resolve(LogRepair.DAMAGED).resolve(Integer.toString(mark.number()));
    }

    private Optional<Diagnosis> diagnosis(UndamagedPart left) {
        Optional<CorruptLogException> damage = left.damage().or(left::hole);
        if (damage.isEmpty()) {
            return Optional.empty();
        }
        NodeId self = identity.identity().nodeId();
        Membership members = left.membership(identity.bootstrap());
        boolean others = members.members().stream().anyMatch(id -> members.isVoter(id) && !id.equals(self));
        return Optional.of(new Diagnosis(
                String.valueOf(damage.get().getMessage()), left.last().index() + 1, left.lastSeen(), !others));
    }

    @Override
    public void close() throws IOException {
        OpenFileStorage.release(lock);
    }
}
