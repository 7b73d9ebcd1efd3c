package dev.quorate.engine;

/** Log indexes from {@code first} to {@code last}, inclusive; at least one. */
public record IndexRange(long first, long last) {
    public IndexRange {
        if (first < 1 || last < first) {
            throw new IllegalArgumentException("no range: first " + first + ", last " + last);
        }
    }

    /** The number of indexes. */
    public long size() {
        return last - first + 1;
    }
}
