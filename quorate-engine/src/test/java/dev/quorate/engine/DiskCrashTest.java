package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.testkit.RegisterMachine;
import dev.quorate.testkit.SimDisk;
import dev.quorate.wal.FileStorage;
import dev.quorate.wal.WalOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * The power is cut at every change that an operation makes to the disk, and whatever was not forced survives by chance.
 * The next start finds a state from before or after the operation, what was acknowledged is there, and the operation
 * succeeds when it is asked again.
 */
final class DiskCrashTest {
    private static final WalOptions SMALL = new WalOptions(16 << 10, 4 << 10, 4 << 10, 4 << 10, 1);
    private static final int CHANGES_MAX = 500;
    private static final int SEEDS = 3;

    /** A node on a disk of its own. */
    private static final class Node {
        final SimDisk disk;
        final HandlerRig rig;

        Node(Stepper stepper, long seed) {
            disk = new SimDisk(seed);
            rig = new HandlerRig(stepper, HandlerRig.SELF);
            rig.on(FileStorage.in(Path.of("/data"), disk, SMALL), disk::crash);
            rig.start();
        }
    }

    /** What happens until the power is cut, and what must hold afterwards. */
    private interface Scenario {
        void prepare(Node node);

        /** True when the operation was acknowledged. */
        boolean operate(Node node);

        void check(Node node, boolean acknowledged);
    }

    @Test
    void anInstall() {
        int points = everyPoint(Install::new);
        assertThat(points).as("changes to the disk that were cut off").isGreaterThan(15);
    }

    @Test
    void aSnapshotWithItsCleanup() {
        int points = everyPoint(stepper -> new Snapshots());
        assertThat(points).isGreaterThan(8);
    }

    @Test
    void aPurge() {
        int points = everyPoint(stepper -> new Purge());
        assertThat(points).isGreaterThan(2);
    }

    private static int everyPoint(Function<Stepper, Scenario> scenarios) {
        int points = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            for (int changes = 1; changes <= CHANGES_MAX; changes++) {
                Stepper stepper = new Stepper();
                Scenario scenario = scenarios.apply(stepper);
                Node node = new Node(stepper, seed * 1000 + changes);
                scenario.prepare(node);
                node.disk.crashAfter(changes);
                boolean acknowledged = scenario.operate(node);
                boolean cut = node.disk.isDown();
                node.rig.crash();
                node.rig.start();
                node.rig.applyCommitted();
                stepper.settle();
                scenario.check(node, acknowledged);
                if (!cut) {
                    assertThat(acknowledged).as("without a cut it succeeds").isTrue();
                    break;
                }
                points++;
            }
        }
        return points;
    }

    private static final class Install implements Scenario {
        private final HandlerRig leader;

        Install(Stepper stepper) {
            leader = new HandlerRig(stepper, HandlerRig.LEADER);
            leader.term = 2;
            leader.start();
            for (int i = 1; i <= 20; i++) {
                leader.append(RegisterMachine.put("k" + i, (i + "-").repeat(300)));
            }
            leader.applyCommitted();
            leader.snapshot();
        }

        @Override
        public void prepare(Node node) {
            node.rig.append(RegisterMachine.put("own", "history"));
            node.rig.writeThrough(4);
            node.rig.term = 2;
        }

        @Override
        public boolean operate(Node node) {
            return Transfer.between(leader, node.rig).run().delivery().installed();
        }

        @Override
        public void check(Node node, boolean acknowledged) {
            long applied = node.rig.handler().lastApplied();
            if (applied != 20) {
                assertThat(acknowledged).isFalse();
                assertThat(applied).isEqualTo(4);
                assertThat(node.rig.machine.value("own")).contains("history");
                assertThat(operate(node)).isTrue();
            }
            assertThat(node.rig.machine.pairs()).isEqualTo(leader.machine.pairs());
            assertThat(node.rig.open().log().purged()).isEqualTo(new LogId(2, 20));
            assertThat(node.rig.handler().getLatestSnapshotMetadata()).contains(leader.latest());
        }
    }

    private static final class Snapshots implements Scenario {
        @Override
        public void prepare(Node node) {
            for (int i = 1; i <= 2; i++) {
                node.rig.writeThrough(10L * i);
                node.rig.snapshot();
            }
            node.rig.writeThrough(30);
        }

        @Override
        public boolean operate(Node node) {
            CompletableFuture<Snapshot> making = node.rig.handler().createSnapshot();
            node.rig.stepper.settle();
            return making.isDone() && !making.isCompletedExceptionally();
        }

        @Override
        public void check(Node node, boolean acknowledged) {
            SnapshotMetadata latest = node.rig.latest();
            assertThat(latest.lastIncluded().index()).isIn(20L, 30L);
            if (acknowledged) {
                assertThat(latest.lastIncluded().index()).isEqualTo(30);
            }
            for (int i = 1; i <= 30; i++) {
                assertThat(node.rig.machine.value("k" + i)).contains("v" + i);
            }
            node.rig.writeThrough(31);
            assertThat(node.rig.snapshot().metadata().lastIncluded().index()).isEqualTo(31);
            assertThat(node.rig.open().snapshots().all()).hasSize(node.rig.options.snapshotsRetained());
            assertThat(node.disk.files()).noneMatch(file -> file.toString().endsWith(".tmp"));
        }
    }

    private static final class Purge implements Scenario {
        private static final long THROUGH = 400;

        @Override
        public void prepare(Node node) {
            for (long i = 1; i < THROUGH; i++) {
                node.rig.append(RegisterMachine.put("k" + i % 50, "x".repeat(100) + i));
            }
            node.rig.applyCommitted();
            node.rig.checkpoint();
        }

        @Override
        public boolean operate(Node node) {
            PurgeRig purge = new PurgeRig(node.rig);
            var answer = node.rig
                    .handler()
                    .handlePurgeRequest(
                            1,
                            Optional.of(HandlerRig.LEADER),
                            Optional.of(node.rig.open().log().purged()),
                            purge.honest(new LogId(1, THROUGH)),
                            node.rig.open().log());
            return !answer.isCompletedExceptionally()
                    && HandlerRig.value(answer).success();
        }

        @Override
        public void check(Node node, boolean acknowledged) {
            long purged = node.rig.open().log().purged().index();
            long target = THROUGH - node.rig.options.retainedEntries();
            assertThat(purged).isIn(0L, target);
            if (acknowledged) {
                assertThat(purged).isEqualTo(target);
            }
            assertThat(node.rig.handler().lastApplied()).isEqualTo(THROUGH);
            assertThat(node.rig.machine.value("k0")).contains("x".repeat(100) + 350);
            assertThat(node.rig.read(new IndexRange(THROUGH - 2, THROUGH))).hasSize(3);
            assertThat(operate(node)).isTrue();
            assertThat(node.rig.open().log().purged().index()).isEqualTo(target);
            node.rig.append(RegisterMachine.put("after", "all"));
            node.rig.applyCommitted();
            assertThat(node.rig.handler().readFromStateMachine(List.of(Bytes.utf8("after"))))
                    .isPresent();
        }
    }
}
