package dev.quorate.grpc;

/**
 * Notices that a peer is gone although its connection is not: while something is sent, a ping goes along from time to
 * time, and one that stays without an answer for too long is silence. Costs nothing while nothing is sent. Owned by the
 * network thread.
 *
 * <p>Time is counted in small steps from look to look, so that a pause of this process is not taken for a silence of
 * the peer.
 */
final class SilenceWatch {
    private static final int STEPS = 4;

    private final long silenceNanos;
    private long number;
    private boolean asked;
    private long askedNanos;
    private long lookedNanos;
    private long waitedNanos;
    private boolean everAsked;

    SilenceWatch(long silenceNanos) {
        this.silenceNanos = silenceNanos;
    }

    /** The number of a ping that is to be sent now; 0 when none is. */
    long ask(long now) {
        if (asked || (everAsked && now - askedNanos < silenceNanos / STEPS)) {
            return 0;
        }
        asked = true;
        everAsked = true;
        askedNanos = now;
        lookedNanos = now;
        waitedNanos = 0;
        return ++number;
    }

    /** The time from a ping to its answer, which came now; 0 when it answers none. */
    long answered(long answered, long now) {
        if (!asked || answered != number) {
            return 0;
        }
        asked = false;
        return Math.max(1, now - askedNanos);
    }

    /** True when an answer is overdue; to be asked whenever something is sent. */
    boolean isSilent(long now) {
        if (!asked) {
            return false;
        }
        waitedNanos += Math.min(now - lookedNanos, silenceNanos / STEPS);
        lookedNanos = now;
        return waitedNanos >= silenceNanos;
    }

    /** Another connection: what was asked over the old one is not answered any more. */
    void reset() {
        asked = false;
        everAsked = false;
    }
}
