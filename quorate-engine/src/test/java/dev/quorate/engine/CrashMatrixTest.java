package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.Transport;
import dev.quorate.testkit.ManualClock;
import dev.quorate.testkit.RegisterMachine;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Every row of the crash matrix: the node is killed at that point on a disk that loses and tears what was not synced,
 * and started again. Nothing acknowledged may be lost, and the state must be a prefix of what was proposed.
 */
final class CrashMatrixTest {
    private static final NodeOptions OPTIONS = NodeOptions.DEFAULTS
            .withSnapshotPolicy(SnapshotPolicy.never())
            .withRetainedEntries(0)
            .withSnapshotTransfer(new SnapshotConfig(4096, Duration.ofSeconds(2), 3, 2, 0));
    private static final int POINTS_MAX = 500;

    /** What was proposed to one key, token after token, and how much of it was acknowledged. */
    private static final class Tokens {
        private final SteppedCluster cluster;
        private final StringBuilder proposed = new StringBuilder();
        private final List<CompletableFuture<Bytes>> answers = new ArrayList<>();

        private Tokens(SteppedCluster cluster) {
            this.cluster = cluster;
        }

        private void propose(SteppedCluster.Member at, int count) {
            for (int i = 0; i < count; i++) {
                String token = "<" + answers.size() + "x".repeat(100) + ">";
                proposed.append(token);
                answers.add(at.node().propose(RegisterMachine.append("log", token)));
            }
        }

        private void check() {
            SteppedCluster.Member leader = cluster.awaitLeader();
            cluster.await(leader.node().read(() -> true));
            String state = ClusterTest.machine(leader).value("log").orElse("");
            assertThat(proposed.toString())
                    .as("the state is a prefix of what was proposed")
                    .startsWith(state);
            for (CompletableFuture<Bytes> answer : answers) {
                if (answer.isDone() && !answer.isCompletedExceptionally()) {
                    assertThat(state)
                            .as("nothing acknowledged is lost")
                            .startsWith(answer.join().toUtf8());
                }
            }
        }

        private long acknowledged() {
            return answers.stream()
                    .filter(answer -> answer.isDone() && !answer.isCompletedExceptionally())
                    .count();
        }
    }

    private static SteppedCluster cluster(long seed, int nodes) {
        return new SteppedCluster(
                seed, nodes, OPTIONS, i -> new DiskTestStorage(seed * 10 + i), i -> new RegisterMachine());
    }

    private static SimDisk disk(SteppedCluster.Member member) {
        return ((DiskTestStorage) member.storage).disk;
    }

    private static List<String> files(SteppedCluster.Member member, String directory) {
        return disk(member).files().stream()
                .filter(file -> file.startsWith(Path.of("/data", directory)))
                .map(file -> String.valueOf(file.getFileName()))
                .toList();
    }

    private static void stepUntilDown(SteppedCluster cluster, SteppedCluster.Member member, CompletableFuture<?> done) {
        cluster.runUntil("the crash, or the end of the work", () -> disk(member).isDown() || done.isDone());
    }

    @Test
    void logAppendBeforeFsync() {
        int struck = 0;
        for (int point = 1; point <= 30; point++) {
            SteppedCluster cluster = cluster(point, 1);
            Tokens tokens = new Tokens(cluster);
            SteppedCluster.Member node = cluster.awaitLeader();
            tokens.propose(node, 5);
            cluster.await(tokens.answers.get(4));
            tokens.propose(node, 20);
            disk(node).crashAfter(point);
            stepUntilDown(cluster, node, tokens.answers.get(24));
            if (disk(node).isDown() && tokens.acknowledged() < 25) {
                struck++;
            }
            cluster.restart(node);
            tokens.check();
        }
        assertThat(struck).as("crashes between append and sync").isPositive();
    }

    @Test
    void afterFsyncBeforeApply() {
        SteppedCluster cluster = cluster(1, 1);
        Tokens tokens = new Tokens(cluster);
        SteppedCluster.Member node = cluster.awaitLeader();
        cluster.settle();
        tokens.propose(node, 10);
        node.stepped().doWork(Duties.LOOP);
        node.stepped().doWork(Duties.LOG);
        node.stepped().doWork(Duties.LOOP);
        assertThat(node.status().commitIndex()).isEqualTo(11);
        assertThat(node.status().appliedIndex()).isEqualTo(1);
        cluster.restart(node);
        tokens.check();
        assertThat(ClusterTest.machine(node).value("log")).contains(tokens.proposed.toString());
        assertThat(ClusterTest.machine(node).appliedIndices()).doesNotHaveDuplicates();
    }

    @Test
    void afterApplyBeforeTheStatesOwnFlush() {
        FlushingMachine.Durable durable = new FlushingMachine.Durable();
        DiskTestStorage storage = new DiskTestStorage(3);
        SteppedCluster cluster = new SteppedCluster(3, 1, OPTIONS, i -> storage, i -> new FlushingMachine(durable));
        SteppedCluster.Member node = cluster.awaitLeader();
        for (int i = 0; i < 5; i++) {
            cluster.await(node.node().propose(Bytes.utf8("a" + i)));
        }
        durable.failNextFlush = true;
        CompletableFuture<Bytes> struck = node.node().propose(Bytes.utf8("b"));
        cluster.runUntil("the flush failed", struck::isDone);
        assertThat(node.status().halted()).isPresent();
        assertThat(durable.flushed.applied().index()).isEqualTo(6);
        assertThat(struck).isCompletedExceptionally();
        cluster.restart(node);
        cluster.awaitLeader();
        assertThat(cluster.await(node.node().propose(Bytes.utf8("c"))).toUtf8()).isEqualTo("a0a1a2a3a4bc");
        assertThat(durable.flushed.text()).isEqualTo("a0a1a2a3a4bc");
    }

    /**
     * Temp half written, temp complete before the rename, after the rename before the clean-up: all points of a
     * snapshot.
     */
    @Test
    void snapshotAtEveryPointOfItsMaking() {
        boolean tempSeen = false;
        boolean finalSeen = false;
        boolean unstruck = false;
        for (int point = 1; point <= POINTS_MAX && !unstruck; point++) {
            SteppedCluster cluster = cluster(point, 1);
            Tokens tokens = new Tokens(cluster);
            SteppedCluster.Member node = cluster.awaitLeader();
            for (int snapshots = 0; snapshots < 2; snapshots++) {
                tokens.propose(node, 30);
                cluster.await(tokens.answers.get(tokens.answers.size() - 1));
                cluster.await(node.node().snapshot());
            }
            LogId before = node.status().snapshot();
            tokens.propose(node, 30);
            cluster.await(tokens.answers.get(tokens.answers.size() - 1));
            disk(node).crashAfter(point);
            CompletableFuture<Snapshot> snapshot = node.node().snapshot();
            stepUntilDown(cluster, node, snapshot);
            unstruck = !disk(node).isDown();
            List<String> left = files(node, "snapshots");
            tempSeen |= !unstruck && left.stream().anyMatch(name -> name.contains(".tmp"));
            cluster.restart(node);
            LogId after = node.status().snapshot();
            assertThat(after.equals(before) || after.index() == 91)
                    .as("one of the two: " + after)
                    .isTrue();
            finalSeen |= !unstruck && !after.equals(before);
            tokens.check();
            cluster.propose(RegisterMachine.put("again", "1"));
            assertThat(cluster.await(node.node().snapshot())
                            .metadata()
                            .lastIncluded()
                            .index())
                    .as("a left-over does not trip the next snapshot")
                    .isGreaterThan(after.index());
        }
        assertThat(tempSeen).as("a crash while the temporary file was there").isTrue();
        assertThat(finalSeen).as("a crash after the rename was durable").isTrue();
        assertThat(unstruck).as("all points were tried").isTrue();
    }

    @Test
    void installWithAnyNumberOfChunksReceived() {
        for (int chunks = 1; chunks <= 9; chunks++) {
            SteppedCluster cluster = cluster(chunks, 3);
            SteppedCluster.Member away = lagBehindAPurge(cluster);
            int lostFrom = chunks;
            List<Integer> seen = new ArrayList<>();
            cluster.lose(message -> {
                if (message instanceof PeerMessage.Chunk chunk) {
                    seen.add(chunk.chunk().seq());
                    return chunk.chunk().seq() >= lostFrom;
                }
                return false;
            });
            cluster.start(away);
            cluster.runUntil("the chunks arrived", () -> seen.contains(lostFrom));
            cluster.crash(away);
            cluster.lose(message -> false);
            cluster.start(away);
            checkCaughtUp(cluster, away);
        }
    }

    @Test
    void installRenamedButNotRestored() {
        SteppedCluster cluster = cluster(21, 3);
        SteppedCluster.Member away = lagBehindAPurge(cluster);
        long checkpoint = cluster.awaitLeader().status().snapshot().index();
        cluster.start(away);
        cluster.runUntil("the file is durable", () -> away.status().snapshot().index() == checkpoint);
        assertThat(away.status().appliedIndex()).isLessThan(checkpoint);
        cluster.restart(away);
        assertThat(away.status().appliedIndex()).isEqualTo(checkpoint);
        assertThat(away.status().purged().index()).isEqualTo(checkpoint);
        checkCaughtUp(cluster, away);
    }

    @Test
    void installRestoredButTheLogNotReset() {
        SteppedCluster cluster = cluster(22, 3);
        SteppedCluster.Member away = lagBehindAPurge(cluster);
        long checkpoint = cluster.awaitLeader().status().snapshot().index();
        cluster.start(away);
        cluster.runUntil("the state is restored", () -> away.status().appliedIndex() == checkpoint);
        assertThat(away.status().purged().index()).isLessThan(checkpoint);
        cluster.restart(away);
        assertThat(away.status().appliedIndex()).isEqualTo(checkpoint);
        assertThat(away.status().purged().index()).isEqualTo(checkpoint);
        checkCaughtUp(cluster, away);
    }

    /** Manifest written and no segment deleted, half of them deleted: all points of a purge. */
    @Test
    void purgeAtEveryPoint() {
        TreeSet<Integer> segmentsLeft = new TreeSet<>();
        boolean purgedWithAllSegments = false;
        boolean unstruck = false;
        for (int point = 1; point <= POINTS_MAX && !unstruck; point++) {
            SteppedCluster cluster = cluster(point, 1);
            Tokens tokens = new Tokens(cluster);
            SteppedCluster.Member node = cluster.awaitLeader();
            for (int i = 0; i < 8; i++) {
                tokens.propose(node, 60);
                cluster.await(tokens.answers.get(tokens.answers.size() - 1));
            }
            CompletableFuture<LogId> checkpoint = node.node().checkpoint();
            cluster.runUntil(
                    "the snapshot is durable, the log whole",
                    () -> node.status().snapshot().index() > 0);
            assertThat(node.status().purged()).isEqualTo(LogId.ZERO);
            int before = files(node, "log").size();
            disk(node).crashAfter(point);
            cluster.runUntil(
                    "the crash, or the end of the purge",
                    () -> disk(node).isDown() || node.status().purged().index() > 0);
            unstruck = !disk(node).isDown();
            cluster.crash(node);
            int left = files(node, "log").size();
            segmentsLeft.add(left);
            cluster.start(node);
            purgedWithAllSegments |= left >= before && node.status().purged().index() > 0;
            tokens.check();
            assertThat(checkpoint).isCompleted();
        }
        assertThat(unstruck).as("all points were tried").isTrue();
        assertThat(purgedWithAllSegments)
                .as("manifest durable, no segment deleted")
                .isTrue();
        assertThat(segmentsLeft).as("some of the segments deleted").hasSizeGreaterThan(2);
    }

    @Test
    void membershipEntryAppendedButNotCommitted() throws IOException {
        SteppedCluster cluster = cluster(31, 3);
        cluster.propose(RegisterMachine.put("a", "1"));
        cluster.settle();
        SteppedCluster.Member member = cluster.awaitLeader();
        cluster.crash(member);
        Map<NodeId, String> moved = Map.of(NodeId.of(1), "elsewhere", NodeId.of(2), "", NodeId.of(3), "");
        try (OpenStorage open = member.storage.open(new NodeIdentity(1, member.id), Membership.ofVoters(moved))) {
            LogId last = open.log().last();
            open.log()
                    .append(List.of(new Entry(
                            new LogId(last.term(), last.index() + 1),
                            EntryKind.MEMBERSHIP,
                            MembershipFormat.encode(Membership.ofVoters(moved)),
                            0)));
            open.log().sync();
        }
        cluster.start(member);
        assertThat(member.status().membership()).isEqualTo(Membership.ofVoters(moved));
        cluster.propose(RegisterMachine.put("b", "2"));
        cluster.settle();
        assertThat(ClusterTest.machine(member).pairs()).hasSize(2);
    }

    @Test
    void voteWrittenButNotYetSent() throws IOException {
        VoteRig rig = new VoteRig();
        rig.request(2, 7);
        rig.node.doWork(Duties.LOOP);
        rig.node.doWork(Duties.LOG);
        rig.crashAndStart();
        assertThat(rig.votes).isEmpty();
        rig.request(3, 7);
        rig.settle();
        rig.request(2, 7);
        rig.settle();
        assertThat(rig.votes).containsExactly("3 false", "2 true");
        assertThat(rig.hardState()).isEqualTo(new HardState(7, Optional.of(NodeId.of(2))));
    }

    /** Writes, and has two of three nodes purge what the third one, which is down, does not have. */
    private static SteppedCluster.Member lagBehindAPurge(SteppedCluster cluster) {
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member away =
                cluster.members().stream().filter(m -> m != leader).findFirst().orElseThrow();
        cluster.propose(RegisterMachine.put("before", "1"));
        cluster.crash(away);
        for (int i = 0; i < 40; i++) {
            cluster.propose(RegisterMachine.put("key" + i, "v".repeat(1000)));
        }
        LogId checkpoint = cluster.await(cluster.awaitLeader().node().checkpoint());
        cluster.runUntil(
                "both have purged",
                () -> cluster.up().stream().allMatch(m -> m.status().purged().equals(checkpoint)));
        return away;
    }

    private static void checkCaughtUp(SteppedCluster cluster, SteppedCluster.Member away) {
        cluster.propose(RegisterMachine.put("after", "2"));
        cluster.settle();
        assertThat(ClusterTest.machine(away).pairs())
                .hasSize(42)
                .isEqualTo(ClusterTest.machine(cluster.awaitLeader()).pairs());
        assertThat(ClusterTest.machine(away).appliedIndices()).doesNotHaveDuplicates();
    }

    /** One node of three, whose peers are played by the test. */
    private static final class VoteRig {
        private final List<String> votes = new ArrayList<>();
        private final DiskTestStorage storage = new DiskTestStorage(5);
        private final ManualClock clock = new ManualClock();
        private final InProcessNetwork network = new InProcessNetwork();
        private final Transport second = network.transport(NodeId.of(2));
        private final Transport third = network.transport(NodeId.of(3));
        private SteppedNode node;

        private VoteRig() {
            second.start((from, message) -> note(2, message));
            third.start((from, message) -> note(3, message));
            node = start();
        }

        private SteppedNode start() {
            return QuorateNode.builder()
                    .id(NodeId.of(1))
                    .members(NodeId.of(1), NodeId.of(2), NodeId.of(3))
                    .storage(storage)
                    .stateMachine(new RegisterMachine())
                    .transport(network.transport(NodeId.of(1)))
                    .clock(clock)
                    .callbackExecutor(Runnable::run)
                    .startStepped();
        }

        private void crashAndStart() {
            storage.disk.crash(SimDisk.Survival.NONE);
            node = start();
        }

        private void request(int from, long term) {
            (from == 2 ? second : third)
                    .send(NodeId.of(1), PeerMessage.Protocol.of(new Message.VoteRequest(term, LogId.ZERO)));
        }

        private void settle() {
            for (int i = 0; i < 10; i++) {
                for (Duties duty : Duties.values()) {
                    node.doWork(duty);
                }
            }
        }

        private void note(int by, PeerMessage message) {
            if (message instanceof PeerMessage.Protocol protocol
                    && protocol.message() instanceof Message.VoteResponse response) {
                votes.add(by + " " + response.granted());
            }
        }

        private HardState hardState() throws IOException {
            storage.disk.crash(SimDisk.Survival.NONE);
            try (OpenStorage open =
                    storage.open(new NodeIdentity(1, NodeId.of(1)), Membership.ofVoters(NodeId.of(1)))) {
                return open.log().recovered().hardState();
            }
        }
    }
}
