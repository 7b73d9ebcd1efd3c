package dev.quorate.grpc;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NanoClock;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.Transport;
import dev.quorate.tls.ReloadingTls;
import dev.quorate.tls.TlsFiles;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The network between processes: streams of gRPC, dialed to the addresses in the membership. An address is a list of
 * peer URLs with commas between them, which are tried in turn, and perhaps a {@code ;} with attributes behind it that
 * are for others: {@code http://127.0.0.1:2380,http://127.0.0.1:3380;name=a}.
 *
 * <p>One thread does all the sending and receiving, and calls the receiver; {@link #send} only queues. Any thread may
 * call any method.
 */
public final class GrpcTransport implements Transport {
    private static final long LAST_WAIT_MILLIS = 2000;

    private final NetworkThread thread;
    private final Dialer dialer;
    private final Peers peers;
    private final long payloadBytesMax;
    private final Server server;
    private final List<InetSocketAddress> boundAddresses;
    private final AtomicLong droppedForNobody = new AtomicLong();
    private volatile @Nullable Receiver receiver;
    private volatile boolean closed;

    private GrpcTransport(Builder builder, NodeIdentity identity) throws IOException {
        PlaintextRule plaintext = new PlaintextRule(builder.allowPlaintext, builder.tls != null);
        builder.listen.forEach(address -> plaintext.checkListening(address.getHostString(), address.getPort()));
        Optional<ReloadingTls> tls =
                Optional.ofNullable(builder.tls).map(files -> new ReloadingTls(files, builder.clock));
        long silenceNanos = builder.silenceMax.toNanos();
        this.payloadBytesMax = builder.limits.payloadBytesMax();
        this.thread = new NetworkThread("quorate-grpc-" + identity.nodeId());
        try {
            this.dialer = new Dialer(thread, builder.limits, silenceNanos, tls);
            Wiring wiring = new Wiring(
                    new Handshake(identity, builder.versions),
                    builder.limits,
                    silenceNanos,
                    thread,
                    builder.clock,
                    new SplittableRandom(),
                    new Notices(builder.clock),
                    new FrameEncoder(),
                    dialer,
                    this::deliver,
                    this::giveBack);
            this.peers = new Peers(wiring, plaintext);
            this.server = PeerPort.server(wiring, peers, builder.listen, tls, builder.services);
            this.boundAddresses = PeerPort.listen(server, builder.listen);
        } catch (IOException | RuntimeException | Error failed) {
            thread.close();
            throw failed;
        }
    }

    /** Collects what a transport needs. */
    public static Builder builder() {
        return new Builder();
    }

    /** Where the peer port listens, with the real ports. */
    public List<InetSocketAddress> boundAddresses() {
        return boundAddresses;
    }

    /** What went between this node and each other one, in the order of their ids. */
    public List<PeerStatistics> peerStatistics() {
        return peers.statistics();
    }

    /** How many messages were dropped because they were for a node that nobody knows. */
    public long droppedForNobody() {
        return droppedForNobody.get();
    }

    @Override
    public void start(Receiver itsReceiver) {
        receiver = itsReceiver;
        thread.execute(peers::start);
    }

    @Override
    public void send(NodeId to, PeerMessage message) {
        Peer peer = peers.find(to);
        if (peer == null || closed) {
            droppedForNobody.incrementAndGet();
            giveBack(to, message);
        } else {
            peer.send(message);
        }
    }

    @Override
    public void membershipChanged(Membership membership) {
        if (!closed) {
            peers.expect(membership);
            thread.execute(() -> peers.readdress(membership));
        }
    }

    @Override
    public long payloadBytesMax() {
        return payloadBytesMax;
    }

    private void deliver(NodeId from, PeerMessage message) {
        Receiver present = receiver;
        if (present != null && !closed) {
            present.received(from, message);
        }
    }

    private void giveBack(NodeId to, PeerMessage message) {
        Receiver present = receiver;
        if (present != null && !closed) {
            present.notSent(to, message);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        receiver = null;
        CompletableFuture<Void> quiet = new CompletableFuture<>();
        thread.execute(() -> {
            peers.close();
            quiet.complete(null);
        });
        server.shutdownNow();
        if (!thread.isCurrent()) {
            awaitEnd(quiet);
        }
        thread.close();
    }

    /** Lets the connections end in order; what does not within the time is cut off with the thread. */
    private void awaitEnd(CompletableFuture<Void> quiet) {
        try {
            quiet.completeOnTimeout(null, LAST_WAIT_MILLIS, TimeUnit.MILLISECONDS)
                    .join();
            server.awaitTermination(LAST_WAIT_MILLIS, TimeUnit.MILLISECONDS);
            dialer.awaitEnd(LAST_WAIT_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Collects what a transport needs. Required: a cluster id, a node id and an address to listen on. */
    public static final class Builder {
        private long clusterId;
        private @Nullable NodeId self;
        private List<InetSocketAddress> listen = List.of();
        private @Nullable TlsFiles tls;
        private boolean allowPlaintext;
        private List<ServerServiceDefinition> services = List.of();
        private Duration silenceMax = Duration.ofSeconds(1);
        private TransportLimits limits = TransportLimits.DEFAULTS;
        private Handshake.Versions versions = Handshake.Versions.SPOKEN;
        private NanoClock clock = NanoClock.system();

        private Builder() {}

        /** The cluster that the node belongs to, not 0; nodes of another one are refused. */
        public Builder clusterId(long clusterId) {
            this.clusterId = clusterId;
            return this;
        }

        /** The node whose transport this is. */
        public Builder self(NodeId self) {
            this.self = self;
            return this;
        }

        /** Where peers call; port 0 takes a free one. */
        public Builder listen(List<InetSocketAddress> addresses) {
            this.listen = List.copyOf(addresses);
            return this;
        }

        /**
         * Services that are answered on the peer port too, on its one thread: for what a server must ask before it
         * knows who it is. They say nothing that a stranger may not know, and never block.
         */
        public Builder services(List<ServerServiceDefinition> services) {
            this.services = List.copyOf(services);
            return this;
        }

        /**
         * The certificates to speak TLS with: the peer port speaks nothing else then, and addresses with
         * {@code https://} can be called, none with {@code http://} any more. They are read again when the files
         * change.
         */
        public Builder tls(TlsFiles files) {
            this.tls = files;
            return this;
        }

        /**
         * Allows plain text on other addresses than those of the loopback, to call and to be called; false by default,
         * and without effect on a transport with certificates.
         */
        public Builder allowPlaintext(boolean allowed) {
            this.allowPlaintext = allowed;
            return this;
        }

        /**
         * How long a peer may leave a sign of life unanswered before its connections are given up, and an attempt to
         * connect may take; 1 s by default, to be about the election timeout.
         */
        public Builder silenceMax(Duration silenceMax) {
            this.silenceMax = silenceMax;
            return this;
        }

        /** The limits; {@link TransportLimits#DEFAULTS} when not given. */
        public Builder limits(TransportLimits limits) {
            this.limits = limits;
            return this;
        }

        /** Another range of versions of the protocol. */
        Builder versions(Handshake.Versions versions) {
            this.versions = versions;
            return this;
        }

        /**
         * Binds the addresses and makes the transport; callers are sent away until it is started.
         *
         * @throws InvalidRequestException when something required is missing, plain text is not allowed, or the
         *     certificates cannot be used
         * @throws IOException when an address cannot be taken, in one line that names it
         */
        public GrpcTransport build() throws IOException {
            if (clusterId == 0) {
                throw new InvalidRequestException("a transport needs a cluster id, which must not be 0");
            }
            if (self == null) {
                throw new InvalidRequestException("a transport needs the id of its node");
            }
            if (listen.isEmpty()) {
                throw new InvalidRequestException("a transport needs an address to listen on");
            }
            if (silenceMax.toMillis() < 1) {
                throw new InvalidRequestException("silenceMax is " + silenceMax + ", must be at least 1 ms");
            }
            return new GrpcTransport(this, new NodeIdentity(clusterId, self));
        }
    }
}
