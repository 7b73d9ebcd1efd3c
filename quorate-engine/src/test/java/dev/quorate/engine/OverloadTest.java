package dev.quorate.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.raft.TermRun;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.testkit.ManualClock;
import dev.quorate.testkit.RegisterMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** More than can be done: what is refused is refused at once, what is taken is answered as fast as ever. */
final class OverloadTest {
    private static final long MILLISECOND = 1_000_000;
    private static final long QUEUE_NANOS = 20 * MILLISECOND;
    private static final long TIME = 150 * MILLISECOND;
    private static final int PROPOSALS_MAX = 8192;
    private static final long APPLY_NANOS = 50_000;
    /** A state machine that takes four commands at a time is the bottleneck. */
    private static final NodeOptions SLOW = NodeOptions.DEFAULTS
            .withLimits(new NodeOptions.Limits(
                    1 << 16, PROPOSALS_MAX, 64L << 20, 65_536, 16_384, 65_536, 64L << 20, 4, 4 << 20))
            .withTimeouts(new NodeOptions.Timeouts(
                    Duration.ofSeconds(10),
                    Duration.ofNanos(QUEUE_NANOS),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(500)));

    /** What a load met with. */
    private static final class Load {
        final List<Long> latencies = new ArrayList<>();
        int refused;
        int underWayMax;
        int answeredInTime;

        long percentile(int percent) {
            Collections.sort(latencies);
            return latencies.get(latencies.size() * percent / 100);
        }
    }

    @Test
    void whatIsTakenIsAnsweredAsFastAtTenTimesTheLoad() {
        for (long seed = 1; seed <= 3; seed++) {
            SteppedCluster cluster =
                    new SteppedCluster(seed, 3, SLOW, i -> new MemoryTestStorage(), i -> new RegisterMachine());
            SteppedCluster.Member leader = cluster.awaitLeader();
            double capacity = load(cluster, leader, 200_000, TIME).answeredInTime / seconds();

            Load calm = load(cluster, leader, capacity / 2, TIME);
            Load storm = load(cluster, leader, capacity * 5, TIME);
            Load after = load(cluster, leader, capacity / 2, TIME);

            assertThat(calm.refused).as("seed %d", seed).isZero();
            assertThat(storm.refused).as("seed %d: most are refused", seed).isGreaterThan(storm.latencies.size());
            assertThat(storm.percentile(99)).as("seed %d", seed).isLessThan(QUEUE_NANOS * 2);
            assertThat(storm.underWayMax).as("seed %d", seed).isLessThan(PROPOSALS_MAX / 2);
            assertThat(storm.answeredInTime)
                    .as("seed %d: as much is done as can be", seed)
                    .isGreaterThan((int) (capacity * seconds() * 0.7));
            assertThat(after.refused)
                    .as("seed %d: the door is open again", seed)
                    .isZero();
            assertThat(after.percentile(99)).as("seed %d", seed).isLessThan(QUEUE_NANOS);
        }
    }

    private static double seconds() {
        return TIME / 1e9;
    }

    /**
     * All that waits is applied at one time, which takes long, and is answered at one time: no queue stands behind it.
     */
    @Test
    void aStateMachineThatIsSlowAndAnswersWholeBatchesIsSeenToBeSlow() {
        NodeOptions options = NodeOptions.DEFAULTS.withTimeouts(SLOW.timeouts());
        AtomicReference<SteppedCluster> world = new AtomicReference<>();
        SteppedCluster cluster = new SteppedCluster(
                1, 3, options, i -> new MemoryTestStorage(), i -> new Watching(new RegisterMachine()) {
                    @Override
                    public Bytes apply(Entry command) {
                        requireNonNull(world.get()).clock.advanceNanos(APPLY_NANOS);
                        return super.apply(command);
                    }
                });
        world.set(cluster);
        SteppedCluster.Member leader = cluster.awaitLeader();
        double capacity = 1e9 / (3 * APPLY_NANOS);
        load(cluster, leader, capacity * 5, 1000 * MILLISECOND);

        Load storm = load(cluster, leader, capacity * 5, 1000 * MILLISECOND);

        assertThat(storm.refused).as("most are refused").isGreaterThan(storm.latencies.size());
        assertThat(storm.underWayMax).isBetween(ProposalPace.ALWAYS_TAKEN / 2, ProposalPace.ALWAYS_TAKEN * 5 / 4);
    }

    @Test
    void theRoomIsWhatLeavesInTheLongestWait() {
        ProposalPace pace = new ProposalPace(QUEUE_NANOS, 10_000);
        assertThat(pace.admits(ProposalPace.ROOM_AT_FIRST)).isTrue();
        assertThat(pace.admits(ProposalPace.ROOM_AT_FIRST + 1)).isFalse();
        pace.answered(0, 1, 9_000, 0);
        assertThat(pace.admits(ProposalPace.ROOM_AT_FIRST))
                .as("no time has passed")
                .isTrue();
        pace.answered(QUEUE_NANOS / 4, 500, 9_000, 0);
        assertThat(pace.admits(ProposalPace.ROOM_AT_FIRST))
                .as("one look at a time")
                .isTrue();
        pace.answered(QUEUE_NANOS / 2, 500, 9_000, 0);
        assertThat(pace.room()).isEqualTo(2000);
        assertThat(pace.admits(2000)).isTrue();
        assertThat(pace.admits(2001)).isFalse();
    }

    @Test
    void aPauseIsNotTakenForASlowNode() {
        ProposalPace pace = new ProposalPace(QUEUE_NANOS, 10_000);
        pace.answered(0, 1, 9_000, 0);
        long now = 0;
        for (int looks = 0; looks < 3; looks++) {
            now += QUEUE_NANOS / 2;
            pace.answered(now, 2000, 9_000, 0);
        }
        assertThat(pace.room()).isEqualTo(4000);
        now += 50 * QUEUE_NANOS;
        pace.answered(now, 10, 9_000, 0);
        assertThat(pace.room()).as("one look among others").isEqualTo(3000);
        for (int looks = 0; looks < 4; looks++) {
            now += QUEUE_NANOS / 2;
            pace.answered(now, 600, 9_000, 0);
        }
        assertThat(pace.room()).as("what was faster is long ago").isEqualTo(1200);
    }

    @Test
    void aFewAreTakenWhateverWasLearnedAndTheRoomGrowsAgainButNotFar() {
        ProposalPace pace = new ProposalPace(QUEUE_NANOS, 10_000);
        pace.answered(0, 1, 9_000, 0);
        pace.answered(500 * QUEUE_NANOS, 10, 9_000, 0);
        assertThat(pace.admits(ProposalPace.ALWAYS_TAKEN)).isTrue();
        assertThat(pace.admits(ProposalPace.ALWAYS_TAKEN + 1)).isFalse();
        long now = 501 * QUEUE_NANOS;
        for (int looks = 0; looks < 20; looks++) {
            pace.answered(now, 100, 10, 0);
            now += QUEUE_NANOS / 2;
        }
        assertThat(pace.room()).isEqualTo(ProposalPace.ROOM_AT_FIRST);
        pace.answered(now, 100, 9_000, 0);
        pace.answered(now + QUEUE_NANOS / 2, 4_000, 9_000, 0);
        assertThat(pace.room()).isEqualTo(4000);
        for (int looks = 0; looks < 20; looks++) {
            now += QUEUE_NANOS;
            pace.answered(now, 100, 10, 0);
        }
        assertThat(pace.room())
                .as("a rush finds half as much again as was seen to leave")
                .isEqualTo(6000);
    }

    /** A state machine that is slow answers whole batches: after one there is no queue to be seen. */
    @Test
    void thatOneWaitedTooLongIsAQueueToo() {
        ProposalPace pace = new ProposalPace(QUEUE_NANOS, 10_000);
        for (int batch = 0; batch < 3; batch++) {
            pace.answered(batch * 2L * QUEUE_NANOS, 3000, 10, QUEUE_NANOS);
        }
        assertThat(pace.room()).as("in time, so that is no queue").isEqualTo(ProposalPace.ROOM_AT_FIRST);
        for (int batch = 3; batch < 6; batch++) {
            pace.answered(batch * 2L * QUEUE_NANOS, 3000, 10, 2 * QUEUE_NANOS);
        }
        assertThat(pace.room()).as("what left in the longest wait").isEqualTo(1500);
    }

    @Test
    void messagesOfPeersAreBoundedInBytesToo() {
        DutyCycle loop = new DutyCycle("LOOP", new ManualClock(), new Halt(cause -> {}));
        Arrivals arrivals = new Arrivals(loop, 1000);
        PeerMessage large = oneEntry(1 << 20);
        int sent = (int) (Arrivals.BYTES_MAX >> 20) + 5;
        for (int i = 0; i < sent; i++) {
            arrivals.received(NodeId.of(2), large);
        }
        assertThat(arrivals.dropped()).isEqualTo(5);
        arrivals.taken(1, 1 << 20);
        arrivals.received(NodeId.of(2), large);
        assertThat(arrivals.dropped()).isEqualTo(5);
    }

    @Test
    void soManyWaitForALeaderAndNoMore() {
        SteppedCluster cluster = new SteppedCluster(
                1, 3, NodeOptions.DEFAULTS, i -> new MemoryTestStorage(), i -> new RegisterMachine());
        cluster.lose(1.0);
        List<CompletableFuture<NodeId>> waits = new ArrayList<>();
        for (int i = 0; i <= LeaderWaiters.WAITERS_MAX; i++) {
            waits.add(cluster.member(1).node().awaitLeader(Duration.ofHours(1)));
        }
        CompletableFuture<NodeId> last = waits.get(LeaderWaiters.WAITERS_MAX);
        cluster.runUntil("the last is refused", last::isDone);
        assertThatThrownBy(last::join).hasCauseInstanceOf(OverloadedException.class);
        assertThat(waits.subList(0, LeaderWaiters.WAITERS_MAX)).noneMatch(CompletableFuture::isDone);
    }

    /** Proposes at this rate, whoever is answered or not. */
    private static Load load(SteppedCluster cluster, SteppedCluster.Member leader, double perSecond, long nanos) {
        Load load = new Load();
        long began = cluster.clock.nanoTime();
        // The first comes at once: a cluster without work lets time pass in leaps.
        propose(cluster, leader, load);
        long proposed = 1;
        for (int step = 0; cluster.clock.nanoTime() - began < nanos; step++) {
            cluster.step();
            double due = perSecond * (cluster.clock.nanoTime() - began) / 1e9;
            for (; proposed < due; proposed++) {
                propose(cluster, leader, load);
            }
            if (step % 64 == 0) {
                load.underWayMax = Math.max(load.underWayMax, leader.status().proposalsInFlight());
            }
        }
        load.answeredInTime = load.latencies.size();
        cluster.runUntil("all are answered", () -> leader.status().proposalsInFlight() == 0);
        assertThat(leader.status().role()).isEqualTo(Role.LEADER);
        return load;
    }

    private static void propose(SteppedCluster cluster, SteppedCluster.Member leader, Load load) {
        long begun = cluster.clock.nanoTime();
        var unused = leader.node().propose(RegisterMachine.put("k", "v")).whenComplete((answer, failure) -> {
            if (failure == null) {
                load.latencies.add(cluster.clock.nanoTime() - begun);
            } else {
                assertThat(failure).isInstanceOf(OverloadedException.class);
                load.refused++;
            }
        });
    }

    private static PeerMessage oneEntry(int bytes) {
        Entry entry = new Entry(new LogId(1, 1), EntryKind.COMMAND, Bytes.wrap(new byte[bytes]), 0);
        Message append = new Message.AppendEntries(1, LogId.ZERO, List.of(new TermRun(1, 1, 1)), 0, 1);
        return new PeerMessage.Protocol(append, List.of(entry));
    }
}
