package dev.quorate.engine;

/**
 * How many proposals may be under way so that none of them waits too long: learned from how fast they leave.
 *
 * <pre>
 *   room = what left while there was a queue, a second, × the longest wait            (Little's law)
 * </pre>
 *
 * A queue that is only bounded by memory makes everybody wait when more arrives than can be done: those who are refused
 * at once can go elsewhere, and those who are taken are answered as fast as ever. The room shrinks at once, because the
 * wait that it causes is seen only when it is too late, and grows by and by. A few are always taken, so that a pause of
 * the disk does not shut the door. APPLY learns, any thread asks.
 */
final class ProposalPace {
    /** So many are taken whatever was learned. */
    static final int ALWAYS_TAKEN = 256;

    private static final int LOOKS_PER_WAIT = 8;

    private final long waitNanosMax;
    private final int roomMax;
    private volatile int room;
    /** What has left since the last look. */
    private long left;
    /** There was a queue at the last look. */
    private boolean queued;

    private boolean lookedBefore;
    private long lookedNanos;

    ProposalPace(long waitNanosMax, int roomMax) {
        this.waitNanosMax = waitNanosMax;
        this.roomMax = roomMax;
        this.room = roomMax;
    }

    /** True when one more is answered in time, as it looks, with so many under way, itself included. Any thread. */
    boolean admits(int underWay) {
        return underWay <= ALWAYS_TAKEN || underWay <= room;
    }

    /** How many may be under way at present. Any thread. */
    int room() {
        return Math.max(ALWAYS_TAKEN, room);
    }

    /**
     * Learns from answers. APPLY only.
     *
     * @param count how many were answered
     * @param underWay how many are under way still
     */
    void answered(long nowNanos, int count, int underWay) {
        left += count;
        long elapsed = nowNanos - lookedNanos;
        if (lookedBefore && elapsed < waitNanosMax / LOOKS_PER_WAIT) {
            return;
        }
        boolean wasQueued = queued;
        queued = underWay >= ALWAYS_TAKEN;
        long grown = room + room / 8 + 1L;
        long inTime = wasQueued && queued ? (long) (left * ((double) waitNanosMax / elapsed)) : grown;
        room = (int) Math.max(ALWAYS_TAKEN, Math.min(roomMax, Math.min(inTime, grown)));
        lookedBefore = true;
        lookedNanos = nowNanos;
        left = 0;
    }
}
