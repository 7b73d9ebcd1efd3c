package dev.quorate.spi;

/**
 * The receiver's answer to a chunk; every chunk gets one.
 *
 * @param seq the chunk that is answered
 * @param nextRequested the chunk that the receiver wants next
 */
public record SnapshotAck(int seq, Status status, int nextRequested) {
    /** What became of the chunk. */
    public enum Status {
        /** Taken, or already here; with {@code nextRequested == totalChunks} on the last: the snapshot is installed. */
        ACCEPTED,
        /** Its CRC was wrong: send it again. */
        CHECKSUM_MISMATCH,
        /**
         * Not the chunk that is next, or not from the leader that began: the sender goes on at {@code nextRequested},
         * or stops.
         */
        OUT_OF_ORDER,
        /** The beginning is already here: the sender goes on at {@code nextRequested}. */
        REQUESTED,
        /** The transfer is over; what is here stays for resumption. */
        FAILED
    }
}
