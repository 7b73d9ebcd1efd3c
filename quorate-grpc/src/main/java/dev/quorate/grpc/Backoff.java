package dev.quorate.grpc;

import java.util.random.RandomGenerator;

/**
 * When the next attempt to connect is due: at once after the loss of a connection that had lasted, later and later, up
 * to a limit, when attempts fail, or connections break as soon as they are open; a sign of life of the peer ends a
 * wait, at most once a second, but what comes after the next failure is as long as before. The addresses of a peer are
 * tried one after the other without a wait. Each wait is drawn from the upper half of what it could be, so that nodes
 * do not call in step. Owned by the network thread.
 */
final class Backoff {
    static final long FIRST_NANOS = 50_000_000L;
    static final long LONGEST_NANOS = 1_000_000_000L;
    /** A connection that broke sooner counts as a failed attempt. */
    static final long LASTING_NANOS = 1_000_000_000L;

    private final RandomGenerator random;
    private long dueNanos;
    private boolean waits;
    private long encouragedNanos;
    private boolean encouraged;
    private int attempts;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** True when an attempt may be made now. */
    boolean isDue(long now) {
        return !waits || now - dueNanos >= 0;
    }

    /** Which of so many addresses to try. */
    int turn(int addresses) {
        return attempts % addresses;
    }

    /** An attempt failed, or a connection that was open for this long broke. */
    void failed(long now, long openNanos, int addresses) {
        if (openNanos >= LASTING_NANOS) {
            reset();
            return;
        }
        attempts++;
        int rounds = attempts / Math.max(1, addresses);
        if (addresses > 1 && attempts % addresses != 0) {
            reset(attempts);
            return;
        }
        long longest = Math.min(LONGEST_NANOS, FIRST_NANOS << Math.min(rounds - 1, 10));
        waits = true;
        dueNanos = now + longest / 2 + random.nextLong(longest / 2 + 1);
    }

    /**
     * The peer gave a sign of life: the next attempt may be made at once. A peer that opens streams and breaks them
     * gives many, which is why the length of the waits stays.
     */
    void encourage(long now) {
        if (!encouraged || now - encouragedNanos >= LASTING_NANOS) {
            encouraged = true;
            encouragedNanos = now;
            waits = false;
        }
    }

    /** A connection lasted, or the peer has another address: the next attempt may be made at once, and is the first. */
    void reset() {
        reset(0);
    }

    private void reset(int attemptsMade) {
        attempts = attemptsMade;
        waits = false;
    }
}
