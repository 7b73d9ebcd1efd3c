package dev.quorate.testkit;

import dev.quorate.spi.NanoClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until a test moves it; any thread. */
public final class ManualClock implements NanoClock {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong wallOffsetMillis;

    /** A clock at nanosecond 0 and at midnight of the first day of 2026. */
    public ManualClock() {
        this(1_767_225_600_000L);
    }

    /** A clock at nanosecond 0 and at this wall time, in milliseconds since 1970. */
    public ManualClock(long wallMillis) {
        wallOffsetMillis = new AtomicLong(wallMillis);
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    @Override
    public long wallMillis() {
        return wallOffsetMillis.get() + nanos.get() / NANOS_PER_MILLI;
    }

    /** Moves both times on by a duration, which is not negative. */
    public void advance(Duration duration) {
        advanceNanos(duration.toNanos());
    }

    /** Moves both times on by nanoseconds, not negative. */
    public void advanceNanos(long by) {
        if (by < 0) {
            throw new IllegalArgumentException("time does not go back: " + by + " ns");
        }
        nanos.addAndGet(by);
    }

    /**
     * Makes the wall time jump, forward or back, as an operator or a time service does; the other time does not move.
     */
    public void jumpWall(Duration by) {
        wallOffsetMillis.addAndGet(by.toMillis());
    }
}
