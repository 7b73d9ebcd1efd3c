package dev.quorate.raft;

import dev.quorate.raft.RaftStatus.PeerMode;

/**
 * What a leader knows of one member, and the window of unanswered messages to it.
 *
 * <pre>
 *                        ┌── in flight ──┐
 *   ─────────────────────┬───────────────┬──────────────►
 *             matchIndex │               │ nextIndex
 * </pre>
 */
final class Peer {
    private static final int WINDOW_MIN = 16;

    final NodeId id;
    long matchIndex;
    long nextIndex;
    PeerMode mode = PeerMode.PROBE;
    /** When the oldest unanswered message was sent, or the last progress was made since. */
    long movedNanos;
    /** The newest round of leadership that it confirmed. */
    long confirmedRound;
    /** When it last answered. */
    long heardNanos;
    /** In {@code SNAPSHOT} after a failed transfer: not asked for again before this time. */
    long snapshotRetryNanos;
    /** Its priority, as it told. */
    int priority;
    /** For a node that is being removed: until when it gets entries all the same; else {@link Election#NEVER}. */
    long leavesNanos = Election.NEVER;

    /** Rings of the last index and the bytes of each message in flight; {@code head} is the oldest. */
    private long[] lastIndexes = new long[WINDOW_MIN];

    private long[] bytes = new long[WINDOW_MIN];
    private int head;
    private int inFlight;
    private long inFlightBytes;
    /** In {@code PROBE}: the entries of the one message that is on its way; empty for one that only asks. */
    private boolean probing;

    private long probeFirst;
    private long probeLast;
    private long probeBytes;
    /** Up to here everything was sent before nothing moved any more; 0 when that is not so, or not of use. */
    private long sentBeforeStall;

    /** How far it has to come in the present round of catching up (thesis §4.2.1); 0 when nothing is missing. */
    private long roundTarget;

    private long roundBegunNanos;
    private long lastRoundNanos = Long.MAX_VALUE;
    private long roundsEnded;

    Peer(NodeId id, long nextIndex, long nowNanos) {
        this.id = id;
        this.nextIndex = nextIndex;
        this.heardNanos = nowNanos;
        this.movedNanos = nowNanos;
        this.snapshotRetryNanos = nowNanos;
    }

    boolean isLeaving() {
        return leavesNanos != Election.NEVER;
    }

    /** Ends a round of catching up when its target is reached, and begins the next while entries are missing. */
    void advanceRound(long lastIndex, long nowNanos) {
        if (roundTarget > 0 && matchIndex >= roundTarget) {
            roundTarget = 0;
            lastRoundNanos = nowNanos - roundBegunNanos;
            roundsEnded++;
        }
        if (matchIndex >= lastIndex) {
            lastRoundNanos = 0;
        } else if (roundTarget == 0) {
            roundTarget = lastIndex;
            roundBegunNanos = nowNanos;
        }
    }

    /** True when it has entries, is there, and what it lacks takes it less than {@code nanos}, an election timeout. */
    boolean isCaughtUp(long nowNanos, long nanos) {
        boolean roundIsShort = roundTarget == 0 || nowNanos - roundBegunNanos < nanos;
        return matchIndex > 0 && nowNanos - heardNanos < nanos && lastRoundNanos < nanos && roundIsShort;
    }

    /** How many rounds of catching up have ended. */
    long roundsEnded() {
        return roundsEnded;
    }

    boolean isProbing() {
        return probing;
    }

    int inFlightMessages() {
        return mode == PeerMode.PROBE && probing ? 1 : inFlight;
    }

    /** True when the window is full whatever the size of the next message. */
    boolean isWindowFull(RaftOptions options) {
        return inFlight >= options.inFlightMessagesMax()
                || (inFlight > 0 && inFlightBytes >= options.inFlightBytesMax());
    }

    /** True when a message of this size may follow; an empty window takes one of any size. */
    boolean isWindowOpen(long messageBytes, RaftOptions options) {
        return inFlight == 0
                || (inFlight < options.inFlightMessagesMax()
                        && inFlightBytes + messageBytes <= options.inFlightBytesMax());
    }

    /** True when messages are out and nothing has moved for {@code nanos}. */
    boolean isStalled(long nowNanos, long nanos) {
        return inFlightMessages() > 0 && nowNanos - movedNanos >= nanos;
    }

    /** Looks for the place where the logs agree, from here downwards. */
    void probeFrom(long index) {
        mode = PeerMode.PROBE;
        nextIndex = index;
        probing = false;
        sentBeforeStall = 0;
        clearWindow();
    }

    /** Begins anew behind what matches, because nothing moves; what was sent may be lost, or its answer be slow. */
    void stalled() {
        long sent = mode == PeerMode.REPLICATE ? nextIndex - 1 : sentBeforeStall;
        probeFrom(matchIndex + 1);
        sentBeforeStall = sent;
    }

    /**
     * The last index that need not be sent again: an answer to a probe after a stall that covers more than the probe
     * shows that the peer had been slow, and not that messages were lost.
     */
    long alreadySent() {
        boolean slow = mode == PeerMode.PROBE && probing && matchIndex > probeLast;
        return slow ? Math.max(matchIndex, sentBeforeStall) : matchIndex;
    }

    /** Notes the message of a probe. */
    void probed(long lastIndex, long messageBytes, long nowNanos) {
        probing = true;
        probeFirst = nextIndex;
        probeLast = lastIndex;
        probeBytes = messageBytes;
        movedNanos = nowNanos;
    }

    /** Sends a pipeline behind what matches. Entries of a probe that is not answered yet are the first in it. */
    void replicate(long nowNanos) {
        boolean probeOnItsWay = probing && probeFirst <= matchIndex + 1 && probeLast > matchIndex;
        mode = PeerMode.REPLICATE;
        nextIndex = matchIndex + 1;
        probing = false;
        sentBeforeStall = 0;
        clearWindow();
        if (probeOnItsWay) {
            sent(probeLast, probeBytes, nowNanos);
        }
    }

    /** Waits for a snapshot. */
    void awaitSnapshot() {
        mode = PeerMode.SNAPSHOT;
        probing = false;
        sentBeforeStall = 0;
        clearWindow();
    }

    /** Notes a message of the pipeline. */
    void sent(long lastIndex, long messageBytes, long nowNanos) {
        if (inFlight == lastIndexes.length) {
            grow();
        }
        if (inFlight == 0) {
            movedNanos = nowNanos;
        }
        int place = (head + inFlight) & (lastIndexes.length - 1);
        lastIndexes[place] = lastIndex;
        bytes[place] = messageBytes;
        inFlight++;
        inFlightBytes += messageBytes;
        nextIndex = lastIndex + 1;
    }

    /** Everything up to {@code index} is durable and equal there; true when that is news. */
    boolean matched(long index, long nowNanos) {
        if (index <= matchIndex) {
            return false;
        }
        matchIndex = index;
        nextIndex = Math.max(nextIndex, index + 1);
        movedNanos = nowNanos;
        while (inFlight > 0 && lastIndexes[head] <= index) {
            inFlightBytes -= bytes[head];
            head = (head + 1) & (lastIndexes.length - 1);
            inFlight--;
        }
        return true;
    }

    private void clearWindow() {
        head = 0;
        inFlight = 0;
        inFlightBytes = 0;
    }

    private void grow() {
        long[] movedIndexes = new long[lastIndexes.length * 2];
        long[] movedBytes = new long[lastIndexes.length * 2];
        for (int i = 0; i < inFlight; i++) {
            int place = (head + i) & (lastIndexes.length - 1);
            movedIndexes[i] = lastIndexes[place];
            movedBytes[i] = bytes[place];
        }
        lastIndexes = movedIndexes;
        bytes = movedBytes;
        head = 0;
    }
}
