package dev.quorate.spi;

/** The time, as the engine sees it; any thread. */
public interface NanoClock {
    /** Nanoseconds from an arbitrary origin, never falling: for timeouts and leases. */
    long nanoTime();

    /**
     * The same time, for measuring: nothing may be decided by it. A simulated clock, which lets things happen when it
     * is read, answers as if it were not.
     */
    default long measuringNanos() {
        return nanoTime();
    }

    /** Milliseconds since 1970: only for the stamp that a leader puts on entries. */
    long wallMillis();

    /** The clock of this machine. */
    static NanoClock system() {
        return SystemNanoClock.INSTANCE;
    }
}
