package dev.quorate.wal;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Rejoin.Reason;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk;
import dev.quorate.wal.RejoinMark.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes a whole log out of a damaged one; never deletes what it found. One thread, which holds the lock.
 *
 * <pre>
 *   damaged/1/…     the files of the first repair, as they were: log and snapshots
 *
 *   mark MOVING ─► log/* and damaged snapshots move to damaged/n ─► mark BUILDING ─► log/ is written anew from what is
 *   left of them ─► mark DONE
 * </pre>
 *
 * A crash anywhere is taken up where it happened: {@link #finish} goes by the mark alone. The mark stays and tells the
 * protocol what the node must not do; see {@link dev.quorate.raft.Rejoin}.
 */
final class LogRepair {
    static final String DAMAGED = "damaged";

    private final Disk disk;
    private final Path directory;
    private final LogFiles files;
    private final WalOptions options;
    private final FileSnapshotStore snapshots;

    LogRepair(Disk disk, Path directory, WalOptions options) throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.files = new LogFiles(directory.resolve(FileStorage.LOG));
        this.options = options;
        this.snapshots = FileSnapshotStore.open(disk, directory.resolve(FileStorage.SNAPSHOTS));
    }

    /** What is left of the log. */
    UndamagedPart look() throws IOException {
        return new UndamagedPart(disk, files, snapshots.latest());
    }

    /** Throws when no other member votes, and so nobody has what is lost. */
    static void checkOthers(UndamagedPart left, NodeId self, Membership bootstrap, CorruptLogException damage)
            throws CorruptLogException {
        Membership members = left.membership(bootstrap);
        boolean others = members.members().stream().anyMatch(id -> members.isVoter(id) && !id.equals(self));
        if (!others) {
            CorruptLogException lost = new CorruptLogException(
                    damage.file(),
                    damage.offset(),
                    damage.index(),
                    damage.getMessage() + "; " + loss(left) + "; no other member has them, so nothing was changed");
            lost.initCause(damage);
            throw lost;
        }
    }

    /** What is lost, and what is whole, in words. */
    static String loss(UndamagedPart left) {
        LogId last = left.last();
        String whole = last.index() == 0 ? "nothing before is whole" : "entries up to " + last.index() + " are whole";
        long first = last.index() + 1;
        return left.lastSeen() < first
                ? "all entries from " + first + " on, if there were any, are lost, " + whole
                : "entries " + first + " to " + left.lastSeen() + " are lost or lie behind the damage, " + whole;
    }

    /** Decides on the repair, durably. From here on it must be finished. */
    void begin(UndamagedPart left, String what) throws IOException {
        Optional<Reason> before = RejoinMark.read(disk, directory).map(RejoinMark::reason);
        boolean voteKnown = left.hardState().isPresent()
                && before.orElse(Reason.NONE) != Reason.VOTE_LOST
                && before.orElse(Reason.NONE) != Reason.FIRST_START;
        // A term in which nothing was promised; what was, is forgotten together with the entries.
        long term = left.hardState().map(HardState::term).orElse(left.term()) + 1;
        Reason reason = voteKnown ? Reason.ENTRIES_LOST : Reason.VOTE_LOST;
        start(reason, term, what);
    }

    /** Decides on the repair of a node that has no other member to ask. */
    void beginAlone(UndamagedPart left, String what) throws IOException {
        start(Reason.NONE, left.hardState().map(HardState::term).orElse(left.term()) + 1, what);
    }

    private void start(Reason reason, long term, String what) throws IOException {
        int number = 1;
        while (!disk.list(directory.resolve(DAMAGED).resolve(Integer.toString(number)))
                .isEmpty()) {
            number++;
        }
        disk.createDirectories(directory.resolve(DAMAGED).resolve(Integer.toString(number)));
        new RejoinMark(Stage.MOVING, reason, new HardState(term, Optional.empty()), number, what)
                .write(disk, directory);
    }

    /** Carries a repair that was begun to its end. */
    void finish(RejoinMark mark) throws IOException {
        RejoinMark at = mark;
        Path aside = directory.resolve(DAMAGED).resolve(Integer.toString(mark.number()));
        if (at.stage() == Stage.MOVING) {
            for (FileSnapshotStore.Damaged snapshot : snapshots.damaged()) {
                disk.rename(
                        snapshot.file(),
                        aside.resolve(String.valueOf(snapshot.file().getFileName())));
            }
            disk.forceDirectory(snapshots.directory());
            disk.createDirectories(files.directory());
            for (String name : disk.list(files.directory())) {
                disk.rename(files.directory().resolve(name), aside.resolve(name));
            }
            disk.forceDirectory(files.directory());
            disk.forceDirectory(aside);
            at = at.at(Stage.BUILDING);
            at.write(disk, directory);
        }
        if (at.stage() == Stage.BUILDING) {
            LogRecovery.create(disk, files, options);
            try (UndamagedPart left = new UndamagedPart(disk, new LogFiles(aside), snapshots.latest());
                    SegmentedLog log = LogRecovery.open(disk, files, options)) {
                left.copyTo(log, Long.MAX_VALUE);
                log.saveHardState(at.hardState());
                log.sync();
            }
            if (at.reason() == Reason.NONE) {
                RejoinMark.remove(disk, directory);
            } else {
                at.at(Stage.DONE).write(disk, directory);
            }
        }
    }
}
