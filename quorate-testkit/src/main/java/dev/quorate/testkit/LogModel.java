package dev.quorate.testkit;

import dev.quorate.raft.EntrySizes;
import dev.quorate.raft.HardState;
import dev.quorate.raft.Invariant;
import dev.quorate.raft.LogId;
import dev.quorate.raft.TermRun;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.RecoveredLog;
import java.util.ArrayList;
import java.util.List;

/**
 * What a log holds, as plainly as it can be said: the reference that the log of files is compared with, and the state
 * behind {@link MemoryRaftLog}. One thread.
 */
public final class LogModel {
    private HardState hardState = HardState.INITIAL;
    private LogId purged = LogId.ZERO;
    private final ArrayList<Entry> entries = new ArrayList<>();

    /** One change, so that a log can be made of a prefix of its changes. */
    @FunctionalInterface
    public interface Change {
        void applyTo(LogModel log);
    }

    /** The newest term and vote. */
    public HardState hardState() {
        return hardState;
    }

    /** The position that the log begins after. */
    public LogId purged() {
        return purged;
    }

    /** The position of the last entry, or {@link #purged()}. */
    public LogId last() {
        return entries.isEmpty() ? purged : entries.get(entries.size() - 1).id();
    }

    /** The entries, the first right after {@link #purged()}; a copy. */
    public List<Entry> entries() {
        return List.copyOf(entries);
    }

    /** The entry at an index above {@link #purged()} and not above {@link #last()}. */
    public Entry at(long index) {
        return entries.get(place(index));
    }

    /** Replaces term and vote. */
    public void saveHardState(HardState newHardState) {
        hardState = newHardState;
    }

    /** Adds an entry, which must fit. */
    public void append(Entry entry) {
        Invariant.check(entry.index() == last().index() + 1, "an entry that leaves a hole", entry.index());
        Invariant.check(entry.term() >= last().term(), "an entry of a falling term", entry.index(), entry.term());
        entries.add(entry);
    }

    /** Drops the entries from this index on, which must be there. */
    public void truncateFrom(long index) {
        Invariant.check(index > purged.index() && index <= last().index(), "truncated outside of the log", index);
        entries.subList(place(index), entries.size()).clear();
    }

    /** Empties the log, which begins after this position then. */
    public void resetTo(LogId lastIncluded) {
        entries.clear();
        purged = lastIncluded;
    }

    /** Forgets the entries up to this position, which must be there or already be forgotten. */
    public void purge(LogId through) {
        if (through.index() <= purged.index()) {
            return;
        }
        Invariant.check(through.index() <= last().index(), "purged outside of the log", through.index());
        Invariant.check(at(through.index()).id().equals(through), "purged through a position of another log", through);
        entries.subList(0, place(through.index()) + 1).clear();
        purged = through;
    }

    /** All of it as a log reports it when it is opened. */
    public RecoveredLog recovered(long tornBytes) {
        List<TermRun> runs = new ArrayList<>();
        List<Entry> memberships = new ArrayList<>();
        int[] sizes = new int[entries.size()];
        for (int i = 0; i < sizes.length; i++) {
            Entry entry = entries.get(i);
            sizes[i] = entry.payload().length();
            if (entry.kind() == EntryKind.MEMBERSHIP) {
                memberships.add(entry);
            }
            int lastRun = runs.size() - 1;
            if (lastRun >= 0 && runs.get(lastRun).term() == entry.term()) {
                runs.set(lastRun, new TermRun(entry.term(), runs.get(lastRun).firstIndex(), entry.index()));
            } else {
                runs.add(new TermRun(entry.term(), entry.index(), entry.index()));
            }
        }
        long lastTime = entries.isEmpty() ? 0 : entries.get(entries.size() - 1).timeMillis();
        return new RecoveredLog(hardState, purged, runs, EntrySizes.of(sizes), memberships, lastTime, tornBytes);
    }

    private int place(long index) {
        return Math.toIntExact(index - purged.index() - 1);
    }
}
