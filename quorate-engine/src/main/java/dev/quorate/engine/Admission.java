package dev.quorate.engine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The count and the bytes of requests that are taken and not answered, and their limits. Any thread; one atomic
 * addition a request.
 *
 * <pre>
 *   63            40 39                 0
 *   ┌───────────────┬────────────────────┐
 *   │     count     │       bytes        │
 *   └───────────────┴────────────────────┘
 * </pre>
 */
final class Admission {
    private static final int COUNT_SHIFT = 40;
    private static final long BYTES_MASK = (1L << COUNT_SHIFT) - 1;

    private final int countMax;
    private final long bytesMax;
    private final AtomicLong taken = new AtomicLong();

    Admission(int countMax, long bytesMax) {
        this.countMax = Math.min(countMax, 1 << 22);
        this.bytesMax = Math.min(bytesMax, BYTES_MASK / 2);
    }

    /** Takes a request of this size; false when there are too many. */
    boolean enter(long bytes) {
        long one = (1L << COUNT_SHIFT) + bytes;
        long now = taken.addAndGet(one);
        if (count(now) > countMax || (now & BYTES_MASK) > bytesMax) {
            taken.addAndGet(-one);
            return false;
        }
        return true;
    }

    /** Takes a request of this size whatever the limits say. */
    void enterAnyway(long bytes) {
        taken.addAndGet((1L << COUNT_SHIFT) + bytes);
    }

    /** Gives the room of answered requests free. */
    void leave(int count, long bytes) {
        taken.addAndGet(-(((long) count << COUNT_SHIFT) + bytes));
    }

    /** How many are taken now. */
    int count() {
        return count(taken.get());
    }

    /** How many bytes they have. */
    long bytes() {
        return taken.get() & BYTES_MASK;
    }

    private static int count(long state) {
        return (int) (state >>> COUNT_SHIFT);
    }
}
