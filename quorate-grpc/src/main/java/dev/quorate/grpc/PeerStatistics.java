package dev.quorate.grpc;

import dev.quorate.raft.NodeId;
import java.util.List;

/**
 * What went between this node and one peer since the transport was built.
 *
 * @param connected true when this node's own stream to the peer is open
 * @param messagesSent handed to a connection; whether they arrived nobody knows
 * @param bytesSent the bytes of them
 * @param messagesReceived handed to the node
 * @param bytesReceived the bytes of all batches, those that were not understood included
 * @param messagesDropped not sent: the peer was not reachable, or its queue was full
 * @param framesNotUnderstood of kinds that this version does not know, or malformed
 * @param reconnects how often an open stream was lost
 * @param roundTripNanos the last measured time of a ping and its answer, 0 when none was measured
 * @param queues what waits for a connection, or for one that takes more, at this moment; one for each lane
 */
public record PeerStatistics(
        NodeId peer,
        boolean connected,
        long messagesSent,
        long bytesSent,
        long messagesReceived,
        long bytesReceived,
        long messagesDropped,
        long framesNotUnderstood,
        long reconnects,
        long roundTripNanos,
        List<Queue> queues) {
    public PeerStatistics {
        queues = List.copyOf(queues);
    }

    /**
     * What waits in one lane.
     *
     * @param lane urgent, log or snapshot
     * @param bytes about how many
     */
    public record Queue(String lane, int messages, long bytes) {}
}
