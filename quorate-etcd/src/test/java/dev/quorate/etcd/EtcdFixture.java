package dev.quorate.etcd;

import com.google.protobuf.ByteString;
import dev.quorate.engine.InProcessNetwork;
import dev.quorate.engine.NodeOptions;
import dev.quorate.engine.QuorateNode;
import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.KVGrpc.KVBlockingStub;
import dev.quorate.etcd.wire.MaintenanceGrpc;
import dev.quorate.etcd.wire.MaintenanceGrpc.MaintenanceBlockingStub;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvStateMachine;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Storage;
import dev.quorate.testkit.MemoryStorage;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in front of a real node, and a client of it, over the loopback address. */
final class EtcdFixture implements AutoCloseable {
    static final NodeId NODE = NodeId.of(0xabc);
    static final long CLUSTER = 0xc1a5;

    private static final int INBOUND_BYTES_MAX = 64 << 20;

    private final EmbeddedKv store;
    private final EtcdServer server;
    private final ManagedChannel channel;

    private EtcdFixture(EmbeddedKv store, EtcdServer server, ManagedChannel channel) {
        this.store = store;
        this.server = server;
        this.channel = channel;
    }

    /** A single node with its data in memory. */
    static EtcdFixture start() throws IOException {
        return start(new MemoryStorage(), NodeOptions.DEFAULTS, NODE);
    }

    /** A node; when there are others than itself among the members, they are never there. */
    static EtcdFixture start(Storage storage, NodeOptions options, NodeId... members) throws IOException {
        return start(storage, options, EtcdServerOptions.DEFAULTS, members);
    }

    /** The same with other limits of the server. */
    static EtcdFixture start(Storage storage, NodeOptions options, EtcdServerOptions limits, NodeId... members)
            throws IOException {
        KvStateMachine machine = new KvStateMachine();
        QuorateNode.Builder builder = QuorateNode.builder()
                .id(NODE)
                .clusterId(CLUSTER)
                .members(members)
                .storage(storage)
                .stateMachine(machine)
                .options(options)
                .callbackExecutor(Runnable::run);
        if (members.length > 1) {
            builder.transport(new InProcessNetwork().transport(NODE));
        }
        QuorateNode node = builder.start();
        if (members.length == 1) {
            node.ready(Duration.ofSeconds(30)).join();
        }
        EmbeddedKv store = EmbeddedKv.on(node, machine);
        EtcdServer server = EtcdServer.start(node, store, List.of(anyPort()), limits);
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        server.addresses().get(0))
                .usePlaintext()
                .maxInboundMessageSize(INBOUND_BYTES_MAX)
                .build();
        return new EtcdFixture(store, server, channel);
    }

    static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    MaintenanceBlockingStub maintenance() {
        return MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    ManagedChannel channel() {
        return channel;
    }

    QuorateNode node() {
        return store.node();
    }

    EtcdServer server() {
        return server;
    }

    static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.close();
        store.close();
    }
}
