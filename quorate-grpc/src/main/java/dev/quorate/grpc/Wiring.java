package dev.quorate.grpc;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.NanoClock;
import dev.quorate.spi.PeerMessage;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;

/**
 * What the parts of one transport share.
 *
 * @param handshake who this node is
 * @param silenceNanos how long a peer may leave a ping unanswered
 * @param encoder for the network thread alone
 * @param delivery where messages go that came in, on the network thread
 * @param undelivered is told of messages that were dropped before any stream had them; any thread
 */
record Wiring(
        Handshake handshake,
        TransportLimits limits,
        long silenceNanos,
        NetworkThread thread,
        NanoClock clock,
        RandomGenerator random,
        Notices notices,
        FrameEncoder encoder,
        Dialer dialer,
        BiConsumer<NodeId, PeerMessage> delivery,
        BiConsumer<NodeId, PeerMessage> undelivered) {

    /** This node, for log lines. */
    NodeId self() {
        return handshake.identity().nodeId();
    }
}
