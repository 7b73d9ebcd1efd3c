package dev.quorate.sim.kernel;

import java.util.PriorityQueue;

/**
 * What is going to happen in a world, in the order of virtual time; events of one instant happen in the order in which
 * they were planned. Time passes only here.
 */
public final class Schedule {
    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private long nowNanos;
    private long planned;
    private long happened;

    /** Something that is planned. */
    public static final class Event implements Comparable<Event> {
        private final long atNanos;
        private final long number;
        private final Runnable what;
        private boolean cancelled;

        private Event(long atNanos, long number, Runnable what) {
            this.atNanos = atNanos;
            this.number = number;
            this.what = what;
        }

        /** When it happens. */
        public long atNanos() {
            return atNanos;
        }

        /** Takes it out of the plan. */
        public void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Event other) {
            return atNanos != other.atNanos ? Long.compare(atNanos, other.atNanos) : Long.compare(number, other.number);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(number);
        }
    }

    /** The time of the world, in nanoseconds since it began. */
    public long nowNanos() {
        return nowNanos;
    }

    /** How many events have happened. */
    public long happened() {
        return happened;
    }

    /** Plans something for a time; one that has passed means now. */
    public Event at(long atNanos, Runnable what) {
        Event event = new Event(Math.max(atNanos, nowNanos), planned++, what);
        queue.add(event);
        return event;
    }

    /** Plans something for so much later. */
    public Event in(long nanos, Runnable what) {
        return at(nowNanos + nanos, what);
    }

    /**
     * Lets the next event happen if it is not after this time; else the time moves there.
     *
     * @return false when there was none
     */
    public boolean next(long untilNanos) {
        for (Event event = queue.peek(); event != null; event = queue.peek()) {
            if (event.cancelled) {
                queue.remove();
            } else if (event.atNanos > untilNanos) {
                break;
            } else {
                queue.remove();
                nowNanos = Math.max(nowNanos, event.atNanos);
                happened++;
                event.what.run();
                return true;
            }
        }
        nowNanos = Math.max(nowNanos, untilNanos);
        return false;
    }
}
