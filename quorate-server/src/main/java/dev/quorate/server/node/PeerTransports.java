package dev.quorate.server.node;

import dev.quorate.server.node.ServerConfig.PeerConfig;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.Transport;
import io.grpc.BindableService;
import java.io.IOException;

/** Makes the transport between members. */
interface PeerTransports {
    /**
     * Listens for peers; what arrives before the node takes it is sent away.
     *
     * @param memberList is to be answered on the peer port too
     * @throws IOException when an address cannot be taken, in one line that names it
     */
    Transport open(NodeIdentity identity, PeerConfig config, BindableService memberList) throws IOException;
}
