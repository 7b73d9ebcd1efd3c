package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.quorate.raft.Membership;
import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.ChangeRefusedException;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.QuorateException.Retry;
import dev.quorate.spi.Transport;
import dev.quorate.testkit.MemoryStorage;
import dev.quorate.testkit.RegisterMachine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** Whole nodes on one thread, whose cluster grows, shrinks, moves and changes its leader while it works. */
final class MembershipTest {
    private static final NodeOptions OPTIONS = NodeOptions.DEFAULTS;
    /** With snapshots all the time, so that whoever joins gets one. */
    private static final NodeOptions WITH_SNAPSHOTS = NodeOptions.DEFAULTS
            .withSnapshotPolicy(SnapshotPolicy.logSize(10, 1 << 20))
            .withRetainedEntries(0);

    private static NodeId id(int number) {
        return NodeId.of(number);
    }

    private static Membership reconfigure(SteppedCluster cluster, MembershipChange change) {
        return cluster.await(cluster.awaitLeader().node().reconfigure(change));
    }

    private static QuorateException failure(SteppedCluster cluster, CompletableFuture<?> future) {
        cluster.runUntil("an answer", future::isDone);
        CompletionException failed = catchThrowableOfType(CompletionException.class, future::join);
        return assertThat(failed.getCause())
                .asInstanceOf(type(QuorateException.class))
                .actual();
    }

    private static void write(SteppedCluster cluster, int count) {
        for (int i = 0; i < count; i++) {
            cluster.propose(RegisterMachine.append("k", "x"));
        }
    }

    @Test
    void aClusterGrowsFromOneToThreeAndLosesNothing() {
        for (NodeOptions options : List.of(OPTIONS, WITH_SNAPSHOTS)) {
            for (long seed = 1; seed <= 10; seed++) {
                SteppedCluster cluster = ClusterTest.cluster(seed, 1, options);
                write(cluster, 30);
                SteppedCluster.Member second = cluster.join();
                SteppedCluster.Member third = cluster.join();
                List<CompletableFuture<Bytes>> answers = new ArrayList<>();
                SteppedCluster.Member leader = cluster.awaitLeader();
                for (int i = 0; i < 20; i++) {
                    answers.add(leader.node().propose(RegisterMachine.append("k", "y")));
                }
                reconfigure(cluster, MembershipChange.addVoter(second.id, ""));
                Membership membership = reconfigure(cluster, MembershipChange.addVoter(third.id, ""));
                answers.forEach(cluster::await);

                assertThat(membership.voters()).containsExactly(id(1), id(2), id(3));
                cluster.settle();
                for (SteppedCluster.Member member : cluster.members()) {
                    assertThat(ClusterTest.machine(member).value("k").orElseThrow())
                            .hasSize(50);
                    assertThat(member.status().membership()).isEqualTo(membership);
                }
                cluster.crash(cluster.member(1));
                write(cluster, 1);
            }
        }
    }

    @Test
    void aClusterShrinksToOneAndTheOthersKnowThatTheyAreRemoved() {
        for (long seed = 1; seed <= 10; seed++) {
            SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
            write(cluster, 3);
            SteppedCluster.Member leader = cluster.awaitLeader();
            Membership membership = reconfigure(cluster, MembershipChange.voters(new TreeSet<>(List.of(leader.id))));

            assertThat(membership.members()).containsExactly(leader.id);
            for (SteppedCluster.Member member : cluster.members()) {
                if (member != leader) {
                    cluster.runUntil("removal is known", () -> member.status().removed());
                    assertThat(member.status().role()).isEqualTo(Role.FOLLOWER);
                    cluster.crash(member);
                }
            }
            write(cluster, 3);
            assertThat(leader.status().removed()).isFalse();
        }
    }

    @Test
    void aLeaderThatRemovesItselfAnswersAndAnotherLeads() {
        for (long seed = 1; seed <= 20; seed++) {
            SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
            write(cluster, 3);
            SteppedCluster.Member former = cluster.awaitLeader();
            Membership membership = reconfigure(cluster, MembershipChange.remove(former.id));

            assertThat(membership.contains(former.id)).isFalse();
            cluster.runUntil(
                    "the former leader is removed", () -> former.status().removed());
            cluster.runUntil("another leads", () -> cluster.leader().isPresent());
            assertThat(cluster.awaitLeader().id).isNotEqualTo(former.id);
            long term = cluster.awaitLeader().status().term();
            cluster.runFor(Duration.ofSeconds(10));
            assertThat(cluster.awaitLeader().status().term()).isEqualTo(term);
        }
    }

    @Test
    void aNodeThatWasAwayWhenItWasRemovedDisturbsNobodyAndLearnsIt() {
        for (long seed = 1; seed <= 10; seed++) {
            SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
            write(cluster, 3);
            SteppedCluster.Member leader = cluster.awaitLeader();
            SteppedCluster.Member away = cluster.member(leader == cluster.member(1) ? 2 : 1);
            cluster.crash(away);
            reconfigure(cluster, MembershipChange.remove(away.id));
            cluster.runFor(Duration.ofSeconds(15));
            long term = cluster.awaitLeader().status().term();
            cluster.start(away);

            cluster.runUntil("removal is known", () -> away.status().removed());
            write(cluster, 3);
            assertThat(cluster.awaitLeader().status().term()).isEqualTo(term);
        }
    }

    @Test
    void aDeadNodeIsReplaced() {
        for (NodeOptions options : List.of(OPTIONS, WITH_SNAPSHOTS)) {
            for (long seed = 1; seed <= 10; seed++) {
                SteppedCluster cluster = ClusterTest.cluster(seed, 3, options);
                write(cluster, 20);
                SteppedCluster.Member leader = cluster.awaitLeader();
                SteppedCluster.Member dead = cluster.member(leader == cluster.member(1) ? 2 : 1);
                cluster.crash(dead);
                SteppedCluster.Member fresh = cluster.join();
                Membership membership = reconfigure(cluster, MembershipChange.replace(dead.id, fresh.id, ""));

                assertThat(membership.voters()).hasSize(3).contains(fresh.id).doesNotContain(dead.id);
                cluster.settle();
                assertThat(ClusterTest.machine(fresh).value("k").orElseThrow()).hasSize(20);
            }
        }
    }

    @Test
    void theMembershipSurvivesRestartsOfEveryNode() {
        for (NodeOptions options : List.of(OPTIONS, WITH_SNAPSHOTS)) {
            for (long seed = 1; seed <= 10; seed++) {
                SteppedCluster cluster = ClusterTest.cluster(seed, 1, options);
                write(cluster, 5);
                SteppedCluster.Member second = cluster.join();
                SteppedCluster.Member third = cluster.join();
                reconfigure(cluster, MembershipChange.addVoter(second.id, ""));
                Membership membership = reconfigure(cluster, MembershipChange.addLearner(third.id, ""));
                write(cluster, 15);
                cluster.settle();
                cluster.members().forEach(cluster::restart);
                for (SteppedCluster.Member member : cluster.members()) {
                    assertThat(member.status().membership()).isEqualTo(membership);
                }
                cluster.awaitLeader();
                write(cluster, 1);
            }
        }
    }

    @Test
    void aNodeThatMovesIsReachedAtItsNewAddress() {
        SteppedCluster cluster = ClusterTest.cluster(1, 3, OPTIONS);
        write(cluster, 3);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member moving = cluster.member(leader == cluster.member(1) ? 2 : 1);
        reconfigure(cluster, MembershipChange.updateAddress(moving.id, "old"));
        moving.address = "new";
        cluster.restart(moving);
        cluster.await(leader.node().propose(RegisterMachine.append("k", "x")));
        cluster.runFor(Duration.ofSeconds(5));
        assertThat(moving.status().appliedIndex()).isLessThan(leader.status().commitIndex());

        cluster.await(leader.node().reconfigure(MembershipChange.updateAddress(moving.id, "new")));
        cluster.settle();
        assertThat(moving.status().membership().addresses()).containsEntry(moving.id, "new");
    }

    @Test
    void anAddressThatIsLongerThanTheLimitIsRefusedAndNoNodeHalts() {
        SteppedCluster cluster = ClusterTest.cluster(1, 3, OPTIONS);
        SteppedCluster.Member leader = cluster.awaitLeader();
        String tooLong = "x".repeat(1025);
        for (SteppedCluster.Member asked : cluster.members()) {
            for (MembershipChange change : List.of(
                    MembershipChange.updateAddress(asked.id, tooLong),
                    MembershipChange.exchangeAddress(asked.id, "", tooLong),
                    MembershipChange.addLearner(NodeId.of(77), tooLong))) {
                CompletableFuture<Membership> refused = asked.node().reconfigure(change);
                assertThat(failure(cluster, refused))
                        .isInstanceOf(InvalidRequestException.class)
                        .hasMessageContaining("1025 bytes, the limit is 1024");
            }
        }
        cluster.await(leader.node().propose(RegisterMachine.put("k", "v")));
        assertThat(cluster.members()).noneMatch(member -> member.node().halted().isDone());
    }

    @Test
    void aNodeWhoseEntriesAreLargerThanItsMessagesDoesNotStart() {
        Transport narrow = new Narrow();
        QuorateNode.Builder builder = QuorateNode.builder()
                .storage(new MemoryStorage())
                .stateMachine(new RegisterMachine())
                .transport(narrow)
                .options(OPTIONS);
        assertThatThrownBy(builder::start)
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("limits.proposalBytesMax")
                .hasMessageContaining("carries 1000 bytes");
    }

    /** A network whose messages are small. */
    private static final class Narrow implements Transport {
        @Override
        public void start(Receiver receiver) {}

        @Override
        public void send(NodeId to, PeerMessage message) {}

        @Override
        public long payloadBytesMax() {
            return 1000;
        }

        @Override
        public void close() {}
    }

    @Test
    void aJoiningNodeWaitsSilentlyUntilItIsContacted() {
        SteppedCluster cluster = ClusterTest.cluster(1, 3, OPTIONS);
        SteppedCluster.Member joining = cluster.join();
        cluster.runFor(Duration.ofSeconds(20));

        assertThat(joining.status().membership()).isEqualTo(Membership.NONE);
        assertThat(joining.status().role()).isEqualTo(Role.FOLLOWER);
        assertThat(joining.status().term()).isZero();
        assertThat(joining.status().removed()).isFalse();
        assertThatThrownBy(() -> QuorateNode.builder()
                        .joining()
                        .members(id(1))
                        .storage(joining.storage)
                        .stateMachine(joining.machine)
                        .start())
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void refusalsSayWhetherARetryIsSafe() {
        SteppedCluster cluster = ClusterTest.cluster(3, 3, OPTIONS);
        write(cluster, 3);
        SteppedCluster.Member leader = cluster.awaitLeader();
        SteppedCluster.Member follower = cluster.member(leader == cluster.member(1) ? 2 : 1);

        QuorateException elsewhere = failure(cluster, follower.node().reconfigure(MembershipChange.remove(id(3))));
        assertThat(elsewhere)
                .isInstanceOfSatisfying(
                        NotLeaderException.class, e -> assertThat(e.leader()).contains(leader.id));
        assertThat(failure(cluster, leader.node().reconfigure(MembershipChange.promote(id(9)))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("node 9 is not a member");
        assertThat(failure(cluster, leader.node().transferLeadership(id(9))))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("node 9 is not a voter");

        CompletableFuture<Membership> absent = leader.node().reconfigure(MembershipChange.addVoter(id(9), ""));
        QuorateException second = failure(cluster, leader.node().reconfigure(MembershipChange.remove(id(9))));
        assertThat(second).isInstanceOf(ChangeRefusedException.class).hasMessageContaining("one change at a time");
        assertThat(second.retry()).isEqualTo(Retry.SAFE);
        assertThat(failure(cluster, absent))
                .isInstanceOf(ChangeRefusedException.class)
                .hasMessageContaining("node 9 is silent, it stays a learner");
        assertThat(reconfigure(cluster, MembershipChange.remove(id(9))).members())
                .hasSize(3);
    }

    @Test
    void leadershipIsTransferredToTheNodeThatWasNamedOrTheBest() {
        for (long seed = 1; seed <= 20; seed++) {
            SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
            write(cluster, 3);
            SteppedCluster.Member leader = cluster.awaitLeader();
            SteppedCluster.Member target = cluster.member(leader == cluster.member(1) ? 2 : 1);
            long began = cluster.clock.nanoTime();

            assertThat(cluster.await(leader.node().transferLeadership(target.id)))
                    .isEqualTo(target.id);
            assertThat(cluster.awaitLeader()).isSameAs(target);
            assertThat(cluster.clock.nanoTime() - began)
                    .isLessThan(OPTIONS.raft().electionTimeoutNanos());

            assertThat(cluster.await(target.node().transferLeadership())).isNotEqualTo(target.id);
            write(cluster, 1);
        }
    }

    @Test
    void nothingAcknowledgedIsLostWhileTheLeadershipIsTransferred() {
        for (long seed = 1; seed <= 20; seed++) {
            SteppedCluster cluster = ClusterTest.cluster(seed, 3, OPTIONS);
            List<CompletableFuture<Bytes>> answers = new ArrayList<>();
            for (int round = 0; round < 5; round++) {
                SteppedCluster.Member leader = cluster.awaitLeader();
                CompletableFuture<NodeId> transfer = leader.node().transferLeadership();
                for (int i = 0; i < 20; i++) {
                    answers.add(leader.node().propose(RegisterMachine.append("k", "x")));
                    cluster.step();
                }
                cluster.await(transfer);
            }
            cluster.runUntil("all answers", () -> answers.stream().allMatch(CompletableFuture::isDone));
            long acknowledged =
                    answers.stream().filter(a -> !a.isCompletedExceptionally()).count();
            cluster.awaitLeader();
            cluster.settle();
            assertThat(ClusterTest.machine(cluster.member(1)).value("k").orElse(""))
                    .as("seed " + seed)
                    .hasSizeGreaterThanOrEqualTo((int) acknowledged);
            assertThat(acknowledged).isPositive();
        }
    }
}
