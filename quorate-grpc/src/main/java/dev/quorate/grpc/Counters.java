package dev.quorate.grpc;

import dev.quorate.raft.NodeId;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The counts behind {@link PeerStatistics}. Written by the network thread, the drops by any; read by any. */
final class Counters {
    private final AtomicLong dropped = new AtomicLong();
    private volatile boolean connected;
    private volatile long messagesSent;
    private volatile long bytesSent;
    private volatile long messagesReceived;
    private volatile long bytesReceived;
    private volatile long notUnderstood;
    private volatile long reconnects;
    private volatile long roundTripNanos;

    void dropped(int count) {
        dropped.addAndGet(count);
    }

    // Only the network thread counts below, so that a plain addition loses nothing.

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void sent(OutgoingBatch batch) {
        messagesSent += batch.count();
        bytesSent += batch.bytes();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void received(IncomingBatch batch) {
        messagesReceived += batch.messages().size();
        bytesReceived += batch.bytes();
        notUnderstood += batch.unknown() + batch.malformed();
    }

    void connected(boolean now) {
        connected = now;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void lost() {
        reconnects++;
    }

    void roundTrip(long nanos) {
        roundTripNanos = nanos;
    }

    PeerStatistics snapshot(NodeId peer, List<PeerStatistics.Queue> queues) {
        return new PeerStatistics(
                peer,
                connected,
                messagesSent,
                bytesSent,
                messagesReceived,
                bytesReceived,
                dropped.get(),
                notUnderstood,
                reconnects,
                roundTripNanos,
                queues);
    }
}
