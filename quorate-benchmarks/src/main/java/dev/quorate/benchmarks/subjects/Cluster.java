package dev.quorate.benchmarks.subjects;

import dev.quorate.engine.InProcessNetwork;
import dev.quorate.engine.QuorateNode;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.StateMachine;
import dev.quorate.wal.FileDisk;
import dev.quorate.wal.FileStorage;
import dev.quorate.wal.WalOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Nodes in this process with the options of production: files on a real disk that counts its syncs, method calls as
 * network.
 *
 * @param nodes in the order of their ids, from 1
 * @param machines the state machine of each
 * @param leader the place of the leader among them
 * @param disk the disk under all of them
 */
record Cluster<M extends StateMachine>(List<QuorateNode> nodes, List<M> machines, int leader, CountingDisk disk) {
    private static final Duration ELECTION = Duration.ofSeconds(30);

    /**
     * Starts the nodes and waits for a leader that answers.
     *
     * @param directory a directory for each node is in it
     * @param callbacks where futures complete
     */
    static <M extends StateMachine> Cluster<M> start(
            Path directory, int count, Supplier<M> machine, Executor callbacks) {
        CountingDisk disk = new CountingDisk(new FileDisk());
        InProcessNetwork network = new InProcessNetwork();
        NodeId[] members = new NodeId[count];
        for (int i = 0; i < count; i++) {
            members[i] = NodeId.of(i + 1);
        }
        List<QuorateNode> nodes = new ArrayList<>();
        List<M> machines = new ArrayList<>();
        for (NodeId member : members) {
            M state = machine.get();
            Path data = directory.resolve("node-" + member.value());
            machines.add(state);
            nodes.add(QuorateNode.builder()
                    .id(member)
                    .members(members)
                    .storage(FileStorage.in(data, disk, WalOptions.DEFAULT))
                    .stateMachine(state)
                    .transport(network.transport(member))
                    .callbackExecutor(callbacks)
                    .start());
        }
        NodeId leader = nodes.get(0).awaitLeader(ELECTION).join();
        int place = List.of(members).indexOf(leader);
        nodes.get(place).ready(ELECTION).join();
        return new Cluster<>(List.copyOf(nodes), List.copyOf(machines), place, disk);
    }

    /** Waits until every node has applied what the leader has committed. */
    void settle() {
        long committed = nodes.get(leader).status().commitIndex();
        Polling.until(
                "every node applies entry " + committed,
                () -> nodes.stream().allMatch(node -> node.status().appliedIndex() >= committed));
    }

    void close() {
        nodes.forEach(QuorateNode::close);
    }
}
