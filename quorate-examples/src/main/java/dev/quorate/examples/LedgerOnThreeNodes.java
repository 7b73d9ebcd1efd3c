package dev.quorate.examples;

import dev.quorate.engine.InProcessNetwork;
import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.ReadConsistency;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.wal.FileStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;

/** The ledger on three nodes in one process: any one of them may be lost, and no acknowledged transfer is. */
public final class LedgerOnThreeNodes implements AutoCloseable {
    private static final NodeId[] MEMBERS = {NodeId.of(1), NodeId.of(2), NodeId.of(3)};
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final InProcessNetwork network = new InProcessNetwork();
    private final Path directory;
    private final Map<NodeId, QuorateNode> nodes = new TreeMap<>();
    private final Map<NodeId, Ledger> ledgers = new TreeMap<>();

    /** Starts three nodes, each with a directory of its own below this one. */
    public LedgerOnThreeNodes(Path directory) {
        this.directory = directory;
        for (NodeId id : MEMBERS) {
            start(id);
        }
    }

    /** Starts a member, for the first time or again. */
    public void start(NodeId id) {
        Ledger ledger = new Ledger();
        ledgers.put(id, ledger);
        nodes.put(
                id,
                QuorateNode.builder()
                        .id(id)
                        .members(MEMBERS)
                        .storage(FileStorage.in(directory.resolve("node-" + id)))
                        .stateMachine(ledger)
                        .transport(network.transport(id))
                        .start());
    }

    /** Stops a member. */
    public void stop(NodeId id) {
        QuorateNode node = nodes.remove(id);
        if (node != null) {
            node.close();
        }
    }

    /** The present leader, as the members that run know it. */
    public NodeId leader() {
        return nodes.values().iterator().next().awaitLeader(PATIENCE).join();
    }

    /** Moves an amount; asks the next leader when the present one says that it did not take the transfer. */
    public String transfer(String from, String to, long amount) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            QuorateNode node =
                    nodes.getOrDefault(leader(), nodes.values().iterator().next());
            try {
                Bytes answer = node.propose(Ledger.transfer(from, to, amount)).join();
                return answer.toUtf8();
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof NotLeaderException) || System.nanoTime() > deadline) {
                    throw e; // above all an OutcomeUnknownException: the transfer may have happened
                }
            }
        }
    }

    /** The balance as this member sees it: linearizable, so no acknowledged transfer is missing. */
    public long balance(NodeId id, String account) {
        Ledger ledger = ledgers.get(id);
        QuorateNode node = nodes.get(id);
        if (ledger == null || node == null) {
            throw new IllegalArgumentException("node " + id + " does not run");
        }
        return node.read(ReadConsistency.LINEARIZABLE, () -> ledger.balance(account))
                .join();
    }

    @Override
    public void close() {
        nodes.values().forEach(QuorateNode::close);
    }
}
