package dev.quorate.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.QuorateException;
import dev.quorate.testkit.RegisterMachine;
import dev.quorate.wal.FileStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes as in production, with threads, files and the clock of the machine, under writes that never stop: the cluster
 * grows from one node to three, changes its leader, replaces a node and shrinks to one, and loses nothing.
 */
final class ThreadedMembershipTest {
    private static final NodeOptions OPTIONS = NodeOptions.DEFAULTS
            .withElectionTimeout(Duration.ofMillis(500))
            .withSnapshotPolicy(SnapshotPolicy.logSize(100, 1 << 20))
            .withRetainedEntries(0);

    @TempDir
    private Path directory;

    private final InProcessNetwork network = new InProcessNetwork();
    private final Map<NodeId, QuorateNode> nodes = new ConcurrentSkipListMap<>();
    private final Map<NodeId, RegisterMachine> machines = new ConcurrentSkipListMap<>();
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final AtomicLong tokens = new AtomicLong();
    private volatile boolean writing = true;

    @AfterEach
    void closeAll() {
        writing = false;
        nodes.values().forEach(QuorateNode::close);
    }

    private NodeId start(int number, boolean joining) {
        NodeId id = NodeId.of(number);
        RegisterMachine machine = new RegisterMachine();
        QuorateNode.Builder builder = QuorateNode.builder().id(id);
        builder = joining ? builder.joining() : builder.members(id);
        machines.put(id, machine);
        nodes.put(
                id,
                builder.storage(FileStorage.in(directory.resolve("node" + number)))
                        .stateMachine(machine)
                        .transport(network.transport(id))
                        .options(OPTIONS)
                        .start());
        return id;
    }

    @Test
    void aNodeWithoutATransportChangesItsOwnAddressAndNothingElse() {
        NodeId id = NodeId.of(1);
        try (QuorateNode alone = QuorateNode.builder()
                .id(id)
                .members(Map.of(id, "old"))
                .storage(FileStorage.in(directory.resolve("alone")))
                .stateMachine(new RegisterMachine())
                .options(OPTIONS)
                .start()) {
            alone.ready(Duration.ofSeconds(60)).join();
            assertThat(alone.reconfigure(MembershipChange.exchangeAddress(id, "old", "new")))
                    .succeedsWithin(Duration.ofSeconds(60))
                    .satisfies(members -> assertThat(members.addresses()).containsEntry(id, "new"));
            assertThat(alone.reconfigure(MembershipChange.updateAddress(id, "newer")))
                    .succeedsWithin(Duration.ofSeconds(60));
            assertThat(alone.reconfigure(MembershipChange.addLearner(NodeId.of(2), "other")))
                    .failsWithin(Duration.ofSeconds(60))
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("has no transport, and so stays alone");
        }
    }

    private static void until(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(5))
                .until(condition);
    }

    private QuorateNode node(NodeId id) {
        return requireNonNull(nodes.get(id));
    }

    private QuorateNode leaderOrAny() {
        return nodes.values().stream()
                .filter(node -> node.status().role() == Role.LEADER)
                .findFirst()
                .orElseGet(() -> nodes.values().iterator().next());
    }

    /** One write after the other, each with a token of its own, by whoever leads. */
    private void write() {
        if (!writing) {
            return;
        }
        String token = "<" + tokens.incrementAndGet() + ">";
        var unused = leaderOrAny().propose(RegisterMachine.append("log", token)).whenComplete((answer, failure) -> {
            if (failure == null) {
                acknowledged.add(token);
                write();
            } else {
                CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS).execute(this::write);
            }
        });
    }

    /** Asks whoever leads, again and again as long as the answer may be another one the next time. */
    private <T> T ask(Function<QuorateNode, CompletableFuture<T>> question) {
        Queue<T> answers = new ConcurrentLinkedQueue<>();
        until("an answer", () -> {
            try {
                answers.add(question.apply(leaderOrAny()).get(30, TimeUnit.SECONDS));
                return true;
            } catch (ExecutionException e) {
                assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                QuorateException.class,
                                failure -> assertThat(failure.retry()).isNotEqualTo(QuorateException.Retry.USELESS));
                return false;
            }
        });
        return answers.element();
    }

    private void writeSome() {
        int before = acknowledged.size();
        until("writes go on", () -> acknowledged.size() > before + 50);
    }

    private void reconfigure(MembershipChange change) {
        assertThat(ask(leader -> leader.reconfigure(change)).isJoint()).isFalse();
    }

    @Test
    void aClusterUnderLoadGrowsMovesAndShrinksAndLosesNothing() {
        start(1, false);
        write();
        writeSome();
        NodeId second = start(2, true);
        NodeId third = start(3, true);
        reconfigure(MembershipChange.addVoter(second, ""));
        reconfigure(MembershipChange.addVoter(third, ""));
        writeSome();

        NodeId led = leaderOrAny().id();
        NodeId leads = ask(QuorateNode::transferLeadership);
        assertThat(leads).isNotEqualTo(led);
        writeSome();

        node(led).close();
        nodes.remove(led);
        machines.remove(led);
        NodeId fourth = start(4, true);
        reconfigure(MembershipChange.replace(led, fourth, ""));
        writeSome();

        // The leader leaves, and after it all others but the newest.
        NodeId leaving = leaderOrAny().id();
        reconfigure(MembershipChange.remove(leaving));
        until("the removed leader knows it", () -> node(leaving).status().removed());
        reconfigure(MembershipChange.voters(Set.of(fourth)));
        until("the newest leads", () -> node(fourth).status().role() == Role.LEADER);
        writeSome();

        writing = false;
        Bytes end = ask(leader -> leader.propose(RegisterMachine.append("log", "<end>")));
        for (String token : acknowledged) {
            assertThat(end.toUtf8()).contains(token);
        }
        assertThat(node(fourth).status().membership().members()).containsExactly(fourth);
    }
}
