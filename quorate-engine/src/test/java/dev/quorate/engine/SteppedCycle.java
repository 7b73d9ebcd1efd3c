package dev.quorate.engine;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A duty cycle that a test steps by hand, on the test's own thread. */
final class SteppedCycle implements Cycle {
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms =
            new PriorityQueue<>(Comparator.comparingLong(Alarm::atNanos).thenComparingLong(Alarm::order));
    private long order;
    private boolean running;
    private boolean stalled;

    private record Alarm(long atNanos, long order, Runnable work) {}

    @Override
    public void execute(Runnable task) {
        work.add(task);
    }

    @Override
    public Timer schedule(long atNanos, Runnable task) {
        Alarm alarm = new Alarm(atNanos, order++, task);
        alarms.add(alarm);
        return () -> alarms.remove(alarm);
    }

    @Override
    public boolean isCurrent() {
        return running;
    }

    /** Does one piece of work; false when there was none. */
    boolean step() {
        Runnable next = stalled ? null : work.poll();
        if (next == null) {
            return false;
        }
        run(next);
        return true;
    }

    /** Does nothing any more until it is cleared. */
    void stall() {
        stalled = true;
    }

    /** Runs this as the cycle. */
    void run(Runnable task) {
        boolean before = running;
        running = true;
        try {
            task.run();
        } finally {
            running = before;
        }
    }

    /** When the next timer is due, {@code Long.MAX_VALUE} without one. */
    long nextAlarmNanos() {
        Alarm first = alarms.peek();
        return first == null ? Long.MAX_VALUE : first.atNanos();
    }

    /** Leaves the work of timers that are due. */
    void ring(long nowNanos) {
        while (nextAlarmNanos() <= nowNanos) {
            work.add(alarms.remove().work());
        }
    }

    /** Timers that are neither due nor cancelled. */
    int alarms() {
        return alarms.size();
    }

    /** Loses everything, as a crash does. */
    void clear() {
        work.clear();
        alarms.clear();
        stalled = false;
    }
}
