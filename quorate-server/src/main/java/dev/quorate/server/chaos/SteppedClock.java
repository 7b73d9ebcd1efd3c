package dev.quorate.server.chaos;

import dev.quorate.spi.NanoClock;
import java.util.concurrent.atomic.AtomicLong;

/** A clock of the machine whose wall time can be set, as an operator or a time service does; any thread. */
final class SteppedClock implements NanoClock {
    private final NanoClock clock;
    private final AtomicLong offsetMillis = new AtomicLong();

    SteppedClock(NanoClock clock) {
        this.clock = clock;
    }

    /** Sets the wall time forward, or back when negative. */
    void step(long millis) {
        offsetMillis.addAndGet(millis);
    }

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public long wallMillis() {
        return clock.wallMillis() + offsetMillis.get();
    }
}
