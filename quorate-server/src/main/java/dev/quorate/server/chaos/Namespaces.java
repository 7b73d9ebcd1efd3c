package dev.quorate.server.chaos;

import dev.quorate.server.console.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace for each member, all plugged into one bridge, on which the harness has an address too. What is
 * cut is dropped: a route to nowhere in the namespace of the sender, for the address of the receiver.
 *
 * <pre>
 *   10.S.N.j    member j, in the namespace qP-j, with one end of the cable qPvj
 *   10.S.N.254  the harness, on the bridge qPbr
 * </pre>
 */
final class Namespaces implements Network {
    private static final int SECOND_BYTE = 213;
    private static final int NETWORKS_MAX = 200;

    private final String prefix;
    private final String net;
    private final List<Integer> connected = new ArrayList<>();
    private final boolean shapes;

    private Namespaces(String prefix, String net, boolean shapes) {
        this.prefix = prefix;
        this.net = net;
        this.shapes = shapes;
    }

    /**
     * A network without members.
     *
     * @throws IOException saying why this machine does not allow it
     */
    static Namespaces open() throws IOException {
        long pid = ProcessHandle.current().pid();
        String prefix = "q" + Long.toString(pid, Character.MAX_RADIX);
        String bridge = prefix + "br";
        IOException why = null;
        try {
            Shell.run("ip", "link", "add", bridge, "type", "bridge");
            for (int i = 0; i < NETWORKS_MAX; i++) {
                String net = "10." + SECOND_BYTE + "." + (1 + (pid + i) % NETWORKS_MAX) + ".";
                if (isFree(net)) {
                    Shell.run("ip", "addr", "add", net + "254/24", "dev", bridge);
                    Shell.run("ip", "link", "set", bridge, "up");
                    requireNamespace(prefix + "-0");
                    return new Namespaces(prefix, net, canShapeIn(prefix + "-0"));
                }
            }
            why = new IOException("no network of 10." + SECOND_BYTE + ".0.0/16 is free");
        } catch (IOException refused) {
            why = refused;
        } finally {
            Shell.attempt("ip", "netns", "del", prefix + "-0");
            if (why != null) {
                Shell.attempt("ip", "link", "del", bridge);
            }
        }
        throw why;
    }

    private static boolean isFree(String net) throws IOException {
        return java.net.NetworkInterface.networkInterfaces()
                .flatMap(java.net.NetworkInterface::inetAddresses)
                .noneMatch(address -> address.getHostAddress().startsWith(net));
    }

    private static void requireNamespace(String name) throws IOException {
        Shell.run("ip", "netns", "add", name);
        Shell.run("ip", "netns", "exec", name, "true");
    }

    private static boolean canShapeIn(String namespace) {
        try {
            Shell.run(
                    "ip", "netns", "exec", namespace, "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay",
                    "1ms");
            return true;
        } catch (IOException missing) {
            return false;
        }
    }

    private String namespace(int member) {
        return prefix + "-" + member;
    }

    private String host(int member) {
        return net + member;
    }

    @Override
    public String name() {
        return "namespaces";
    }

    @Override
    public void connect(int member, Path directory) throws IOException {
        String namespace = namespace(member);
        String cable = prefix + "v" + member;
        connected.add(member);
        Shell.run("ip", "netns", "add", namespace);
        Shell.run("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", namespace);
        Shell.run("ip", "link", "set", cable, "master", prefix + "br", "up");
        Shell.run("ip", "-n", namespace, "addr", "add", host(member) + "/24", "dev", "eth0");
        Shell.run("ip", "-n", namespace, "link", "set", "eth0", "up");
        Shell.run("ip", "-n", namespace, "link", "set", "lo", "up");
        for (String device : List.of("all", "eth0")) {
            // Else a cut would cut the other direction too.
            Shell.run(
                    "ip", "netns", "exec", namespace, "sysctl", "-q", "-w", "net.ipv4.conf." + device + ".rp_filter=0");
        }
    }

    @Override
    public List<String> launcher(int member) {
        return List.of("ip", "netns", "exec", namespace(member));
    }

    @Override
    public List<String> jvmOptions(int member) {
        return List.of();
    }

    @Override
    public String peerListen(int member) {
        return peerUrl(member);
    }

    @Override
    public String peerUrl(int member) {
        return "http://" + host(member) + ":" + PEER_PORT;
    }

    @Override
    public Endpoint client(int member) {
        return new Endpoint(host(member), CLIENT_PORT);
    }

    @Override
    public void cut(int from, int to) throws IOException {
        Shell.run("ip", "-n", namespace(from), "route", "replace", "blackhole", host(to) + "/32");
    }

    @Override
    public void mend(int from, int to) {
        Shell.attempt("ip", "-n", namespace(from), "route", "del", "blackhole", host(to) + "/32");
    }

    @Override
    public boolean canShape() {
        return shapes;
    }

    /** The kernel shapes all that a namespace sends, whoever it is for. */
    @Override
    public void shape(int from, int to, Shape shape) throws IOException {
        String namespace = namespace(from);
        if (shape.equals(Shape.NONE)) {
            Shell.attempt("ip", "netns", "exec", namespace, "tc", "qdisc", "del", "dev", "eth0", "root");
            return;
        }
        Shell.run(
                "ip",
                "netns",
                "exec",
                namespace,
                "tc",
                "qdisc",
                "replace",
                "dev",
                "eth0",
                "root",
                "netem",
                "delay",
                shape.delayMillis() + "ms",
                "loss",
                Math.round(100 * shape.lossRate()) + "%");
    }

    @Override
    public void close() {
        for (int member : connected) {
            Shell.attempt("ip", "netns", "del", namespace(member));
            // The kernel takes its time with a namespace, and with the cable that ends in it.
            Shell.attempt("ip", "link", "del", prefix + "v" + member);
        }
        Shell.attempt("ip", "link", "del", prefix + "br");
    }
}
