package dev.quorate.grpc;

import dev.quorate.tls.ReloadingTls;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Makes the connections to peers. A channel here is one attempt at one address: gRPC's own attempts to reconnect come
 * too late for an election, so a channel that failed is thrown away. Owned by the network thread.
 */
final class Dialer {
    private static final int WINDOW_BYTES = 1 << 20;
    private static final long KEEP_ALIVE_SECONDS = 30;
    private static final long KEEP_ALIVE_PATIENCE_SECONDS = 10;

    private final NetworkThread thread;
    private final TransportLimits limits;
    private final int connectMillis;
    private final Optional<ReloadingTls> tls;
    /** Read by the thread that closes the transport, after the network thread threw them all away. */
    private final Set<ManagedChannel> ended = ConcurrentHashMap.newKeySet();

    Dialer(NetworkThread thread, TransportLimits limits, long silenceNanos, Optional<ReloadingTls> tls) {
        this.thread = thread;
        this.limits = limits;
        this.tls = tls;
        this.connectMillis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, silenceNanos / 1_000_000));
    }

    /** A channel to this address; it connects with its first call. */
    ManagedChannel open(PeerUrl url) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(url.host(), url.port())
                .eventLoopGroup(thread.group())
                .channelType(NetworkThread.channelType())
                .executor(thread)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis)
                .maxInboundMessageSize(limits.inboundBytesMax())
                .flowControlWindow(WINDOW_BYTES)
                .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_PATIENCE_SECONDS, TimeUnit.SECONDS)
                .proxyDetector(address -> null)
                .disableServiceConfigLookUp()
                .disableRetry();
        if (url.tls()) {
            builder.sslContext(TlsContexts.client(tls.orElseThrow()));
        } else {
            builder.usePlaintext();
        }
        return builder.build();
    }

    /** Throws a channel away. */
    void close(ManagedChannel channel) {
        channel.shutdownNow();
        ended.removeIf(ManagedChannel::isTerminated);
        ended.add(channel);
    }

    /** Waits until the channels that were thrown away have let go of their connections. Not the network thread. */
    void awaitEnd(long millis) throws InterruptedException {
        for (ManagedChannel channel : ended) {
            channel.awaitTermination(millis, TimeUnit.MILLISECONDS);
        }
    }
}
