package dev.quorate.benchmarks.subjects;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what no future tells. */
final class Polling {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(1);

    private Polling() {}

    /** Returns when the condition holds; {@link IllegalStateException} when it does not in 30 s. */
    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException(what + ": not within " + TIMEOUT);
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }
}
