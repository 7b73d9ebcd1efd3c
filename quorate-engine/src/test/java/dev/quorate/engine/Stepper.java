package dev.quorate.engine;

import dev.quorate.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The duty cycles of a test and its clock: one thread, no real time. */
final class Stepper {
    private static final int STEPS_MAX = 1_000_000;

    private final ManualClock clock = new ManualClock();
    private final List<SteppedCycle> cycles = new ArrayList<>();

    ManualClock clock() {
        return clock;
    }

    SteppedCycle newCycle() {
        SteppedCycle cycle = new SteppedCycle();
        cycles.add(cycle);
        return cycle;
    }

    /** Steps all cycles in turn until none has work. */
    void settle() {
        for (int steps = 0; steps < STEPS_MAX; steps++) {
            boolean worked = false;
            for (SteppedCycle cycle : List.copyOf(cycles)) {
                cycle.ring(clock.nanoTime());
                worked |= cycle.step();
            }
            if (!worked) {
                return;
            }
        }
        throw new AssertionError("the cycles do not come to rest");
    }

    /** Lets time pass, from timer to timer. */
    void advance(Duration duration) {
        long until = clock.nanoTime() + duration.toNanos();
        settle();
        for (long next = nextAlarm(); next <= until; next = nextAlarm()) {
            clock.advanceNanos(Math.max(0, next - clock.nanoTime()));
            settle();
        }
        clock.advanceNanos(until - clock.nanoTime());
    }

    private long nextAlarm() {
        long next = Long.MAX_VALUE;
        for (SteppedCycle cycle : cycles) {
            next = Math.min(next, cycle.nextAlarmNanos());
        }
        return next;
    }
}
