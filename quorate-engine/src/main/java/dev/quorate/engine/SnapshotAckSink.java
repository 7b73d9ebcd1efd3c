package dev.quorate.engine;

import dev.quorate.spi.SnapshotAck;

/** Where the receiver's answers to chunks go; called on BULK, never blocks. */
@FunctionalInterface
public interface SnapshotAckSink {
    /** Sends one answer to the sender of the stream. */
    void send(SnapshotAck ack);
}
