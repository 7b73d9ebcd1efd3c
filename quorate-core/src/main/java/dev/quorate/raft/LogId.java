package dev.quorate.raft;

/**
 * The position of an entry: its index and the term of the leader that created it. Two logs that hold the same
 * {@code LogId} are identical up to it (Log Matching, Raft §5.3).
 *
 * <p>The order is that of "more up-to-date" (Raft §5.4.1): term first, then index.
 *
 * @param term 0 only for {@link #ZERO}
 * @param index counted from 1; 0 only for {@link #ZERO}
 */
public record LogId(long term, long index) implements Comparable<LogId> {
    /** The position before the first entry. */
    public static final LogId ZERO = new LogId(0, 0);

    public LogId {
        if (term < 0 || index < 0) {
            throw new IllegalArgumentException("negative log id: term " + term + ", index " + index);
        }
        if ((term == 0) != (index == 0)) {
            throw new IllegalArgumentException("term and index are zero together: term " + term + ", index " + index);
        }
    }

    @Override
    public int compareTo(LogId other) {
        int byTerm = Long.compare(term, other.term);
        return byTerm != 0 ? byTerm : Long.compare(index, other.index);
    }

    /** Printed as {@code term/index}. */
    @Override
    public String toString() {
        return term + "/" + index;
    }
}
