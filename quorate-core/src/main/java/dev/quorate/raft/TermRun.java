package dev.quorate.raft;

/**
 * A run of neighbouring entries of one term: all that the core knows of the log, besides sizes.
 *
 * @param term the term of every entry in the run, at least 1
 * @param firstIndex the first index, at least 1
 * @param lastIndex the last index, inclusive, not below {@code firstIndex}
 */
public record TermRun(long term, long firstIndex, long lastIndex) {
    public TermRun {
        if (term < 1 || firstIndex < 1 || lastIndex < firstIndex) {
            throw new IllegalArgumentException(
                    "no run of entries: term " + term + ", first " + firstIndex + ", last " + lastIndex);
        }
    }

    /** The position of the last entry of the run. */
    public LogId last() {
        return new LogId(term, lastIndex);
    }

    /** The number of entries. */
    public long size() {
        return lastIndex - firstIndex + 1;
    }
}
