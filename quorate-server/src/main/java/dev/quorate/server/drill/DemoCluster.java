package dev.quorate.server.drill;

import dev.quorate.engine.InProcessNetwork;
import dev.quorate.engine.NodeOptions;
import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.SnapshotPolicy;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvStateMachine;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.wal.FileStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Three nodes in this process: each with its own threads, its own files and its own store, connected by a network that
 * hands messages over in memory and counts what it carries.
 */
final class DemoCluster implements AutoCloseable {
    static final List<NodeId> MEMBERS = List.of(NodeId.of(1), NodeId.of(2), NodeId.of(3));

    private static final long CLUSTER_ID = 0xdecade;
    private static final long RETAINED_ENTRIES = 1_000;
    private static final long POLL_MILLIS = 5;

    private final Path directory;
    private final InProcessNetwork network = new InProcessNetwork(this::carry);
    private final Map<NodeId, EmbeddedKv> running = new ConcurrentHashMap<>();
    private final Map<NodeId, AtomicLong> chunksTo = new ConcurrentHashMap<>();
    private final Map<NodeId, AtomicLong> chunkBytesTo = new ConcurrentHashMap<>();

    DemoCluster(Path directory) {
        this.directory = directory;
        for (NodeId member : MEMBERS) {
            chunksTo.put(member, new AtomicLong());
            chunkBytesTo.put(member, new AtomicLong());
        }
    }

    private void carry(NodeId from, NodeId to, PeerMessage message, Runnable delivery) {
        if (message instanceof PeerMessage.Chunk chunk) {
            count(chunksTo, to).incrementAndGet();
            count(chunkBytesTo, to).addAndGet(chunk.chunk().data().length());
        }
        delivery.run();
    }

    /** Starts a node, on its files if it has been here before. */
    void start(NodeId member) {
        KvStateMachine machine = new KvStateMachine();
        // Snapshots come when the story says so.
        NodeOptions options =
                NodeOptions.DEFAULTS.withSnapshotPolicy(SnapshotPolicy.never()).withRetainedEntries(RETAINED_ENTRIES);
        QuorateNode node = QuorateNode.builder()
                .id(member)
                .clusterId(CLUSTER_ID)
                .members(MEMBERS.toArray(NodeId[]::new))
                .storage(FileStorage.in(directory.resolve("node-" + member)))
                .stateMachine(machine)
                .transport(network.transport(member))
                .options(options)
                .callbackExecutor(Runnable::run)
                .start();
        running.put(member, EmbeddedKv.on(node, machine));
    }

    /**
     * Takes a node away as a failing machine does: first nobody reaches it any more, then it is gone. What it had not
     * sent or synced by then is lost.
     */
    void kill(NodeId member) {
        network.isolate(member);
        EmbeddedKv killed = running.remove(member);
        if (killed != null) {
            killed.close();
        }
        network.healAll();
    }

    /** The node that leads, when one of those that run does. */
    Optional<EmbeddedKv> leader() {
        return running.values().stream()
                .filter(kv -> kv.node().status().role() == Role.LEADER)
                .max((a, b) ->
                        Long.compare(a.node().status().term(), b.node().status().term()));
    }

    /** The node that leads, waited for. */
    EmbeddedKv awaitLeader(Duration patience) {
        await("a leader", patience, () -> leader().isPresent());
        return leader().orElseThrow();
    }

    /** A node that runs. */
    EmbeddedKv member(NodeId member) {
        EmbeddedKv kv = running.get(member);
        if (kv == null) {
            throw new IllegalStateException("node " + member + " does not run");
        }
        return kv;
    }

    /** Those that run, in the order of their ids. */
    List<EmbeddedKv> running() {
        List<EmbeddedKv> members = new ArrayList<>();
        for (NodeId member : MEMBERS) {
            EmbeddedKv kv = running.get(member);
            if (kv != null) {
                members.add(kv);
            }
        }
        return members;
    }

    /** How many chunks of snapshots were sent to a node. */
    long chunksTo(NodeId member) {
        return count(chunksTo, member).get();
    }

    /** How many bytes were in them. */
    long chunkBytesTo(NodeId member) {
        return count(chunkBytesTo, member).get();
    }

    private static AtomicLong count(Map<NodeId, AtomicLong> counts, NodeId member) {
        return counts.computeIfAbsent(member, absent -> new AtomicLong());
    }

    /** Waits for something to become true; what it is says the failure when it does not. */
    static void await(String what, Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new CommandFailedException("waited " + patience.toSeconds() + " s in vain for " + what);
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new CommandFailedException("interrupted");
            }
        }
    }

    @Override
    public void close() {
        running.values().forEach(EmbeddedKv::close);
    }
}
