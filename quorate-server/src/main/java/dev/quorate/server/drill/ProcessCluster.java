package dev.quorate.server.drill;

import dev.quorate.etcd.wire.NodeStatusRequest;
import dev.quorate.etcd.wire.NodeStatusResponse;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Connection;
import dev.quorate.server.console.Endpoint;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Three members of one cluster, each in a process of its own, on ports of the loopback address that they keep. */
final class ProcessCluster implements AutoCloseable {
    static final int MEMBERS = 3;

    private static final Duration ASK = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 5;

    private final Path directory;
    private final List<String> settings;
    private final List<Integer> ports = new ArrayList<>();
    private final @Nullable ChildServer[] running = new ChildServer[MEMBERS];
    private final List<Connection> connections = new ArrayList<>();

    /**
     * Starts all, and waits for a leader.
     *
     * @param settings flags that every member gets
     */
    ProcessCluster(Path directory, List<String> settings) {
        this.directory = directory;
        this.settings = List.copyOf(settings);
        for (int number = 0; number < 2 * MEMBERS; number++) {
            ports.add(freePort());
        }
        for (int member = 0; member < MEMBERS; member++) {
            connections.add(Connection.to(client(member), ASK));
        }
        try {
            for (int member = 0; member < MEMBERS; member++) {
                start(member);
            }
            for (int member = 0; member < MEMBERS; member++) {
                awaitReady(member);
            }
            await("all members to follow one leader", () -> {
                int leader = leader();
                return leader >= 0 && progress(leader).getPeersList().stream().allMatch(peer -> peer.getCaughtUp());
            });
        } catch (CommandFailedException failed) {
            close();
            throw failed;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new CommandFailedException("no free port: " + none.getMessage());
        }
    }

    /** Waits until a member serves, and connects to it anew: an old connection would wait for its next attempt. */
    void awaitReady(int member) {
        ChildServer starting = running[member];
        if (starting == null) {
            throw new IllegalStateException("member " + member + " does not run");
        }
        starting.awaitReady();
        connections.get(member).close();
        connections.set(member, Connection.to(client(member), ASK));
    }

    /** Where a member serves clients. */
    Endpoint client(int member) {
        return Endpoint.parse("http://127.0.0.1:" + ports.get(member));
    }

    /** Where all but one do. */
    List<Endpoint> clientsWithout(int member) {
        List<Endpoint> others = new ArrayList<>();
        for (int other = 0; other < MEMBERS; other++) {
            if (other != member) {
                others.add(client(other));
            }
        }
        return others;
    }

    /** Starts a member, on its files if it has been here before; does not wait for it. */
    void start(int member) {
        List<String> cluster = new ArrayList<>();
        for (int other = 0; other < MEMBERS; other++) {
            cluster.add("m" + other + "=" + peer(other));
        }
        List<String> flags = new ArrayList<>(settings);
        flags.addAll(List.of("--name", "m" + member));
        flags.addAll(List.of("--listen-client-urls", client(member).url()));
        flags.addAll(List.of("--listen-peer-urls", peer(member)));
        flags.addAll(List.of("--initial-cluster", String.join(",", cluster)));
        running[member] = ChildServer.start(
                directory.resolve("m" + member), List.of("-XX:+UseSerialGC", "-Xms256m", "-Xmx512m"), flags);
    }

    private String peer(int member) {
        return "http://127.0.0.1:" + ports.get(MEMBERS + member);
    }

    /** Kills a member as {@code kill -9} does; answers {@link System#nanoTime} right before. */
    long kill(int member) {
        ChildServer victim = running[member];
        if (victim == null) {
            throw new IllegalStateException("member " + member + " does not run");
        }
        long nowNanos = System.nanoTime();
        victim.strike();
        running[member] = null;
        victim.kill();
        return nowNanos;
    }

    /** The member that leads now; -1 when none says so. */
    int leader() {
        for (int member = 0; member < MEMBERS; member++) {
            if (ask(member).filter(status -> status.getRole().equals("leader")).isPresent()) {
                return member;
            }
        }
        return -1;
    }

    /** What a member says of itself; empty when it does not answer. */
    Optional<NodeStatusResponse> ask(int member) {
        if (running[member] == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(connections.get(member).operator().nodeStatus(NodeStatusRequest.getDefaultInstance()));
        } catch (StatusRuntimeException notNow) {
            return Optional.empty();
        }
    }

    /** As {@link #ask}, of a member that must answer. */
    NodeStatusResponse progress(int member) {
        return ask(member)
                .orElseThrow(() -> new CommandFailedException("member m" + member + " does not answer: "
                        + Optional.ofNullable(running[member])
                                .map(ChildServer::complaints)
                                .orElse("it does not run")));
    }

    /** Waits for something; what it is says the failure when it does not come. */
    static void await(String what, BooleanSupplier condition) {
        long beginNanos = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - beginNanos > PATIENCE.toNanos()) {
                throw new CommandFailedException("waited " + PATIENCE.toSeconds() + " s in vain for " + what);
            }
            pause(POLL_MILLIS);
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted");
        }
    }

    @Override
    public void close() {
        connections.forEach(Connection::close);
        for (ChildServer member : running) {
            if (member != null) {
                member.close();
            }
        }
    }
}
