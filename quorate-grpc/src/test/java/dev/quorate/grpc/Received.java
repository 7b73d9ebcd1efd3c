package dev.quorate.grpc;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.Transport;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What came in. */
final class Received implements Transport.Receiver {
    private final List<PeerMessage> messages = new CopyOnWriteArrayList<>();

    @Override
    public void received(NodeId from, PeerMessage message) {
        messages.add(message);
    }

    List<PeerMessage> messages() {
        return messages;
    }
}
