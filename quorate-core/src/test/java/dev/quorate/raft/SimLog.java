package dev.quorate.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A log of a simulated node, with its entries: the one in memory, or the one on disk. */
final class SimLog {
    /** An entry; {@code value} is unique in a run, 0 for a no-op or a membership. */
    record SimEntry(long term, long value, Optional<Membership> membership) {
        SimEntry(long term, long value) {
            this(term, value, Optional.empty());
        }

        int size() {
            return value == 0 ? 0 : (int) (1 + value % 40);
        }
    }

    private LogId purged = LogId.ZERO;
    private final ArrayList<SimEntry> entries = new ArrayList<>();

    LogId purged() {
        return purged;
    }

    long lastIndex() {
        return purged.index() + entries.size();
    }

    LogId last() {
        return entries.isEmpty()
                ? purged
                : new LogId(entries.get(entries.size() - 1).term(), lastIndex());
    }

    /** The entry at an index that is neither purged nor beyond the end. */
    SimEntry at(long index) {
        return entries.get((int) (index - purged.index() - 1));
    }

    /** The term at an index, -1 when the log does not know it. */
    long termAt(long index) {
        if (index == purged.index()) {
            return purged.term();
        }
        return index < purged.index() || index > lastIndex() ? -1 : at(index).term();
    }

    boolean contains(LogId id) {
        return termAt(id.index()) == id.term();
    }

    List<SimEntry> range(long first, long last) {
        return List.copyOf(entries.subList((int) (first - purged.index() - 1), (int) (last - purged.index())));
    }

    void append(SimEntry entry) {
        entries.add(entry);
    }

    void truncateFrom(long index) {
        while (lastIndex() >= index) {
            entries.remove(entries.size() - 1);
        }
    }

    void purge(LogId through) {
        if (through.index() > purged.index()) {
            entries.subList(0, (int) (through.index() - purged.index())).clear();
            purged = through;
        }
    }

    void reset(LogId id) {
        entries.clear();
        purged = id;
    }

    void copyFrom(SimLog other) {
        entries.clear();
        entries.addAll(other.entries);
        purged = other.purged;
    }

    List<TermRun> runs() {
        List<TermRun> runs = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            long index = purged.index() + 1 + i;
            TermRun last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && last.term() == entries.get(i).term()) {
                runs.set(runs.size() - 1, new TermRun(last.term(), last.firstIndex(), index));
            } else {
                runs.add(new TermRun(entries.get(i).term(), index, index));
            }
        }
        return runs;
    }

    List<LoggedMembership> memberships() {
        return memberships(purged.index() + 1, entries);
    }

    static List<LoggedMembership> memberships(long first, List<SimEntry> entries) {
        List<LoggedMembership> memberships = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            long index = first + i;
            entries.get(i).membership().ifPresent(each -> memberships.add(new LoggedMembership(index, each)));
        }
        return memberships;
    }

    EntrySizes sizes() {
        return sizes(entries);
    }

    static EntrySizes sizes(List<SimEntry> entries) {
        return EntrySizes.of(entries.stream().mapToInt(SimEntry::size).toArray());
    }
}
