package dev.quorate.server.bench;

import java.util.concurrent.TimeUnit;

/**
 * When each call of an open loop is due, whatever became of those before it. A latency that counts from there includes
 * the time that a call had to wait because the server, or this client, was slow: nothing is left out because nobody
 * asked (coordinated omission).
 *
 * @param perSecond calls in a second, evenly spread
 */
record RateSchedule(int perSecond) {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** How long after the beginning the call of this number, from 0, is due; exact for ever. */
    long dueNanos(long number) {
        return Math.addExact(Math.multiplyExact(number / perSecond, SECOND), number % perSecond * SECOND / perSecond);
    }

    /** How many calls are due before so much time has passed. */
    long dueBefore(long nanos) {
        long seconds = nanos / SECOND;
        long rest = nanos % SECOND;
        // The greatest number whose due time, rounded down, is below the rest, plus one.
        return seconds * perSecond + (rest * perSecond + SECOND - 1) / SECOND;
    }
}
