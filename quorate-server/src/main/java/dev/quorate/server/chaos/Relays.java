package dev.quorate.server.chaos;

import dev.quorate.server.console.Endpoint;
import dev.quorate.sim.kernel.Chance;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network of relays on addresses of the loopback interface: each member knows each other one by a name, and a file of
 * hosts of its own leads that name to the relay for this pair.
 *
 * <pre>
 *   127.A.0.j  member j: its peers' port and its clients' port
 *   127.A.i.j  the relay from member i to member j
 * </pre>
 *
 * <p>What is cut waits in the relays, as if its packets were lost and sent again. Connections that a cut has outlived
 * are given up by the members, not by the network.
 */
final class Relays implements Network {
    private static final int NETWORKS_MAX = 100;
    private static final AtomicInteger OPENED = new AtomicInteger();

    private final int block;
    private final ServerSocket claim;
    private final Link[][] links = new Link[MEMBERS_MAX + 1][MEMBERS_MAX + 1];
    private final List<Relay> relays = new ArrayList<>();
    private final List<Integer> connected = new ArrayList<>();
    private final Path[] hosts = new Path[MEMBERS_MAX + 1];

    private Relays(int block, ServerSocket claim, long seed) {
        this.block = block;
        this.claim = claim;
        Chance chance = new Chance(seed);
        for (int from = 1; from <= MEMBERS_MAX; from++) {
            for (int to = 1; to <= MEMBERS_MAX; to++) {
                links[from][to] = new Link(chance.nextLong());
            }
        }
    }

    /**
     * A network without members.
     *
     * @throws IOException when this machine has no such addresses to give
     */
    static Relays open(long seed) throws IOException {
        // Each network of a process another block: what the one before leaves for a moment is in nobody's way.
        int first = 1 + (int) ((ProcessHandle.current().pid() + OPENED.getAndIncrement()) % NETWORKS_MAX);
        IOException why = new IOException("no block of loopback addresses is free");
        for (int i = 0; i < NETWORKS_MAX; i++) {
            int block = 1 + (first + i) % NETWORKS_MAX;
            ServerSocket claim = new ServerSocket();
            try {
                claim.bind(address(block, 0, 0, PEER_PORT));
                return new Relays(block, claim, seed);
            } catch (IOException taken) {
                claim.close();
                why.addSuppressed(taken);
            }
        }
        throw why;
    }

    private static InetSocketAddress address(int block, int from, int to, int port) throws IOException {
        return new InetSocketAddress(
                InetAddress.getByAddress(new byte[] {127, (byte) block, (byte) from, (byte) to}), port);
    }

    private String host(int from, int to) {
        return "127." + block + "." + from + "." + to;
    }

    private static String hostName(int member) {
        return "m" + member + ".quorate";
    }

    @Override
    public String name() {
        return "relays";
    }

    @Override
    public void connect(int member, Path directory) throws IOException {
        for (int other : connected) {
            relay(other, member);
            relay(member, other);
        }
        connected.add(member);
        StringBuilder lines = new StringBuilder("127.0.0.1 localhost\n");
        for (int other = 1; other <= MEMBERS_MAX; other++) {
            int from = other == member ? 0 : member;
            lines.append(host(from, other)).append(' ').append(hostName(other)).append('\n');
        }
        hosts[member] = Files.writeString(directory.resolve("hosts"), lines);
    }

    private void relay(int from, int to) throws IOException {
        relays.add(new Relay(
                address(block, from, to, PEER_PORT),
                address(block, 0, to, PEER_PORT),
                links[from][to],
                links[to][from]));
    }

    @Override
    public List<String> launcher(int member) {
        return List.of();
    }

    @Override
    public List<String> jvmOptions(int member) {
        return List.of("-Djdk.net.hosts.file=" + hosts[member]);
    }

    @Override
    public String peerListen(int member) {
        return "http://" + host(0, member) + ":" + PEER_PORT;
    }

    @Override
    public String peerUrl(int member) {
        return "http://" + hostName(member) + ":" + PEER_PORT;
    }

    @Override
    public Endpoint client(int member) {
        return new Endpoint(host(0, member), CLIENT_PORT);
    }

    @Override
    public void cut(int from, int to) {
        links[from][to].cut(true);
    }

    @Override
    public void mend(int from, int to) {
        links[from][to].cut(false);
    }

    @Override
    public boolean canShape() {
        return true;
    }

    @Override
    public void shape(int from, int to, Shape shape) {
        links[from][to].shape(shape);
    }

    @Override
    public void close() {
        for (Link[] row : links) {
            for (Link link : row) {
                if (link != null) {
                    link.close();
                }
            }
        }
        relays.forEach(Relay::close);
        try {
            claim.close();
        } catch (IOException gone) {
            // The block is free, which is what was wanted.
        }
    }
}
