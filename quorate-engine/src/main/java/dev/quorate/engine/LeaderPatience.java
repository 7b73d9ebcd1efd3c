package dev.quorate.engine;

/**
 * How long requests wait at a node that knows no leader: at a start or a change of leader one is usually found within
 * an election, and to refuse before would only make every caller write the same loop. Owned by LOOP.
 */
final class LeaderPatience {
    /** The patience of a node, in election timeouts: one election takes up to two, and its votes a little more. */
    static final int ELECTION_TIMEOUTS = 3;

    private final long patienceNanos;
    private boolean holding;
    private long sinceNanos;

    /**
     * Patience that holds nothing yet.
     *
     * @param patienceNanos how long without a leader, counted from the first request that found none
     */
    LeaderPatience(long patienceNanos) {
        this.patienceNanos = patienceNanos;
    }

    /**
     * Whether the requests that were gathered are to be kept until a later step.
     *
     * @param leaderKnown false makes them wait
     * @param gathered true when there are any
     */
    boolean holds(long nowNanos, boolean leaderKnown, boolean gathered) {
        if (leaderKnown || !gathered) {
            holding = false;
            return false;
        }
        if (!holding) {
            holding = true;
            sinceNanos = nowNanos;
        }
        if (nowNanos - sinceNanos >= patienceNanos) {
            holding = false;
            return false;
        }
        return true;
    }

    /** True while requests are kept. */
    boolean isHolding() {
        return holding;
    }

    /** When the patience ends; {@link DutyCycle#NO_DEADLINE} when nothing is kept. */
    long deadlineNanos() {
        return holding ? sinceNanos + patienceNanos : DutyCycle.NO_DEADLINE;
    }
}
