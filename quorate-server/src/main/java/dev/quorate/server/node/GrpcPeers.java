package dev.quorate.server.node;

import dev.quorate.grpc.GrpcTransport;
import dev.quorate.server.node.ServerConfig.PeerConfig;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeIdentity;
import io.grpc.BindableService;
import java.io.IOException;
import java.util.List;

/** The transport between processes. */
final class GrpcPeers implements PeerTransports {
    @Override
    public Counted open(NodeIdentity identity, PeerConfig config, BindableService memberList) throws IOException {
        try {
            GrpcTransport.Builder builder = GrpcTransport.builder();
            config.tls().ifPresent(builder::tls);
            GrpcTransport transport = builder.clusterId(identity.clusterId())
                    .self(identity.nodeId())
                    .listen(config.listen().stream().map(RunningServer::resolve).toList())
                    // Whoever writes http:// has asked for it; a node with certificates calls no such address all the
                    // same.
                    .allowPlaintext(true)
                    .silenceMax(config.silenceMax())
                    .services(List.of(memberList.bindService()))
                    .build();
            return new Counted(transport, transport::peerStatistics);
        } catch (InvalidRequestException refused) {
            throw new IOException(refused.getMessage(), refused);
        }
    }
}
