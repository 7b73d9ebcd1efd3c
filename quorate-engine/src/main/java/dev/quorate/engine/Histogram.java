package dev.quorate.engine;

import java.util.List;

/**
 * How often something took how long, since the node started: a picture that does not change.
 *
 * <p>The buckets are the same for everything that is measured, so that histograms can be added and compared: bucket
 * {@code i} counts what took longer than the bound before it and at most {@link #boundNanos}{@code (i)}. The bounds
 * double from 2^12 ns, about 4 µs, to 2^34 ns, about 17 s; the last bucket has none.
 *
 * @param counts how often, for each of the {@link #BUCKETS}
 * @param sumNanos how long all of it took together
 */
public record Histogram(List<Long> counts, long sumNanos) {
    /** How many buckets there are, the last, without a bound, included. */
    public static final int BUCKETS = 24;

    private static final int FIRST_BOUND_LOG2 = 12;

    public Histogram {
        counts = List.copyOf(counts);
        if (counts.size() != BUCKETS) {
            throw new IllegalArgumentException("a histogram of " + counts.size() + " buckets, it has " + BUCKETS);
        }
    }

    /** The longest time that bucket {@code bucket} counts; {@link Long#MAX_VALUE} for the last. */
    public static long boundNanos(int bucket) {
        return bucket == BUCKETS - 1 ? Long.MAX_VALUE : 1L << (FIRST_BOUND_LOG2 + bucket);
    }

    /** The bucket that counts this time. */
    static int bucketOf(long nanos) {
        int log2 = Long.SIZE - Long.numberOfLeadingZeros(Math.max(nanos, 1) - 1);
        return Math.min(Math.max(log2 - FIRST_BOUND_LOG2, 0), BUCKETS - 1);
    }

    /** How often all in all. */
    public long count() {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }
}
