package dev.quorate.etcd;

import dev.quorate.engine.QuorateNode;
import dev.quorate.etcd.wire.AuthGrpc;
import dev.quorate.etcd.wire.ClusterGrpc;
import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.LeaseGrpc;
import dev.quorate.etcd.wire.MaintenanceGrpc;
import dev.quorate.etcd.wire.WatchGrpc;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvClient;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.tls.ReloadingTls;
import dev.quorate.tls.TlsFiles;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.ServerChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/**
 * A listening server that speaks the etcd v3 API for one node: KV, Cluster, Maintenance, and gRPC's health service.
 * What is not there yet answers UNIMPLEMENTED. Beside them our own: Operator, and Sessions where the client of the
 * store is an {@link EmbeddedKv}.
 *
 * <p>Everything runs on a few event loops, without an executor behind them: a handler only translates and hands on, and
 * a hand-over between threads would cost more than that. The answers are sent by the threads that complete the futures
 * of the {@link KvClient}. Methods may be called by any thread.
 */
public final class EtcdServer implements AutoCloseable {
    private static final Duration LAST_WAIT = Duration.ofSeconds(2);
    /** An answer may still be on its way through the thread that sends it when its client has it already. */
    private static final Duration QUIET = Duration.ofMillis(50);

    private static final long KEEP_ALIVE_MIN_SECONDS = 1;
    private static final Set<String> SERVICES =
            Set.of(KVGrpc.SERVICE_NAME, ClusterGrpc.SERVICE_NAME, MaintenanceGrpc.SERVICE_NAME);

    private final Server server;
    private final List<InetSocketAddress> addresses;
    private final EventLoopGroup eventLoops;
    private final SnapshotStreams streams;
    private final Duration drain;
    private final boolean encrypted;

    private EtcdServer(
            Server server, EventLoopGroup eventLoops, SnapshotStreams streams, Duration drain, boolean encrypted) {
        this.server = server;
        this.addresses =
                server.getListenSockets().stream().map(EtcdServer::internet).toList();
        this.eventLoops = eventLoops;
        this.streams = streams;
        this.drain = drain;
        this.encrypted = encrypted;
    }

    /**
     * Starts to listen. Node and client stay the caller's, who closes them after the server.
     *
     * @param addresses where to listen; port 0 takes a free one
     * @throws IOException when an address cannot be taken, in one line that names it; nothing listens then
     */
    public static EtcdServer start(
            QuorateNode node, KvClient store, List<InetSocketAddress> addresses, EtcdServerOptions options)
            throws IOException {
        return start(node, store, addresses, Optional.empty(), options);
    }

    /**
     * As {@link #start(QuorateNode, KvClient, List, EtcdServerOptions)}, with TLS.
     *
     * @param tls the certificates, which are read again when they change; empty for plain text
     * @throws dev.quorate.spi.InvalidRequestException when they cannot be used
     */
    public static EtcdServer start(
            QuorateNode node,
            KvClient store,
            List<InetSocketAddress> addresses,
            Optional<TlsFiles> tls,
            EtcdServerOptions options)
            throws IOException {
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a server needs an address to listen on");
        }
        Optional<SslContext> encryption = tls.map(EtcdServer::encryption);
        EventLoopGroup eventLoops = newEventLoops(options.eventLoops());
        Headers headers = new Headers(node);
        SnapshotStreams streams =
                new SnapshotStreams(node, headers, options.snapshotStreamsMax(), options.snapshotSilenceMax());
        NettyServerBuilder builder = NettyServerBuilder.forAddress(addresses.get(0))
                .bossEventLoopGroup(eventLoops)
                .workerEventLoopGroup(eventLoops)
                .channelType(Epoll.isAvailable() ? epollChannel() : NioServerSocketChannel.class)
                .directExecutor()
                .maxInboundMessageSize(options.inboundBytesMax())
                .maxConcurrentCallsPerConnection(options.callsPerConnectionMax())
                .permitKeepAliveTime(KEEP_ALIVE_MIN_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .intercept(new LeaderRequired(node))
                .intercept(new LearnerRules(node))
                .addService(new KvService(store, headers))
                .addService(new MaintenanceService(node, store, headers, streams))
                .addService(new WatchGrpc.WatchImplBase() {})
                .addService(new LeaseGrpc.LeaseImplBase() {})
                .addService(new ClusterService(node, headers, eventLoops))
                .addService(new AuthGrpc.AuthImplBase() {})
                .addService(new OperatorService(node))
                .addService(new HealthService(node, SERVICES, eventLoops));
        if (store instanceof EmbeddedKv own) {
            builder.addService(new SessionService(own, headers));
        }
        encryption.ifPresent(builder::sslContext);
        for (InetSocketAddress address : addresses.subList(1, addresses.size())) {
            builder.addListenAddress(address);
        }
        Server server = builder.build();
        try {
            server.start();
        } catch (IOException refused) {
            server.shutdownNow();
            streams.close();
            stop(eventLoops);
            throw new IOException("cannot listen on " + describe(addresses) + ": " + reason(refused), refused);
        }
        return new EtcdServer(server, eventLoops, streams, options.drain(), encryption.isPresent());
    }

    /** True when it speaks TLS. */
    public boolean isEncrypted() {
        return encrypted;
    }

    /** Where the server listens, or did, with the real ports. */
    public List<InetSocketAddress> addresses() {
        return addresses;
    }

    /**
     * Takes no more calls, waits for those under way as long as the options say, cancels the rest, and gives the
     * addresses free.
     */
    @Override
    public void close() {
        server.shutdown();
        streams.close();
        try {
            if (!server.awaitTermination(drain.toNanos(), TimeUnit.NANOSECONDS)) {
                server.shutdownNow();
                server.awaitTermination(LAST_WAIT.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException interrupted) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        stop(eventLoops);
    }

    private static SslContext encryption(TlsFiles files) {
        ReloadingTls tls = new ReloadingTls(files);
        try {
            return GrpcSslContexts.configure(SslContextBuilder.forServer(tls.keyManager()))
                    .trustManager(tls.trustManager())
                    .clientAuth(tls.clientCertificateRequired() ? ClientAuth.REQUIRE : ClientAuth.NONE)
                    .build();
        } catch (SSLException unusable) {
            throw new InvalidRequestException("TLS cannot be spoken with these certificates: " + unusable.getMessage());
        }
    }

    private static EventLoopGroup newEventLoops(int threads) {
        IoHandlerFactory io = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        return new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("quorate-etcd", true), io);
    }

    private static Class<? extends ServerChannel> epollChannel() {
        return EpollServerSocketChannel.class;
    }

    private static void stop(EventLoopGroup eventLoops) {
        // The threads are daemons: one that does not end in time holds nobody up.
        eventLoops
                .shutdownGracefully(QUIET.toMillis(), LAST_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                .awaitUninterruptibly(LAST_WAIT.toMillis());
    }

    private static InetSocketAddress internet(SocketAddress address) {
        return (InetSocketAddress) address;
    }

    private static String describe(List<InetSocketAddress> addresses) {
        return String.join(
                ", ",
                addresses.stream()
                        .map(address -> address.getHostString() + ":" + address.getPort())
                        .toList());
    }

    private static String reason(IOException refused) {
        Throwable root = refused;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return message.lines().findFirst().orElse("");
    }
}
