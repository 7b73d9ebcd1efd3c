package dev.quorate.engine;

import dev.quorate.spi.NanoClock;

/**
 * The time that a leader stamps on entries: its wall clock, except that it never falls behind a stamp seen in the log.
 * LOOP only.
 */
final class ClusterTime {
    private final NanoClock clock;
    private long lastMillis;

    ClusterTime(NanoClock clock, long lastMillis) {
        this.clock = clock;
        this.lastMillis = lastMillis;
    }

    /** The stamp for entries that are made now. */
    long stamp() {
        lastMillis = Math.max(lastMillis, clock.wallMillis());
        return lastMillis;
    }

    /** Takes note of a stamp in the log or in a snapshot. */
    void observe(long timeMillis) {
        lastMillis = Math.max(lastMillis, timeMillis);
    }
}
