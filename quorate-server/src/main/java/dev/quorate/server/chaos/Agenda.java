package dev.quorate.server.chaos;

import java.io.IOException;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** What the nemesis is going to do and when; one thread, which waits in here. */
final class Agenda {
    private final PriorityQueue<Entry> entries =
            new PriorityQueue<>(Comparator.comparingLong(Entry::atNanos).thenComparingLong(Entry::order));
    private final long beganNanos = System.nanoTime();
    private long added;

    /** Something to do. */
    @FunctionalInterface
    interface Task {
        void run() throws IOException, InterruptedException;
    }

    private record Entry(long atNanos, long order, Task task) {}

    /** Time since the agenda was made. */
    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
    }

    /** Plans a task at a time since the agenda was made. */
    void at(long millis, Task task) {
        entries.add(new Entry(TimeUnit.MILLISECONDS.toNanos(millis), added++, task));
    }

    /** Plans a task in a while. */
    void in(long millis, Task task) {
        at(millis() + millis, task);
    }

    /** Forgets everything. */
    void clear() {
        entries.clear();
    }

    /** Does what is due, one after the other, until a time; what is due later stays. */
    void runUntil(long millis) throws IOException, InterruptedException {
        long end = TimeUnit.MILLISECONDS.toNanos(millis);
        while (true) {
            Entry next = entries.peek();
            long due = next == null ? end : Math.min(next.atNanos, end);
            long left = due - (System.nanoTime() - beganNanos);
            if (left > 0) {
                TimeUnit.NANOSECONDS.sleep(left);
            } else if (next != null && next.atNanos <= end) {
                entries.remove();
                next.task.run();
            } else {
                return;
            }
        }
    }
}
