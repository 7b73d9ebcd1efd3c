package dev.quorate.server.node;

import dev.quorate.engine.NodeOptions;
import dev.quorate.engine.QuorateNode;
import dev.quorate.etcd.EtcdServer;
import dev.quorate.etcd.EtcdServerOptions;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvStateMachine;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Endpoint;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.StorageFailedException;
import dev.quorate.wal.FileStorage;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A single node that serves clients: the log on files, the store in memory, the etcd API in front. */
public final class RunningServer implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);

    private final QuorateNode node;
    private final EmbeddedKv store;
    private final EtcdServer etcd;

    private RunningServer(QuorateNode node, EmbeddedKv store, EtcdServer etcd) {
        this.node = node;
        this.store = store;
        this.etcd = etcd;
    }

    /**
     * Starts the node and waits until it answers.
     *
     * @param listen where clients are served; port 0 takes a free one
     * @throws CommandFailedException in one line, when the data cannot be used or an address cannot be taken
     */
    public static RunningServer start(Path dataDirectory, List<Endpoint> listen, NodeOptions options) {
        List<InetSocketAddress> addresses =
                listen.stream().map(RunningServer::resolve).toList();
        // Looked at before the data is touched: a wrong address must change nothing.
        addresses.forEach(RunningServer::requireFree);
        NodeIdentity identity = SingleNode.identityIn(dataDirectory);
        KvStateMachine machine = new KvStateMachine();
        QuorateNode node = startNode(dataDirectory, identity, machine, options);
        EmbeddedKv store = EmbeddedKv.on(node, machine);
        boolean started = false;
        try {
            node.ready(READY).join();
            EtcdServer etcd = EtcdServer.start(node, store, addresses, EtcdServerOptions.DEFAULTS);
            started = true;
            return new RunningServer(node, store, etcd);
        } catch (CompletionException notReady) {
            Throwable cause = notReady.getCause() == null ? notReady : notReady.getCause();
            throw new CommandFailedException("the node did not become ready: " + cause.getMessage());
        } catch (IOException refused) {
            throw new CommandFailedException(String.valueOf(refused.getMessage()));
        } finally {
            if (!started) {
                store.close();
            }
        }
    }

    private static QuorateNode startNode(
            Path dataDirectory, NodeIdentity identity, KvStateMachine machine, NodeOptions options) {
        try {
            return QuorateNode.builder()
                    .id(identity.nodeId())
                    .clusterId(identity.clusterId())
                    .storage(FileStorage.in(dataDirectory))
                    .stateMachine(machine)
                    .options(options)
                    .callbackExecutor(Runnable::run)
                    .start();
        } catch (StorageFailedException unusable) {
            throw SingleNode.unusable(dataDirectory, unusable);
        }
    }

    private static InetSocketAddress resolve(Endpoint endpoint) {
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
        return etcd.addresses().stream()
                .map(address -> new Endpoint(address.getAddress().getHostAddress(), address.getPort()))
                .toList();
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

    /** Answers what is under way, then stops. */
    @Override
    public void close() {
        etcd.close();
        store.close();
    }
}
