package dev.quorate.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.spi.StateMachine;
import dev.quorate.spi.Storage;
import dev.quorate.spi.StorageFailedException;
import dev.quorate.testkit.FaultyStateMachine;
import dev.quorate.testkit.MemoryStorage;
import dev.quorate.testkit.RegisterMachine;
import dev.quorate.wal.FileStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes as in production: threads, files, the clock of the machine. What the stepped tests find in detail, here once
 * for real.
 */
final class ThreadedClusterTest {
    private static final NodeOptions OPTIONS = NodeOptions.DEFAULTS
            .withElectionTimeout(Duration.ofMillis(500))
            .withSnapshotPolicy(SnapshotPolicy.never())
            .withRetainedEntries(0)
            .withSnapshotTransfer(new SnapshotConfig(4096, Duration.ofSeconds(2), 3, 2, 0));

    @TempDir
    private Path directory;

    private final AtomicBoolean loseChunks = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Integer> chunksSent = new ConcurrentLinkedQueue<>();
    private final InProcessNetwork network = new InProcessNetwork(this::carry);
    private final Map<NodeId, QuorateNode> nodes = new TreeMap<>();
    private final Map<NodeId, StateMachine> machines = new TreeMap<>();

    @AfterEach
    void closeAll() {
        nodes.values().forEach(QuorateNode::close);
    }

    private void carry(NodeId from, NodeId to, PeerMessage message, Runnable delivery) {
        if (message instanceof PeerMessage.Chunk chunk) {
            chunksSent.add(chunk.chunk().seq());
            if (loseChunks.get() && chunk.chunk().seq() >= 4) {
                return;
            }
        }
        delivery.run();
    }

    private QuorateNode start(int number, StateMachine machine, Executor executor) {
        NodeId id = NodeId.of(number);
        QuorateNode node = QuorateNode.builder()
                .id(id)
                .members(NodeId.of(1), NodeId.of(2), NodeId.of(3))
                .storage(FileStorage.in(directory.resolve("node" + number)))
                .stateMachine(machine)
                .transport(network.transport(id))
                .options(OPTIONS)
                .callbackExecutor(executor)
                .start();
        nodes.put(id, node);
        machines.put(id, machine);
        return node;
    }

    private void startThree() {
        for (int number = 1; number <= 3; number++) {
            start(number, new RegisterMachine(number == 2), ForkJoinPool.commonPool());
        }
    }

    private static void until(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    private QuorateNode leader() {
        until(
                "one leader",
                () -> nodes.values().stream()
                                .filter(node -> node.status().role() == Role.LEADER)
                                .count()
                        == 1);
        return nodes.values().stream()
                .filter(node -> node.status().role() == Role.LEADER)
                .findFirst()
                .orElseThrow();
    }

    private static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** Proposes at whoever leads until it is acknowledged. */
    private void put(String key, String value) {
        while (true) {
            try {
                get(leader().propose(RegisterMachine.put(key, value)));
                return;
            } catch (CompletionException e) {
                assertThat(e.getCause()).isInstanceOf(QuorateException.class);
            }
        }
    }

    private static RegisterMachine register(StateMachine machine) {
        return (RegisterMachine) machine;
    }

    @Test
    void aStoppedFollowerCatchesUpByAStreamThatIsCutAndResumed() {
        startThree();
        put("before", "1");
        QuorateNode leader = leader();
        NodeId away = nodes.keySet().stream()
                .filter(id -> !id.equals(leader.id()))
                .findFirst()
                .orElseThrow();
        requireNonNull(nodes.remove(away)).close();
        for (int i = 0; i < 40; i++) {
            put("key" + i, "v".repeat(1000));
        }
        LogId checkpoint = get(leader().checkpoint());
        until(
                "purged",
                () -> nodes.values().stream()
                        .allMatch(node -> node.status().purged().equals(checkpoint)));
        put("after", "2");

        loseChunks.set(true);
        QuorateNode back = start((int) away.value(), new RegisterMachine(), ForkJoinPool.commonPool());
        until("cut in the middle", () -> chunksSent.contains(5));
        until(
                "given up",
                () -> back.status().transfers().isEmpty()
                        && leader().status().transfers().isEmpty());
        chunksSent.clear();
        loseChunks.set(false);
        get(back.ready(Duration.ofSeconds(60)));

        assertThat(chunksSent).contains(0, 4, 9).doesNotContain(2, 3);
        assertThat(back.status().snapshot()).isEqualTo(checkpoint);
        assertThat(get(back.read(() ->
                        register(requireNonNull(machines.get(away))).pairs().size())))
                .isEqualTo(42);
        until(
                "equal everywhere",
                () -> machines.values().stream()
                                .map(machine -> register(machine).pairs())
                                .distinct()
                                .count()
                        == 1);
    }

    @Test
    void aFollowerThatDiffersRefusesThePurgeAndTheAlarmIsRaised() {
        for (int number = 1; number <= 3; number++) {
            start(
                    number,
                    number == 3
                            ? FaultyStateMachine.around(new RegisterMachine()).differingAt(5)
                            : new RegisterMachine(),
                    ForkJoinPool.commonPool());
        }
        for (int i = 0; i < 10; i++) {
            put("k" + i, "v");
        }
        get(leader().checkpoint());
        until(
                "alarm everywhere",
                () -> nodes.values().stream()
                        .allMatch(node -> node.status().alarms().contains(NodeId.of(3))));
        QuorateNode corrupt = requireNonNull(nodes.get(NodeId.of(3)));
        assertThat(corrupt.status().quarantine()).isPresent();
        assertThatThrownBy(() -> get(corrupt.read(ReadConsistency.LOCAL, List.of(Bytes.utf8("k0")))))
                .hasCauseInstanceOf(ReadUnavailableException.class);
    }

    @Test
    void manyCallersAtOnceLoseNothingThroughAChangeOfLeader() throws InterruptedException {
        startThree();
        leader();
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        List<Thread> callers = new ArrayList<>();
        for (int c = 0; c < 4; c++) {
            int caller = c;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 150; i++) {
                    String key = caller + "-" + i;
                    put(key, "v");
                    acknowledged.add(key);
                }
            });
            callers.add(thread);
            thread.start();
        }
        until("some work is done", () -> acknowledged.size() > 100);
        NodeId old = leader().id();
        network.isolate(old);
        until(
                "another one leads",
                () -> nodes.values().stream()
                        .anyMatch(
                                node -> !node.id().equals(old) && node.status().role() == Role.LEADER));
        network.healAll();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(acknowledged).hasSize(600);
        for (QuorateNode node : nodes.values()) {
            assertThat(get(node.read(() -> register(requireNonNull(machines.get(node.id())))
                            .pairs()
                            .keySet())))
                    .containsAll(acknowledged);
        }
    }

    @Test
    void callersCodeRunsNeitherOnLoopNorOnLogWhateverTheExecutor() {
        Set<String> threads = ConcurrentHashMap.newKeySet();
        for (int number = 1; number <= 3; number++) {
            start(number, new RegisterMachine(number == 2), Runnable::run);
        }
        leader();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            for (QuorateNode node : nodes.values()) {
                all.add(node.propose(RegisterMachine.put("k", "v")));
                all.add(node.read(() -> threads.add(Thread.currentThread().getName())));
                all.add(node.awaitLeader(Duration.ofSeconds(1)));
                all.add(node.checkpoint());
                all.add(node.snapshot());
                all.add(node.ready(Duration.ofSeconds(5)));
            }
        }
        List<CompletableFuture<Void>> noted = all.stream()
                .map(future -> future.<Void>handle((value, failure) -> {
                    threads.add(Thread.currentThread().getName());
                    return null;
                }))
                .toList();
        noted.forEach(ThreadedClusterTest::get);
        closeAll();
        assertThat(threads).noneMatch(name -> name.endsWith("-loop") || name.endsWith("-log"));
    }

    @Test
    void aCloseUnderLoadAnswersEverybodyAndWhatWasAcknowledgedIsThereAfterwards() {
        QuorateNode node = QuorateNode.builder()
                .storage(FileStorage.in(directory.resolve("sole")))
                .stateMachine(new RegisterMachine())
                .start();
        get(node.ready(Duration.ofSeconds(30)));
        List<CompletableFuture<Bytes>> answers = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            answers.add(node.propose(RegisterMachine.put("k" + i, "v")));
        }
        node.close();
        node.close();
        until("everybody is answered", () -> answers.stream().allMatch(CompletableFuture::isDone));

        RegisterMachine recovered = new RegisterMachine();
        try (QuorateNode again = QuorateNode.builder()
                .storage(FileStorage.in(directory.resolve("sole")))
                .stateMachine(recovered)
                .start()) {
            get(again.ready(Duration.ofSeconds(30)));
            for (int i = 0; i < answers.size(); i++) {
                try {
                    answers.get(i).join();
                    assertThat(recovered.value("k" + i)).isPresent();
                } catch (CompletionException e) {
                    assertThat(e.getCause())
                            .isInstanceOfAny(
                                    OutcomeUnknownException.class,
                                    NodeStoppedException.class,
                                    OverloadedException.class);
                    if (!(e.getCause() instanceof OutcomeUnknownException)) {
                        assertThat(recovered.value("k" + i)).isEmpty();
                    }
                }
            }
        }
    }

    @Test
    void aNodeInUseCannotBeStartedASecondTime() {
        QuorateNode first = QuorateNode.builder()
                .storage(FileStorage.in(directory.resolve("once")))
                .stateMachine(new RegisterMachine())
                .start();
        nodes.put(first.id(), first);
        assertThatThrownBy(() -> QuorateNode.builder()
                        .storage(FileStorage.in(directory.resolve("once")))
                        .stateMachine(new RegisterMachine())
                        .start())
                .isInstanceOf(StorageFailedException.class);
    }

    @Test
    void aSoleNodeIsReadySoonAfterItsStart() {
        long best = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 5; attempt++) {
            Storage storage = new MemoryStorage();
            long began = System.nanoTime();
            try (QuorateNode node = QuorateNode.builder()
                    .storage(storage)
                    .stateMachine(new RegisterMachine())
                    .start()) {
                get(node.ready(Duration.ofSeconds(30)));
                best = Math.min(best, System.nanoTime() - began);
            }
        }
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(150));
    }
}
