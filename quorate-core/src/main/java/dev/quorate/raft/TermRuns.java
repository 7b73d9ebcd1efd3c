package dev.quorate.raft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The log as the core knows it: which term each index has, as runs, and how large each entry is. Never a payload.
 *
 * <pre>
 *   purged      first run            second run           lastIndex
 *     5    │ 6    7    8    9   │  10   11   12   13   14   │
 *   term 1 │ term 2             │  term 4                   │
 *          └ firsts[0] = 6      └ firsts[1] = 10
 *   sizes[index &amp; mask]: a ring that grows and shrinks with the number of unpurged entries
 * </pre>
 *
 * The position {@code purged} itself still has a known term, so that the first entry behind it can be checked.
 */
final class TermRuns {
    /** The term of an index that the log does not hold. */
    static final long UNKNOWN = -1;

    private static final int RUNS_MIN = 8;
    private static final int SIZES_MIN = 64;

    private long[] terms = new long[RUNS_MIN];
    private long[] firsts = new long[RUNS_MIN];
    /** The runs are the places {@code from} (inclusive) to {@code to} (exclusive) of both arrays. */
    private int from;

    private int to;
    private int[] sizes = new int[SIZES_MIN];
    private LogId purged;
    private LogId last;

    TermRuns(LogId purged, List<TermRun> runs, EntrySizes entrySizes) {
        this.purged = purged;
        this.last = purged;
        int place = 0;
        for (TermRun run : runs) {
            append(run.term(), entrySizes, place, Math.toIntExact(run.size()));
            place += Math.toIntExact(run.size());
        }
    }

    /** The position that the log begins after. */
    LogId purged() {
        return purged;
    }

    /** The last entry, or {@code purged} when there is none. */
    LogId last() {
        return last;
    }

    long lastIndex() {
        return last.index();
    }

    /** The term at an index from {@code purged} to {@code last}, else {@link #UNKNOWN}. */
    long termAt(long index) {
        if (index < purged.index() || index > last.index()) {
            return UNKNOWN;
        }
        return index == purged.index() ? purged.term() : terms[runAt(index)];
    }

    /** True when the log holds exactly this position, {@code purged} included. */
    boolean contains(LogId id) {
        return termAt(id.index()) == id.term();
    }

    /** The first index behind {@code purged} of the run that holds this entry. */
    long firstIndexOfRunAt(long index) {
        return firsts[runAt(index)];
    }

    /**
     * The greatest index, at most {@code index}, whose term is at most {@code term}; {@code purged.index} when there is
     * none.
     */
    long lastIndexOfTermAtMost(long term, long index) {
        if (index <= purged.index()) {
            return purged.index();
        }
        long found = Math.min(index, last.index());
        for (int run = runAt(found); run >= from && terms[run] > term; run--) {
            found = firsts[run] - 1;
        }
        return found;
    }

    /** The size of an entry behind {@code purged}. */
    int sizeAt(long index) {
        return sizes[slot(index)];
    }

    /** The sum of the sizes of the entries {@code first} to {@code last}, inclusive. */
    long bytes(long first, long last) {
        long sum = 0;
        for (long index = first; index <= last; index++) {
            sum += sizes[slot(index)];
        }
        return sum;
    }

    /**
     * The entries {@code first} to {@code last}, inclusive, all of them behind {@code purged}; none when {@code last <
     * first}.
     */
    List<TermRun> runs(long first, long last) {
        if (last < first) {
            return List.of();
        }
        int run = runAt(first);
        if (lastIndexOfRun(run) >= last) {
            return List.of(new TermRun(terms[run], first, last));
        }
        List<TermRun> found = new ArrayList<>();
        for (long next = first; next <= last; run++) {
            long end = Math.min(last, lastIndexOfRun(run));
            found.add(new TermRun(terms[run], next, end));
            next = end + 1;
        }
        return found;
    }

    /** Appends {@code count} entries of one term, whose sizes stand from {@code place} on. */
    void append(long term, EntrySizes entrySizes, int place, int count) {
        Invariant.check(term >= last.term() && count > 0, "entries with a falling term", term, last.term());
        long first = last.index() + 1;
        if (to == from || terms[to - 1] != term) {
            pushRun(term, first);
        }
        ensureSizes(first - 1 - purged.index() + count);
        for (int i = 0; i < count; i++) {
            sizes[slot(first + i)] = entrySizes.bytes(place + i);
        }
        last = new LogId(term, first + count - 1);
    }

    /** Drops every entry at or above this index. */
    void truncateFrom(long index) {
        Invariant.check(index > purged.index() && index <= last.index(), "nothing to truncate", index, last.index());
        while (to > from && firsts[to - 1] >= index) {
            to--;
        }
        last = to > from ? new LogId(terms[to - 1], index - 1) : purged;
    }

    /** Forgets the entries up to this one, which the log holds. */
    void purge(LogId through) {
        Invariant.check(contains(through), "a purge of an entry that is not in the log", through);
        while (from < to && lastIndexOfRun(from) <= through.index()) {
            from++;
        }
        if (from < to) {
            firsts[from] = through.index() + 1;
        }
        purged = through;
        int entries = Math.toIntExact(last.index() - purged.index());
        if (sizes.length > SIZES_MIN && entries < sizes.length / 8) {
            resizeSizes(Math.max(SIZES_MIN, Integer.highestOneBit(entries) * 4));
        }
    }

    /** Becomes an empty log that begins after this position. */
    void reset(LogId id) {
        from = 0;
        to = 0;
        purged = id;
        last = id;
        sizes = new int[SIZES_MIN];
    }

    private int runAt(long index) {
        if (index >= firsts[to - 1]) {
            return to - 1;
        }
        int found = Arrays.binarySearch(firsts, from, to, index);
        return found >= 0 ? found : -found - 2;
    }

    private long lastIndexOfRun(int run) {
        return run == to - 1 ? last.index() : firsts[run + 1] - 1;
    }

    private void pushRun(long term, long first) {
        if (to == terms.length) {
            int count = to - from;
            int capacity = count > terms.length / 2 ? terms.length * 2 : terms.length;
            long[] movedTerms = new long[capacity];
            long[] movedFirsts = new long[capacity];
            System.arraycopy(terms, from, movedTerms, 0, count);
            System.arraycopy(firsts, from, movedFirsts, 0, count);
            terms = movedTerms;
            firsts = movedFirsts;
            from = 0;
            to = count;
        }
        terms[to] = term;
        firsts[to] = first;
        to++;
    }

    private int slot(long index) {
        return (int) (index & (sizes.length - 1));
    }

    private void ensureSizes(long entries) {
        if (entries > sizes.length) {
            resizeSizes(Math.toIntExact(Long.highestOneBit(entries - 1) * 2));
        }
    }

    private void resizeSizes(int capacity) {
        int[] moved = new int[capacity];
        for (long index = purged.index() + 1; index <= last.index(); index++) {
            moved[(int) (index & (capacity - 1))] = sizes[slot(index)];
        }
        sizes = moved;
    }
}
