package dev.quorate.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts how long something takes. One thread records, with two plain additions and no atomic instruction; any thread
 * takes a picture, whose sum may be of a moment later than its counts.
 */
final class LatencyRecorder {
    private final AtomicLongArray counts = new AtomicLongArray(Histogram.BUCKETS);
    private final AtomicLong sumNanos = new AtomicLong();

    /** Counts one; a time below 0 is counted as 0. The owner only. */
    void record(long nanos) {
        int bucket = Histogram.bucketOf(nanos);
        counts.setRelease(bucket, counts.getPlain(bucket) + 1);
        sumNanos.setRelease(sumNanos.getPlain() + Math.max(nanos, 0));
    }

    /** What was counted until now. Any thread. */
    Histogram picture() {
        List<Long> copy = new ArrayList<>(Histogram.BUCKETS);
        for (int bucket = 0; bucket < Histogram.BUCKETS; bucket++) {
            copy.add(counts.get(bucket));
        }
        return new Histogram(copy, sumNanos.get());
    }
}
