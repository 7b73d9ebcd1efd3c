package dev.quorate.raft;

/**
 * The limits and times of the protocol. All times are in nanoseconds.
 *
 * @param electionTimeoutNanos the shortest election timeout T; each wait is drawn from [T, 2T). Also the time after
 *     which a leader without a quorum steps down, and within which a follower of a live leader refuses its vote
 * @param heartbeatNanos the time between heartbeats of an idle leader; at most a third of the election timeout
 * @param clockDriftNanos taken off a lease, for clocks that run at different rates; below the election timeout
 * @param appendEntriesMax the most entries in one message
 * @param appendBytesMax the most payload bytes in one message, a single larger entry excepted
 * @param inFlightMessagesMax the most unanswered messages with entries to one peer
 * @param inFlightBytesMax the most unanswered payload bytes to one peer, a single larger message excepted
 * @param uncommittedBytesMax the most payload bytes above the commit index; proposals beyond are refused
 * @param pendingReadsMax the most batches of reads that wait for a confirmation
 * @param priority how gladly this node leads, from 0 to {@link #PRIORITY_MAX}; may differ between members. One of a
 *     lower priority waits up to one election timeout longer before it campaigns, and hands over to a voter of a higher
 *     one that has caught up
 */
public record RaftOptions(
        long electionTimeoutNanos,
        long heartbeatNanos,
        long clockDriftNanos,
        int appendEntriesMax,
        int appendBytesMax,
        int inFlightMessagesMax,
        long inFlightBytesMax,
        long uncommittedBytesMax,
        int pendingReadsMax,
        int priority) {

    /** The priority of a node that does not hold back. */
    public static final int PRIORITY_MAX = 10;

    /**
     * Election 1 s, heartbeat 100 ms, drift 100 ms, 4,096 entries or 1 MiB a message, 256 messages or 16 MiB in flight.
     */
    public static final RaftOptions DEFAULTS = new RaftOptions(
            1_000_000_000L, 100_000_000L, 100_000_000L, 4096, 1 << 20, 256, 16L << 20, 256L << 20, 4096, PRIORITY_MAX);

    public RaftOptions {
        require(heartbeatNanos > 0, "heartbeatNanos", heartbeatNanos, "above 0");
        require(
                electionTimeoutNanos >= 3 * heartbeatNanos,
                "electionTimeoutNanos",
                electionTimeoutNanos,
                "at least 3 heartbeats of " + heartbeatNanos);
        require(
                clockDriftNanos >= 0 && clockDriftNanos < electionTimeoutNanos,
                "clockDriftNanos",
                clockDriftNanos,
                "from 0 to below the election timeout of " + electionTimeoutNanos);
        require(appendEntriesMax > 0, "appendEntriesMax", appendEntriesMax, "above 0");
        require(appendBytesMax > 0, "appendBytesMax", appendBytesMax, "above 0");
        require(inFlightMessagesMax > 0, "inFlightMessagesMax", inFlightMessagesMax, "above 0");
        require(inFlightBytesMax > 0, "inFlightBytesMax", inFlightBytesMax, "above 0");
        require(uncommittedBytesMax > 0, "uncommittedBytesMax", uncommittedBytesMax, "above 0");
        require(pendingReadsMax > 0, "pendingReadsMax", pendingReadsMax, "above 0");
        require(priority >= 0 && priority <= PRIORITY_MAX, "priority", priority, "from 0 to " + PRIORITY_MAX);
    }

    /** Options of a node that does not hold back. */
    public RaftOptions(
            long electionTimeoutNanos,
            long heartbeatNanos,
            long clockDriftNanos,
            int appendEntriesMax,
            int appendBytesMax,
            int inFlightMessagesMax,
            long inFlightBytesMax,
            long uncommittedBytesMax,
            int pendingReadsMax) {
        this(
                electionTimeoutNanos,
                heartbeatNanos,
                clockDriftNanos,
                appendEntriesMax,
                appendBytesMax,
                inFlightMessagesMax,
                inFlightBytesMax,
                uncommittedBytesMax,
                pendingReadsMax,
                PRIORITY_MAX);
    }

    /** These options with another priority. */
    public RaftOptions withPriority(int other) {
        return new RaftOptions(
                electionTimeoutNanos,
                heartbeatNanos,
                clockDriftNanos,
                appendEntriesMax,
                appendBytesMax,
                inFlightMessagesMax,
                inFlightBytesMax,
                uncommittedBytesMax,
                pendingReadsMax,
                other);
    }

    private static void require(boolean holds, String name, long value, String bound) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + value + ", must be " + bound);
        }
    }
}
