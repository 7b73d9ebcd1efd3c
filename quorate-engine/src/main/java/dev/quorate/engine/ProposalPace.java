package dev.quorate.engine;

/**
 * How many proposals may be under way so that none of them waits too long: learned from how fast they leave.
 *
 * <pre>
 *   room = what left while there was a queue, a second, × the longest wait            (Little's law)
 * </pre>
 *
 * A queue that is only bounded by memory makes everybody wait when more arrives than can be done: those who are refused
 * at once can go elsewhere, and those who are taken are answered as fast as ever. The mean of the last few looks
 * counts, each as much as the others, so that one pause of the disk or of a thread is not taken for a slow node; a few
 * are taken whatever was learned. While there is no queue the room grows by and by, but not far beyond what was seen to
 * leave, because the first that a sudden rush fills is this room. APPLY learns, any thread asks.
 */
final class ProposalPace {
    /** So many are taken whatever was learned. */
    static final int ALWAYS_TAKEN = 1024;
    /** The room of a node that has not seen a queue yet. */
    static final int ROOM_AT_FIRST = 2 * ALWAYS_TAKEN;

    private static final int LOOKS_PER_WAIT = 2;
    private static final int LOOKS_KEPT = 4;

    private final long waitNanosMax;
    private final int roomMax;
    private volatile int room;
    /** What would have left in the longest wait, by the last looks that saw a queue. */
    private final long[] seen = new long[LOOKS_KEPT];

    private long looks;
    /** What has left since the last look. */
    private long left;
    /** There was a queue at the last look. */
    private boolean queued;

    private boolean lookedBefore;
    private long lookedNanos;

    ProposalPace(long waitNanosMax, int roomMax) {
        this.waitNanosMax = waitNanosMax;
        this.roomMax = roomMax;
        this.room = Math.min(ROOM_AT_FIRST, roomMax);
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
     * @param waitedNanos how long one of those answered has waited: where many are answered at one time, a queue is
     *     seen by this alone
     */
    void answered(long nowNanos, int count, int underWay, long waitedNanos) {
        left += count;
        long elapsed = nowNanos - lookedNanos;
        if (lookedBefore && elapsed < waitNanosMax / LOOKS_PER_WAIT) {
            return;
        }
        boolean wasQueued = queued;
        queued = underWay >= ALWAYS_TAKEN || waitedNanos > waitNanosMax;
        if (lookedBefore && wasQueued && queued) {
            seen[(int) (looks % LOOKS_KEPT)] = (long) (left * ((double) waitNanosMax / elapsed));
            looks++;
            room = (int) Math.max(ALWAYS_TAKEN, Math.min(roomMax, mean()));
        } else {
            long ceiling = Math.max(ROOM_AT_FIRST, mean() + mean() / 2);
            room = (int) Math.min(Math.min(roomMax, ceiling), room + room / 8 + 1L);
        }
        lookedBefore = true;
        lookedNanos = nowNanos;
        left = 0;
    }

    private long mean() {
        int count = (int) Math.min(looks, LOOKS_KEPT);
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += seen[i];
        }
        return count == 0 ? 0 : sum / count;
    }
}
