package dev.quorate.etcd;

import static org.awaitility.Awaitility.await;

import dev.quorate.engine.InProcessNetwork;
import dev.quorate.engine.NodeOptions;
import dev.quorate.engine.QuorateNode;
import dev.quorate.etcd.wire.ClusterGrpc;
import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.MaintenanceGrpc;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvStateMachine;
import dev.quorate.raft.NodeId;
import dev.quorate.testkit.MemoryStorage;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Several servers in this process, each with a node, over a network in memory. */
final class EtcdCluster implements AutoCloseable {
    static final long CLUSTER = 0xc1a5;

    private static final NodeOptions OPTIONS =
            NodeOptions.DEFAULTS.withElectionTimeout(Duration.ofMillis(400)).withForwarding(true);

    private final InProcessNetwork network = new InProcessNetwork();
    private final List<Member> members = new ArrayList<>();

    /** One server. */
    static final class Member {
        final NodeId id;
        final EmbeddedKv store;
        final EtcdServer server;
        final MemberUpkeep upkeep;
        final ManagedChannel channel;

        private Member(NodeId id, EmbeddedKv store, EtcdServer server, MemberUpkeep upkeep, ManagedChannel channel) {
            this.id = id;
            this.store = store;
            this.server = server;
            this.upkeep = upkeep;
            this.channel = channel;
        }

        QuorateNode node() {
            return store.node();
        }

        KVGrpc.KVBlockingStub kv() {
            return KVGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
        }

        ClusterGrpc.ClusterBlockingStub cluster() {
            return ClusterGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
        }

        MaintenanceGrpc.MaintenanceBlockingStub maintenance() {
            return MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(30, TimeUnit.SECONDS);
        }

        ManagedChannel channel() {
            return channel;
        }

        void close() {
            channel.shutdownNow();
            upkeep.close();
            server.close();
            store.close();
        }
    }

    /** So many voters, with the ids 1 and following. */
    static EtcdCluster of(int voters) throws IOException {
        EtcdCluster cluster = new EtcdCluster();
        Map<NodeId, String> addresses = new TreeMap<>();
        for (int i = 1; i <= voters; i++) {
            addresses.put(NodeId.of(i), peerUrl(i));
        }
        for (int i = 1; i <= voters; i++) {
            cluster.start(NodeId.of(i), QuorateNode.builder().members(addresses), i);
        }
        cluster.leader();
        return cluster;
    }

    static String peerUrl(int number) {
        return "http://m" + number + ":2380";
    }

    static String clientUrl(int number) {
        return "http://m" + number + ":2379";
    }

    /** Starts a server that was added to the cluster under this id. */
    Member join(NodeId id) throws IOException {
        return start(id, QuorateNode.builder().joining(), members.size() + 1);
    }

    private Member start(NodeId id, QuorateNode.Builder builder, int number) throws IOException {
        KvStateMachine machine = new KvStateMachine();
        QuorateNode node = builder.id(id)
                .clusterId(CLUSTER)
                .storage(new MemoryStorage())
                .stateMachine(machine)
                .transport(network.transport(id))
                .options(OPTIONS)
                .callbackExecutor(Runnable::run)
                .start();
        EmbeddedKv store = EmbeddedKv.on(node, machine);
        EtcdServer server = EtcdServer.start(node, store, List.of(EtcdFixture.anyPort()), EtcdServerOptions.DEFAULTS);
        MemberAddress self =
                new MemberAddress(List.of(peerUrl(number)), "m" + number, List.of(clientUrl(number)), false);
        InetSocketAddress address = server.addresses().get(0);
        ManagedChannel channel =
                NettyChannelBuilder.forAddress(address).usePlaintext().build();
        Member member = new Member(id, store, server, MemberUpkeep.start(node, self), channel);
        members.add(member);
        return member;
    }

    /** The server with this number, from 1. */
    Member member(int number) {
        return members.get(number - 1);
    }

    /** The one that leads and that all others know as their leader, waited for. */
    Member leader() {
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            var leader = members.get(0).node().status().leader();
            return leader.isPresent()
                    && members.stream().allMatch(m -> m.node().status().leader().equals(leader));
        });
        NodeId leader = members.get(0).node().status().leader().orElseThrow();
        return members.stream().filter(m -> m.id.equals(leader)).findFirst().orElseThrow();
    }

    /** One that does not lead. */
    Member follower() {
        Member leader = leader();
        return members.stream()
                .filter(m -> m != leader
                        && leader.node().status().membership().voters().contains(m.id))
                .findFirst()
                .orElseThrow();
    }

    /** Cuts a server off from the others. */
    void isolate(Member member) {
        network.isolate(member.id);
    }

    /** All servers reach each other again. */
    void heal() {
        network.healAll();
    }

    /** Ends a server without a word to the others. */
    void kill(Member member) {
        network.isolate(member.id);
        members.remove(member);
        member.close();
        network.healAll();
    }

    @Override
    public void close() {
        members.forEach(Member::close);
    }
}
