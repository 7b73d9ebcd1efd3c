package dev.quorate.sim.invariants;

import dev.quorate.raft.LogId;
import java.util.Arrays;

/** The positions in one node's log, as they were written, and how far they are durable for certain. */
final class LogRecord {
    private long[] terms = new long[64];
    private LogId purged = LogId.ZERO;
    private long last;
    private long durable;
    private LogId durablePurged = LogId.ZERO;

    /** The position that the log begins after. */
    LogId purged() {
        return purged;
    }

    /** The last index, durable or not. */
    long last() {
        return last;
    }

    /** The last index that is durable for certain. */
    long durable() {
        return durable;
    }

    /** The position that the log begins after for certain, whatever a crash leaves. */
    LogId durablePurged() {
        return durablePurged;
    }

    /** The term at an index from {@code purged} to {@code last}; -1 elsewhere. */
    long termAt(long index) {
        if (index == purged.index()) {
            return purged.term();
        }
        return index < purged.index() || index > last ? -1 : terms[place(index)];
    }

    boolean holds(LogId id) {
        return termAt(id.index()) == id.term();
    }

    void append(long term) {
        last++;
        int place = place(last);
        if (place >= terms.length) {
            terms = Arrays.copyOf(terms, terms.length * 2);
        }
        terms[place] = term;
    }

    void truncateFrom(long index) {
        last = index - 1;
        durable = Math.min(durable, last);
    }

    void resetTo(LogId position) {
        purged = position;
        last = position.index();
        durable = 0;
    }

    void sync() {
        durable = last;
        durablePurged = purged;
    }

    void purge(LogId through) {
        if (through.index() <= purged.index()) {
            return;
        }
        long kept = Math.max(0, last - through.index());
        System.arraycopy(terms, place(through.index() + 1), terms, 0, (int) kept);
        purged = through;
        durablePurged = through;
    }

    private int place(long index) {
        return (int) (index - purged.index() - 1);
    }
}
