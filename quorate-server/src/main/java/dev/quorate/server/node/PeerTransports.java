package dev.quorate.server.node;

import dev.quorate.grpc.PeerStatistics;
import dev.quorate.server.node.ServerConfig.PeerConfig;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.Transport;
import io.grpc.BindableService;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/** Makes the transport between members. */
interface PeerTransports {
    /** A transport, and what it counts of each peer; any thread may ask for that. */
    record Counted(Transport transport, Supplier<List<PeerStatistics>> statistics) {}

    /**
     * Listens for peers; what arrives before the node takes it is sent away.
     *
     * @param memberList is to be answered on the peer port too
     * @throws IOException when an address cannot be taken, in one line that names it
     */
    Counted open(NodeIdentity identity, PeerConfig config, BindableService memberList) throws IOException;
}
