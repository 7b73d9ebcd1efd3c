package dev.quorate.spi;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;

/**
 * The network between nodes. Messages to one peer and of one kind arrive in the order sent or not at all; anything may
 * be lost, and a loss is not an error. Snapshot chunks and acks travel beside the other messages and never delay them.
 */
public interface Transport extends AutoCloseable {
    /** Begins to receive. Called once, before the first {@link #send}. */
    void start(Receiver receiver);

    /** Hands a message over; never blocks and never throws for an unreachable peer. Any thread. */
    void send(NodeId to, PeerMessage message);

    /**
     * Another membership is in force: new members are to be reached at its addresses, and those with another address
     * than before at that one. Called before the first message to a new member, and once before {@link #start}; never
     * blocks. A sender that is not in it must be answered all the same, over the connection it came by.
     */
    default void membershipChanged(Membership membership) {}

    /**
     * The most bytes of payload that a message can carry; a node whose options allow more does not start, because an
     * entry that never arrives would stop every later one. No limit by default.
     */
    default long payloadBytesMax() {
        return Long.MAX_VALUE;
    }

    /** Stops to send and receive; after it returned, the receiver is not called again. */
    @Override
    void close();

    /** Where messages arrive. */
    interface Receiver {
        /** A message came in; called by any thread, returns quickly, never throws. */
        void received(NodeId from, PeerMessage message);

        /**
         * A message that was handed over never left this node and never will: nothing was ready to take it. Told only
         * where that is certain; of other losses nothing is said. Called by any thread, returns quickly, never throws.
         */
        default void notSent(NodeId to, PeerMessage message) {}
    }
}
