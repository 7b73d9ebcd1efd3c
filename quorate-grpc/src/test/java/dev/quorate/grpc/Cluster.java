package dev.quorate.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.engine.NodeOptions;
import dev.quorate.engine.QuorateNode;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.spi.QuorateException;
import dev.quorate.testkit.RegisterMachine;
import dev.quorate.wal.FileStorage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** Nodes with threads, files and sockets, in one process. */
final class Cluster implements AutoCloseable {
    static final long ID = 0xC1;

    private final Path directory;
    private final NodeOptions options;
    private final String scheme;
    private final UnaryOperator<GrpcTransport.Builder> security;
    private final Map<NodeId, Integer> ports = new TreeMap<>();
    private final Map<NodeId, QuorateNode> nodes = new TreeMap<>();
    private final Map<NodeId, GrpcTransport> transports = new TreeMap<>();
    private final Map<NodeId, RegisterMachine> machines = new TreeMap<>();

    /** A cluster of so many nodes, none of which runs yet. */
    Cluster(
            Path directory,
            NodeOptions options,
            int members,
            String scheme,
            UnaryOperator<GrpcTransport.Builder> security)
            throws IOException {
        this.directory = directory;
        this.options = options;
        this.scheme = scheme;
        this.security = security;
        for (int number = 1; number <= members; number++) {
            ports.put(NodeId.of(number), freePort());
        }
    }

    /** A port that nobody listened on a moment ago. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static void until(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(10))
                .until(condition);
    }

    static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(60, TimeUnit.SECONDS).join();
    }

    String address(NodeId id) {
        return scheme + "://127.0.0.1:" + requireNonNull(ports.get(id)) + ";name=n" + id;
    }

    /** The addresses of all members. */
    Map<NodeId, String> addresses() {
        Map<NodeId, String> addresses = new TreeMap<>();
        ports.keySet().forEach(id -> addresses.put(id, address(id)));
        return addresses;
    }

    /** Starts all, and waits until each has heard of the others: a new node counts for nothing before. */
    Cluster startAll() throws IOException {
        for (NodeId id : ports.keySet()) {
            start(id);
        }
        nodes.values().forEach(node -> get(node.ready(Duration.ofSeconds(60))));
        return this;
    }

    QuorateNode start(NodeId id) throws IOException {
        GrpcTransport transport = security.apply(GrpcTransport.builder()
                        .clusterId(ID)
                        .self(id)
                        .listen(List.of(new InetSocketAddress(
                                InetAddress.getLoopbackAddress(), requireNonNull(ports.get(id))))))
                .build();
        RegisterMachine machine = new RegisterMachine();
        QuorateNode node = QuorateNode.builder()
                .clusterId(ID)
                .id(id)
                .members(addresses())
                .storage(FileStorage.in(directory.resolve("node" + id)))
                .stateMachine(machine)
                .transport(transport)
                .options(options)
                .start();
        nodes.put(id, node);
        transports.put(id, transport);
        machines.put(id, machine);
        return node;
    }

    void stop(NodeId id) {
        requireNonNull(nodes.remove(id)).close();
    }

    QuorateNode node(NodeId id) {
        return requireNonNull(nodes.get(id));
    }

    Collection<QuorateNode> nodes() {
        return nodes.values();
    }

    GrpcTransport transport(NodeId id) {
        return requireNonNull(transports.get(id));
    }

    RegisterMachine machine(NodeId id) {
        return requireNonNull(machines.get(id));
    }

    QuorateNode leader() {
        until(
                "one leader",
                () -> nodes.values().stream()
                                .filter(node -> node.status().role() == Role.LEADER)
                                .count()
                        == 1);
        return nodes.values().stream()
                .filter(node -> node.status().role() == Role.LEADER)
                .findFirst()
                .orElseGet(this::leader);
    }

    /** A running node that does not lead. */
    NodeId follower() {
        NodeId leader = leader().id();
        return nodes.keySet().stream()
                .filter(id -> !id.equals(leader))
                .findFirst()
                .orElseThrow();
    }

    /** Proposes at whoever leads until it is acknowledged. */
    void put(String key, String value) {
        while (true) {
            try {
                get(leader().propose(RegisterMachine.put(key, value)));
                return;
            } catch (CompletionException e) {
                assertThat(e.getCause()).isInstanceOf(QuorateException.class);
            }
        }
    }

    void untilEqualEverywhere() {
        until(
                "equal everywhere",
                () -> nodes.keySet().stream()
                                .map(id -> machine(id).pairs())
                                .distinct()
                                .count()
                        == 1);
    }

    @Override
    public void close() {
        nodes.values().forEach(QuorateNode::close);
    }
}
