package dev.quorate.server.drill;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Acknowledgements over time, in slots of ten milliseconds from a beginning on. Any thread counts, any thread looks.
 */
final class Counted {
    static final long SLOT_NANOS = 10_000_000;

    private final long beginNanos;
    private final AtomicLongArray slots;

    /**
     * Counts for so long from now on; what comes later is not counted.
     *
     * @param beginNanos {@link System#nanoTime} at the beginning
     */
    Counted(long beginNanos, int seconds) {
        this.beginNanos = beginNanos;
        this.slots = new AtomicLongArray((int) (seconds * 1_000_000_000L / SLOT_NANOS));
    }

    /** One more. */
    void add(long nowNanos) {
        long slot = (nowNanos - beginNanos) / SLOT_NANOS;
        if (slot >= 0 && slot < slots.length()) {
            slots.incrementAndGet((int) slot);
        }
    }

    /** How many a second there were between two times; both are rounded down to slots. */
    double perSecond(long fromNanos, long toNanos) {
        long from = (fromNanos - beginNanos) / SLOT_NANOS;
        long to = (toNanos - beginNanos) / SLOT_NANOS;
        if (from < 0 || to > slots.length() || from >= to) {
            throw new IllegalArgumentException("slots " + from + " to " + to + " of " + slots.length());
        }
        long sum = 0;
        for (long slot = from; slot < to; slot++) {
            sum += slots.get((int) slot);
        }
        return sum * (1e9 / SLOT_NANOS) / (to - from);
    }
}
