package dev.quorate.grpc;

import dev.quorate.tls.ReloadingTls;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The server behind a node's peer addresses: the lanes, and what its owner has answered there besides. */
final class PeerPort {
    private static final int WINDOW_BYTES = 8 << 20;
    private static final int HEADERS_BYTES_MAX = 4096;
    private static final long KEEP_ALIVE_SECONDS = 30;
    private static final long KEEP_ALIVE_PATIENCE_SECONDS = 10;
    /** Peers ask every 30 s; those that ask much more often are sent away. */
    private static final long KEEP_ALIVE_PERMITTED_SECONDS = 10;

    private PeerPort() {}

    /** A server that does not listen yet. */
    static Server server(
            Wiring wiring,
            Peers peers,
            List<InetSocketAddress> addresses,
            Optional<ReloadingTls> tls,
            List<ServerServiceDefinition> others) {
        ServerServiceDefinition.Builder lanes = ServerServiceDefinition.builder(Lane.SERVICE);
        for (Lane lane : Lane.values()) {
            lanes.addMethod(lane.accepting(), new Acceptor(wiring, peers, lane));
        }
        NettyServerBuilder builder = NettyServerBuilder.forAddress(addresses.get(0))
                .bossEventLoopGroup(wiring.thread().group())
                .workerEventLoopGroup(wiring.thread().group())
                .channelFactory(() -> listening(wiring))
                .directExecutor()
                .maxInboundMessageSize(wiring.limits().inboundBytesMax())
                .maxInboundMetadataSize(HEADERS_BYTES_MAX)
                .maxConcurrentCallsPerConnection(Lane.values().length)
                .flowControlWindow(WINDOW_BYTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_PATIENCE_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveTime(KEEP_ALIVE_PERMITTED_SECONDS, TimeUnit.SECONDS)
                .addService(lanes.build());
        others.forEach(builder::addService);
        for (InetSocketAddress address : addresses.subList(1, addresses.size())) {
            builder.addListenAddress(address);
        }
        tls.ifPresent(present -> builder.sslContext(TlsContexts.server(present)));
        return builder.build();
    }

    private static ServerChannel listening(Wiring wiring) {
        ServerChannel channel = NetworkThread.serverChannel();
        channel.pipeline().addLast(new TlsRefusals(wiring));
        return channel;
    }

    /** Takes the addresses; returns them with the real ports. */
    static List<InetSocketAddress> listen(Server server, List<InetSocketAddress> addresses) throws IOException {
        try {
            server.start();
        } catch (IOException refused) {
            server.shutdownNow();
            throw new IOException("cannot listen on " + addresses + ": " + RootCause.of(refused), refused);
        }
        return server.getListenSockets().stream()
                .map(address -> (InetSocketAddress) address)
                .toList();
    }
}
