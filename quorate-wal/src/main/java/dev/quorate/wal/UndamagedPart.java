package dev.quorate.wal;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Entry;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.SnapshotMetadata;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What is left of a damaged log: the changes before the first damage, as far as they continue a snapshot that is whole.
 * Changes nothing. One thread.
 */
final class UndamagedPart implements AutoCloseable {
    private static final long COPY_BYTES = 1 << 20;

    private final LogState state = new LogState();
    private final Optional<LogScan> scan;
    private final Optional<CorruptLogException> damage;
    private final Optional<SnapshotMetadata> snapshot;
    private final Optional<HardState> hardState;
    private final long lastSeen;
    private final boolean usable;

    /**
     * Reads what there is.
     *
     * @param files the directory of the damaged log
     * @param snapshot the newest snapshot that is whole
     */
    UndamagedPart(Disk disk, LogFiles files, Optional<SnapshotMetadata> snapshot) throws IOException {
        this.snapshot = snapshot;
        Optional<LogScan> opened = Optional.empty();
        Optional<CorruptLogException> found = Optional.empty();
        boolean whole = false;
        try {
            LogScan all = LogScan.openUndamaged(disk, files);
            opened = Optional.of(all);
            found = all.damage();
            all.run(state);
            state.checkWhole(all.segments().get(0));
            VoteFile.checkNotAhead(disk, files, state);
            whole = true;
        } catch (CorruptLogException e) {
            found = Optional.of(found.orElse(e));
        }
        this.scan = opened;
        this.damage = found;
        Optional<HardState> copy = VoteFile.read(disk, files.vote());
        boolean logIsWhole = whole && damage.isEmpty();
        this.hardState =
                logIsWhole ? Optional.of(state.hardState()) : copy.map(vote -> VoteFile.later(vote, state.hardState()));
        long base = snapshot.map(s -> s.lastIncluded().index()).orElse(0L);
        boolean beginsRight = state.index().first() == state.purged().index() + 1;
        this.usable = opened.isPresent() && beginsRight && state.purged().index() <= base;
        long seen = Math.max(state.nextIndex() - 1, state.purged().index());
        this.lastSeen = opened.isPresent() ? Math.max(seen, opened.get().lastEntryAnywhere()) : seen;
    }

    /** The first damage, empty when the log is whole and only lacks its snapshot. */
    Optional<CorruptLogException> damage() {
        return damage;
    }

    /** The entries between the newest snapshot that is whole and a log that is whole, too, if any are missing. */
    Optional<CorruptLogException> hole() {
        if (usable) {
            return Optional.empty();
        }
        return Optional.of(new CorruptLogException(
                "the newest snapshot",
                0,
                snapshotEnd().index() + 1,
                "it ends at entry " + snapshotEnd().index() + ", the log begins only after entry "
                        + state.purged().index()));
    }

    /** The newest term and vote, empty when they are lost. */
    Optional<HardState> hardState() {
        return hardState;
    }

    /** The newest term that is known of. */
    long term() {
        return state.hardState().term();
    }

    /** The position that what is left begins after. */
    LogId base() {
        return usable ? state.purged() : snapshotEnd();
    }

    /** The last entry that is left, in the log or in the snapshot. */
    LogId last() {
        LogId inLog = usable ? state.last() : LogId.ZERO;
        return inLog.index() >= snapshotEnd().index() ? inLog : snapshotEnd();
    }

    /** The last entry of which there is a trace. */
    long lastSeen() {
        return Math.max(lastSeen, last().index());
    }

    /** The newest membership in what is left, or that of the first start. */
    Membership membership(Membership bootstrap) {
        List<Entry> changes = usable ? state.memberships() : List.of();
        long covered = snapshotEnd().index();
        if (!changes.isEmpty() && changes.get(changes.size() - 1).index() > covered) {
            return MembershipFormat.decode(changes.get(changes.size() - 1).payload());
        }
        return snapshot.map(SnapshotMetadata::membership).orElse(bootstrap);
    }

    /** Writes what is left, entries up to {@code lastKept} at most, into an empty log. */
    void copyTo(SegmentedLog log, long lastKept) throws IOException {
        if (base().index() > 0) {
            log.resetTo(base());
        }
        if (!usable) {
            return;
        }
        LogView view = state.index().view(Math.min(state.nextIndex() - 1, lastKept));
        LogReader reader = new LogReader(() -> view);
        long next = state.purged().index() + 1;
        while (next <= view.through()) {
            List<Entry> entries = readable(reader, next, view.through());
            if (entries.isEmpty()) {
                return;
            }
            log.append(entries);
            next += entries.size();
        }
    }

    private static List<Entry> readable(LogReader reader, long first, long last) throws IOException {
        try {
            return reader.read(first, last, COPY_BYTES);
        } catch (CorruptLogException rottenSince) {
            return List.of();
        }
    }

    private LogId snapshotEnd() {
        return snapshot.map(SnapshotMetadata::lastIncluded).orElse(LogId.ZERO);
    }

    @Override
    public void close() throws IOException {
        if (scan.isPresent()) {
            scan.get().close();
        }
    }
}
