package dev.quorate.server.node;

import dev.quorate.engine.NodeOptions;
import dev.quorate.engine.QuorateNode;
import dev.quorate.etcd.EtcdServer;
import dev.quorate.etcd.EtcdServerOptions;
import dev.quorate.etcd.MemberAddress;
import dev.quorate.etcd.MemberUpkeep;
import dev.quorate.etcd.PeerMemberList;
import dev.quorate.grpc.PeerStatistics;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvStateMachine;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.node.ServerConfig.ClusterState;
import dev.quorate.server.node.ServerConfig.PeerConfig;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.StorageFailedException;
import dev.quorate.spi.Transport;
import dev.quorate.wal.FileStorage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member that serves clients: the log on files, the store in memory, the etcd API in front. */
public final class RunningServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningServer.class);
    private static final Duration READY = Duration.ofSeconds(60);
    /** A cluster may be started over days; nobody waits that long, but the server does. */
    private static final Duration READY_IN_A_CLUSTER = Duration.ofDays(365);

    private static final Duration FIRST_LOOK = Duration.ofSeconds(5);
    private static final Duration HAND_OVER = Duration.ofSeconds(3);

    private final QuorateNode node;
    private final EmbeddedKv store;
    private final EtcdServer etcd;
    private final MemberUpkeep upkeep;
    private final MetricsPort metrics;

    private RunningServer(
            QuorateNode node, EmbeddedKv store, EtcdServer etcd, MemberUpkeep upkeep, MetricsPort metrics) {
        this.node = node;
        this.store = store;
        this.etcd = etcd;
        this.upkeep = upkeep;
        this.metrics = metrics;
    }

    /**
     * Starts a node that is alone, and waits until it answers.
     *
     * @param listen where clients are served; port 0 takes a free one
     * @throws CommandFailedException in one line, when the data cannot be used or an address cannot be taken
     */
    public static RunningServer start(Path dataDirectory, List<Endpoint> listen, NodeOptions options) {
        return start(ServerConfig.single(dataDirectory, listen, options), noPeers(), Machine.THIS);
    }

    private static PeerTransports noPeers() {
        return (identity, config, memberList) -> {
            throw new IOException("this server has no transport to other members");
        };
    }

    /**
     * Starts a member. One that is alone answers when this returns; another one serves its clients from then on, and
     * answers as soon as a quorum of the members is there: see {@link #ready}.
     *
     * @throws CommandFailedException in one line, when the data cannot be used or an address cannot be taken
     */
    static RunningServer start(ServerConfig config, PeerTransports transports, Machine machine) {
        List<InetSocketAddress> addresses = resolve(config.clients());
        // Looked at before the data is touched: a wrong address must change nothing.
        addresses.forEach(RunningServer::requireFree);
        resolve(config.metrics()).forEach(RunningServer::requireFree);
        config.peers().ifPresent(peers -> resolve(peers.listen()).forEach(RunningServer::requireFree));
        NewCluster.of(config.dataDirectory()).beforeStart(config.forceNewCluster());
        Optional<NodeIdentity> stored = SingleNode.identityIn(config.dataDirectory());
        KvStateMachine state = new KvStateMachine();
        QuorateNode.Builder builder = QuorateNode.builder()
                .storage(FileStorage.in(config.dataDirectory(), machine.disk(), machine.log()))
                .clock(machine.clock())
                .stateMachine(state);
        Member member = config.peers().isPresent()
                ? startMember(config, config.peers().get(), transports, stored, builder)
                : startAlone(config, stored.orElseGet(SingleNode::fresh), builder);
        QuorateNode node = member.node();
        EmbeddedKv store = EmbeddedKv.on(node, state);
        EtcdServer etcd = null;
        boolean started = false;
        try {
            requirePeers(config, node);
            if (config.peers().isEmpty()) {
                node.ready(READY).join();
            }
            etcd = EtcdServer.start(node, store, addresses, config.clientTls(), EtcdServerOptions.DEFAULTS);
            MetricsPort metrics = MetricsPort.start(node, store, member.peers(), config.metrics());
            MemberAddress self = self(config, etcd);
            MemberUpkeep upkeep = MemberUpkeep.start(node, self);
            if (config.peers().isEmpty()) {
                // Nobody else has to be there for it, and whoever asks finds it complete.
                upkeep.looked()
                        .completeOnTimeout(null, FIRST_LOOK.toMillis(), TimeUnit.MILLISECONDS)
                        .join();
            }
            started = true;
            return new RunningServer(node, store, etcd, upkeep, metrics);
        } catch (CompletionException notReady) {
            Throwable cause = notReady.getCause() == null ? notReady : notReady.getCause();
            throw new CommandFailedException("the node did not become ready: " + cause.getMessage());
        } catch (IOException | InvalidRequestException refused) {
            throw new CommandFailedException(String.valueOf(refused.getMessage()));
        } finally {
            if (!started) {
                if (etcd != null) {
                    etcd.close();
                }
                store.close();
            }
        }
    }

    /** A node and what its transport counts of its peers. */
    private record Member(QuorateNode node, Supplier<List<PeerStatistics>> peers) {}

    private static Member startAlone(ServerConfig config, NodeIdentity identity, QuorateNode.Builder builder) {
        String address = new MemberAddress(List.of(), config.name(), List.of(), false).text();
        return new Member(start(config, identity, builder.members(Map.of(identity.nodeId(), address))), List::of);
    }

    private static Member startMember(
            ServerConfig config,
            PeerConfig peers,
            PeerTransports transports,
            Optional<NodeIdentity> stored,
            QuorateNode.Builder builder) {
        NodeIdentity identity;
        if (stored.isPresent()) {
            // Who the members are, the data knows.
            identity = stored.get();
        } else if (peers.state() == ClusterState.existing) {
            identity = MemberLookup.find(config.name(), peers);
            builder.joining();
        } else {
            identity = peers.cluster().identity(config.name());
            builder.members(peers.cluster().addresses());
        }
        PeerMemberList memberList = new PeerMemberList();
        PeerTransports.Counted counted;
        try {
            counted = transports.open(identity, peers, memberList);
        } catch (IOException refused) {
            throw new CommandFailedException(String.valueOf(refused.getMessage()));
        }
        Transport transport = counted.transport();
        boolean started = false;
        try {
            QuorateNode node = start(config, identity, builder.transport(transport));
            memberList.answerFor(node);
            started = true;
            return new Member(node, counted.statistics());
        } finally {
            if (!started) {
                transport.close();
            }
        }
    }

    private static QuorateNode start(ServerConfig config, NodeIdentity identity, QuorateNode.Builder builder) {
        try {
            return builder.id(identity.nodeId())
                    .clusterId(identity.clusterId())
                    .options(config.options())
                    .callbackExecutor(Runnable::run)
                    .start();
        } catch (StorageFailedException unusable) {
            throw SingleNode.unusable(config.dataDirectory(), unusable);
        }
    }

    /** Data of a cluster needs a way to its other members. */
    private static void requirePeers(ServerConfig config, QuorateNode node) {
        int members = node.status().membership().members().size();
        if (config.peers().isEmpty() && members != 1) {
            throw new CommandFailedException("the data in " + config.dataDirectory() + " is of a member of a cluster"
                    + (members == 0 ? "" : " of " + members) + ": --listen-peer-urls is needed");
        }
    }

    private static MemberAddress self(ServerConfig config, EtcdServer etcd) {
        List<String> clients = new ArrayList<>(config.advertisedClients());
        if (clients.isEmpty()) {
            endpoints(etcd).forEach(endpoint -> clients.add(endpoint.url()));
        }
        List<String> peerUrls = config.peers().map(PeerConfig::advertised).orElse(List.of());
        MemberAddress self = new MemberAddress(peerUrls, config.name(), clients, false);
        int bytes = self.text().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MemberAddress.BYTES_MAX) {
            throw new CommandFailedException("--name, --initial-advertise-peer-urls and --advertise-client-urls make "
                    + bytes + " bytes together, the limit is " + MemberAddress.BYTES_MAX);
        }
        return self;
    }

    private static List<InetSocketAddress> resolve(List<Endpoint> endpoints) {
        return endpoints.stream().map(RunningServer::resolve).toList();
    }

    static InetSocketAddress resolve(Endpoint endpoint) {
        InetSocketAddress address = new InetSocketAddress(endpoint.host(), endpoint.port());
        if (address.isUnresolved()) {
            throw new CommandFailedException("cannot listen on " + endpoint + ": no such host");
        }
        return address;
    }

    private static void requireFree(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(address);
        } catch (IOException refused) {
            throw new CommandFailedException("cannot listen on " + address.getHostString() + ":" + address.getPort()
                    + ": " + refused.getMessage());
        }
    }

    /** Where clients are served, with the real ports. */
    public List<Endpoint> endpoints() {
        return endpoints(etcd);
    }

    private static List<Endpoint> endpoints(EtcdServer etcd) {
        return etcd.addresses().stream()
                .map(address ->
                        new Endpoint(address.getAddress().getHostAddress(), address.getPort(), etcd.isEncrypted()))
                .toList();
    }

    /** Where monitoring is answered, with the real ports. */
    List<InetSocketAddress> metrics() {
        return metrics.addresses();
    }

    /** The node. */
    public QuorateNode node() {
        return node;
    }

    /** The store of this node. */
    public EmbeddedKv store() {
        return store;
    }

    /** Completes when the node stops because of a fault; never when it is closed. */
    public CompletableFuture<NodeHaltedException> halted() {
        return node.halted();
    }

    /** Completes when the member answers linearizable reads. */
    CompletableFuture<Void> ready() {
        return node.ready(READY_IN_A_CLUSTER);
    }

    /** Completes when the cluster has removed this member; never for one that is alone. */
    CompletableFuture<Void> removed() {
        return upkeep.removed();
    }

    /** Hands the leadership over if there is anybody to take it, answers what is under way, then stops. */
    @Override
    public void close() {
        upkeep.close();
        handOver();
        metrics.close();
        etcd.close();
        store.close();
    }

    /** A leader that just stops costs the cluster an election timeout; one that says so costs it nothing. */
    private void handOver() {
        boolean alone = node.status().membership().voters().size() < 2;
        if (alone || node.status().role() != Role.LEADER) {
            return;
        }
        try {
            NodeId next = node.transferLeadership().get(HAND_OVER.toMillis(), TimeUnit.MILLISECONDS);
            LOG.info("server.handed-over node={} to={}", node.id(), next);
        } catch (ExecutionException nobody) {
            LOG.warn("server.not-handed-over node={} reason={}", node.id(), String.valueOf(nobody.getCause()));
        } catch (TimeoutException late) {
            LOG.warn("server.not-handed-over node={} reason=nobody took over within {}", node.id(), HAND_OVER);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
