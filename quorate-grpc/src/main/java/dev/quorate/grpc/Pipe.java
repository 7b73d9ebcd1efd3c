package dev.quorate.grpc;

/** An open stream, seen from the side that writes to it. Owned by the network thread. */
interface Pipe {
    /** True when what is sent now leaves at once, and does not pile up. */
    boolean isReady();

    /** Sends a batch, also when it is not ready; lost when the stream has ended. */
    void send(OutgoingBatch batch);

    /** Ends the stream; nothing more is heard of it. */
    void close(String reason);
}
