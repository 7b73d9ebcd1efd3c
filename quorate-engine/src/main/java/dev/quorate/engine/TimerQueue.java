package dev.quorate.engine;

import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Work that waits for its time, in the order of the times and, at one time, of arrival. Owned by its cycle; cancelled
 * by any thread.
 */
final class TimerQueue {
    private static final int CANCELLED_KEPT = 256;

    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private final AtomicInteger cancelled = new AtomicInteger();
    private long arrivals;

    /** The timer that {@link #add} will take; any thread. */
    Due timer(long atNanos, Runnable work) {
        return new Due(atNanos, work, cancelled);
    }

    /** Adds a timer. */
    void add(Due due) {
        due.arrival = arrivals++;
        queue.add(due);
    }

    /** Runs what is due, and returns how much that was. */
    int runDue(long nowNanos) {
        int count = 0;
        for (Due first = queue.peek(); first != null && first.atNanos - nowNanos <= 0; first = queue.peek()) {
            queue.remove();
            if (first.take()) {
                first.work.run();
                count++;
            }
        }
        return count;
    }

    /** The earliest time, {@link DutyCycle#NO_DEADLINE} when nothing waits. */
    long nextDeadlineNanos() {
        if (cancelled.get() > CANCELLED_KEPT && cancelled.get() > queue.size() / 2) {
            queue.removeIf(Due::isForgotten);
            cancelled.set(0);
        }
        for (Due first = queue.peek(); first != null; first = queue.peek()) {
            if (!first.isForgotten()) {
                return first.atNanos;
            }
            queue.remove();
        }
        return DutyCycle.NO_DEADLINE;
    }

    /** How many timers are kept, cancelled ones included. */
    int size() {
        return queue.size();
    }

    /** One piece of work and its time. */
    static final class Due implements Cycle.Timer, Comparable<Due> {
        private final long atNanos;
        private final Runnable work;
        private final AtomicInteger cancelled;
        private volatile boolean forgotten;
        private long arrival;

        private Due(long atNanos, Runnable work, AtomicInteger cancelled) {
            this.atNanos = atNanos;
            this.work = work;
            this.cancelled = cancelled;
        }

        @Override
        public void cancel() {
            if (!forgotten) {
                forgotten = true;
                cancelled.incrementAndGet();
            }
        }

        boolean isForgotten() {
            return forgotten;
        }

        private boolean take() {
            boolean wanted = !forgotten;
            forgotten = true;
            return wanted;
        }

        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(atNanos - other.atNanos, 0);
            return byTime != 0 ? byTime : Long.compare(arrival, other.arrival);
        }
    }
}
