package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.Transport;

/** The transport of a node without peers. */
enum NoTransport implements Transport {
    INSTANCE;

    @Override
    public void start(Receiver receiver) {}

    @Override
    public void send(NodeId to, PeerMessage message) {}

    @Override
    public void close() {}
}
