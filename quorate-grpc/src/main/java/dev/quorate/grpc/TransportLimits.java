package dev.quorate.grpc;

/**
 * The limits of a transport. What does not fit is dropped and counted, as a network may do.
 *
 * @param urgentMessagesMax the most heartbeats, votes and reads that wait for one peer
 * @param logMessagesMax the most messages with entries, and their answers, that wait for one peer
 * @param logBytesMax the most bytes of them, one message excepted; more than the bytes that a leader has in flight
 * @param snapshotMessagesMax the most snapshot chunks and answers that wait for one peer
 * @param snapshotBytesMax the most bytes of them, one message excepted
 * @param batchBytesMax the size that a batch stops to grow at, in bytes
 * @param messageBytesMax the largest message, in bytes; the same on all members
 */
public record TransportLimits(
        int urgentMessagesMax,
        int logMessagesMax,
        long logBytesMax,
        int snapshotMessagesMax,
        long snapshotBytesMax,
        int batchBytesMax,
        int messageBytesMax) {

    /** The most peers that are remembered, those that called and are no members included. */
    static final int PEERS_MAX = 256;

    /**
     * 1,024 urgent messages; 4,096 of the log with 32 MiB; 64 of snapshots with 64 MiB; batches of 1 MiB, messages of
     * 64 MiB.
     */
    public static final TransportLimits DEFAULTS =
            new TransportLimits(1024, 4096, 32L << 20, 64, 64L << 20, 1 << 20, 64 << 20);

    public TransportLimits {
        require(1, "urgentMessagesMax", urgentMessagesMax);
        require(1, "logMessagesMax", logMessagesMax);
        require(1, "logBytesMax", logBytesMax);
        require(1, "snapshotMessagesMax", snapshotMessagesMax);
        require(1, "snapshotBytesMax", snapshotBytesMax);
        require(1, "batchBytesMax", batchBytesMax);
        require(4096, "messageBytesMax", messageBytesMax);
        if ((long) batchBytesMax + messageBytesMax > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("batchBytesMax and messageBytesMax are " + batchBytesMax + " and "
                    + messageBytesMax + ", together they must be at most " + Integer.MAX_VALUE);
        }
    }

    /** The most payload in a message, in bytes: what the frames of its entries need is left free. */
    long payloadBytesMax() {
        return (long) messageBytesMax - messageBytesMax / 8;
    }

    /** The most messages that wait in a lane. */
    int messagesMax(Lane lane) {
        return switch (lane) {
            case URGENT -> urgentMessagesMax;
            case LOG -> logMessagesMax;
            case SNAPSHOT -> snapshotMessagesMax;
        };
    }

    /** The most bytes that wait in a lane; urgent messages have no size to speak of. */
    long bytesMax(Lane lane) {
        return switch (lane) {
            case URGENT -> Long.MAX_VALUE;
            case LOG -> logBytesMax;
            case SNAPSHOT -> snapshotBytesMax;
        };
    }

    /** The largest gRPC message: a batch that was about full, and one more message. */
    int inboundBytesMax() {
        return batchBytesMax + messageBytesMax;
    }

    private static void require(long least, String name, long value) {
        if (value < least) {
            throw new IllegalArgumentException(name + " is " + value + ", must be at least " + least);
        }
    }
}
