package dev.quorate.wal;

import dev.quorate.raft.TermRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The terms of the entries of a log, as runs, so that an entry costs nothing; owned by one thread. */
final class TermRuns {
    private static final int INITIAL = 8;

    private long[] terms = new long[INITIAL];
    private long[] firsts = new long[INITIAL];
    private int count;
    private long last;

    boolean isEmpty() {
        return count == 0;
    }

    long lastTerm() {
        return terms[count - 1];
    }

    /** The term of an entry that is there, 0 for another index. */
    long termAt(long index) {
        if (count == 0 || index < firsts[0] || index > last) {
            return 0;
        }
        int place = Arrays.binarySearch(firsts, 0, count, index);
        return terms[place >= 0 ? place : -place - 2];
    }

    /** Adds the next entry. */
    void add(long term, long index) {
        if (count == 0 || terms[count - 1] != term) {
            if (count == terms.length) {
                terms = Arrays.copyOf(terms, count * 2);
                firsts = Arrays.copyOf(firsts, count * 2);
            }
            terms[count] = term;
            firsts[count] = index;
            count++;
        }
        last = index;
    }

    /** Drops the entries from this index on. */
    void truncateFrom(long index) {
        while (count > 0 && firsts[count - 1] >= index) {
            count--;
        }
        last = Math.min(last, index - 1);
    }

    /** Drops the entries up to this index. */
    void purgeThrough(long index) {
        if (count == 0 || index >= last) {
            count = 0;
            return;
        }
        int drop = 0;
        while (drop + 1 < count && firsts[drop + 1] <= index + 1) {
            drop++;
        }
        System.arraycopy(terms, drop, terms, 0, count - drop);
        System.arraycopy(firsts, drop, firsts, 0, count - drop);
        count -= drop;
        firsts[0] = Math.max(firsts[0], index + 1);
    }

    void clear() {
        count = 0;
    }

    List<TermRun> toList() {
        List<TermRun> runs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            runs.add(new TermRun(terms[i], firsts[i], i + 1 < count ? firsts[i + 1] - 1 : last));
        }
        return runs;
    }
}
