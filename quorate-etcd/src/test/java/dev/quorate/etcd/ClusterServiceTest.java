package dev.quorate.etcd;

import static dev.quorate.etcd.EtcdFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.quorate.etcd.wire.AlarmRequest;
import dev.quorate.etcd.wire.CompactionRequest;
import dev.quorate.etcd.wire.DefragmentRequest;
import dev.quorate.etcd.wire.HashKVRequest;
import dev.quorate.etcd.wire.HashRequest;
import dev.quorate.etcd.wire.Member;
import dev.quorate.etcd.wire.MemberAddRequest;
import dev.quorate.etcd.wire.MemberAddResponse;
import dev.quorate.etcd.wire.MemberListRequest;
import dev.quorate.etcd.wire.MemberPromoteRequest;
import dev.quorate.etcd.wire.MemberRemoveRequest;
import dev.quorate.etcd.wire.MemberUpdateRequest;
import dev.quorate.etcd.wire.MoveLeaderRequest;
import dev.quorate.etcd.wire.NodeStatusRequest;
import dev.quorate.etcd.wire.NodeStatusResponse;
import dev.quorate.etcd.wire.OperatorGrpc;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.SnapshotRequest;
import dev.quorate.etcd.wire.StatusRequest;
import dev.quorate.raft.NodeId;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three servers that take every call, whoever of them leads. */
@Timeout(120)
final class ClusterServiceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private EtcdCluster cluster = new EtcdCluster();

    @BeforeEach
    void start() throws IOException {
        cluster = EtcdCluster.of(3);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private static void refused(ThrowingCallable call, Status.Code code, String message) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(StatusRuntimeException.class);
        Status status = ((StatusRuntimeException) thrown).getStatus();
        assertThat(status.getCode()).isEqualTo(code);
        assertThat(status.getDescription()).isEqualTo("etcdserver: " + message);
    }

    private List<Member> list(EtcdCluster.Member at) {
        return at.cluster()
                .memberList(MemberListRequest.newBuilder().setLinearizable(true).build())
                .getMembersList();
    }

    @Test
    void everyMemberWritesAndReadsWhatAnyOfThemWrote() {
        for (int i = 1; i <= 3; i++) {
            cluster.member(i)
                    .kv()
                    .put(PutRequest.newBuilder()
                            .setKey(bytes("k" + i))
                            .setValue(bytes("v" + i))
                            .build());
            var here = cluster.member(i)
                    .kv()
                    .range(RangeRequest.newBuilder()
                            .setKey(bytes("k" + i))
                            .setSerializable(true)
                            .build());
            assertThat(here.getKvs(0).getValue())
                    .as("read where it was written")
                    .isEqualTo(bytes("v" + i));
            for (int j = 1; j <= 3; j++) {
                var there = cluster.member(j)
                        .kv()
                        .range(RangeRequest.newBuilder().setKey(bytes("k" + i)).build());
                assertThat(there.getKvs(0).getValue()).isEqualTo(bytes("v" + i));
            }
        }
    }

    @Test
    void aStartedMemberTellsItsNameAndClientUrls() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(list(cluster.member(1)))
                        .extracting(Member::getName)
                        .containsExactly("m1", "m2", "m3"));
        Member second = list(cluster.member(3)).get(1);
        assertThat(second.getID()).isEqualTo(2);
        assertThat(second.getPeerURLsList()).containsExactly(EtcdCluster.peerUrl(2));
        assertThat(second.getClientURLsList()).containsExactly(EtcdCluster.clientUrl(2));
        assertThat(second.getIsLearner()).isFalse();
    }

    @Test
    void aMemberIsAddedByAFollowerAndGetsItsVoteByItself() throws IOException {
        MemberAddResponse added = cluster.follower()
                .cluster()
                .memberAdd(MemberAddRequest.newBuilder()
                        .addPeerURLs(EtcdCluster.peerUrl(4))
                        .build());
        assertThat(added.getMembersCount()).isEqualTo(4);
        assertThat(added.getMember().getName()).isEmpty();
        assertThat(added.getMember().getIsLearner()).isTrue();
        EtcdCluster.Member fourth = cluster.join(NodeId.of(added.getMember().getID()));
        await().atMost(PATIENCE)
                .until(() ->
                        cluster.member(1).node().status().membership().voters().size() == 4);
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(list(fourth)).extracting(Member::getName).contains("m1", "m2", "m3", "m4"));
        fourth.kv()
                .put(PutRequest.newBuilder()
                        .setKey(bytes("from"))
                        .setValue(bytes("4"))
                        .build());
        var removed = cluster.member(1)
                .cluster()
                .memberRemove(MemberRemoveRequest.newBuilder()
                        .setID(added.getMember().getID())
                        .build());
        assertThat(removed.getMembersCount()).isEqualTo(3);
    }

    @Test
    void aMemberThatHeardOfNothingMeanwhileJudgesByWhatTheClusterHas() {
        EtcdCluster.Member cutOff = cluster.follower();
        EtcdCluster.Member leader = cluster.leader();
        await().atMost(PATIENCE)
                .until(() -> list(leader).stream()
                        .allMatch(member -> member.getName().length() > 0));
        cluster.isolate(cutOff);
        MemberAddResponse added = leader.cluster()
                .memberAdd(MemberAddRequest.newBuilder()
                        .addPeerURLs(EtcdCluster.peerUrl(4))
                        .setIsLearner(true)
                        .build());
        CompletableFuture<Throwable> answer = CompletableFuture.supplyAsync(() -> catchThrowable(() -> cutOff.cluster()
                .memberRemove(MemberRemoveRequest.newBuilder()
                        .setID(added.getMember().getID())
                        .build())));
        await().pollDelay(Duration.ofMillis(200)).until(() -> true);
        cluster.heal();
        assertThat(answer).succeedsWithin(PATIENCE).isNull();
        assertThat(list(leader)).hasSize(3);
    }

    @Test
    void aLearnerStaysOneUntilItIsPromoted() throws IOException {
        MemberAddResponse added = cluster.follower()
                .cluster()
                .memberAdd(MemberAddRequest.newBuilder()
                        .addPeerURLs(EtcdCluster.peerUrl(4))
                        .setIsLearner(true)
                        .build());
        long id = added.getMember().getID();
        MemberPromoteRequest promote =
                MemberPromoteRequest.newBuilder().setID(id).build();
        refused(
                () -> cluster.follower().cluster().memberPromote(promote),
                Status.Code.FAILED_PRECONDITION,
                "can only promote a learner member which is in sync with leader");
        EtcdCluster.Member fourth = cluster.join(NodeId.of(id));
        await().atMost(PATIENCE).until(() -> {
            var peer = cluster.leader().node().status().peers().get(fourth.id);
            return peer != null && peer.caughtUp() && peer.matchIndex() > 0;
        });
        assertThat(cluster.leader().node().status().membership().learners()).containsExactly(fourth.id);
        await().atMost(PATIENCE).until(() -> fourth.node().isLearner());
        aLearnerServesWhatEtcdsDoes(fourth);
        var promoted = cluster.follower().cluster().memberPromote(promote);
        assertThat(promoted.getMembersList()).noneMatch(Member::getIsLearner);
        await().atMost(PATIENCE).until(() -> !fourth.node().isLearner());
        assertThat(fourth.kv().put(aPut()).hasHeader()).isTrue();
        refused(
                () -> cluster.leader().cluster().memberPromote(promote),
                Status.Code.FAILED_PRECONDITION,
                "can only promote a learner member");
    }

    private static void aLearnerServesWhatEtcdsDoes(EtcdCluster.Member learner) {
        String why = "rpc not supported for learner";
        RangeRequest range = RangeRequest.newBuilder().setKey(bytes("a")).build();
        List<ThrowingCallable> notServed = List.of(
                () -> learner.kv().put(aPut()),
                () -> learner.kv().range(range),
                () -> learner.cluster().memberList(MemberListRequest.getDefaultInstance()),
                () -> learner.maintenance().hashKV(HashKVRequest.getDefaultInstance()));
        for (ThrowingCallable call : notServed) {
            refused(call, Status.Code.FAILED_PRECONDITION, why);
            assertThat(Status.trailersFromThrowable(catchThrowable(call)).get(RetrySafety.KEY))
                    .as("another member takes it")
                    .isEqualTo(RetrySafety.SAFE);
        }
        assertThat(HealthGrpc.newBlockingStub(learner.channel())
                        .withDeadlineAfter(30, TimeUnit.SECONDS)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .as("it refuses what readiness stands for")
                .isEqualTo(HealthCheckResponse.ServingStatus.NOT_SERVING);
        var read = learner.kv().range(range.toBuilder().setSerializable(true).build());
        assertThat(read.getHeader().getMemberId()).isEqualTo(learner.id.value());
        assertThat(learner.maintenance()
                        .status(StatusRequest.getDefaultInstance())
                        .getIsLearner())
                .isTrue();
        // Let through, and not served only because the snapshots of this cluster are no files.
        refused(
                () -> learner.maintenance()
                        .snapshot(SnapshotRequest.getDefaultInstance())
                        .hasNext(),
                Status.Code.INTERNAL,
                "cannot read the snapshot");
    }

    private static PutRequest aPut() {
        return PutRequest.newBuilder().setKey(bytes("a")).setValue(bytes("v")).build();
    }

    @Test
    void whatMakesNoSenseIsRefusedInTheWordsOfEtcd() {
        var at = cluster.member(1).cluster();
        refused(
                () -> at.memberAdd(
                        MemberAddRequest.newBuilder().addPeerURLs("nowhere").build()),
                Status.Code.INVALID_ARGUMENT,
                "given member URLs are invalid");
        refused(
                () -> at.memberAdd(MemberAddRequest.getDefaultInstance()),
                Status.Code.INVALID_ARGUMENT,
                "given member URLs are invalid");
        refused(
                () -> at.memberAdd(MemberAddRequest.newBuilder()
                        .addPeerURLs(EtcdCluster.peerUrl(2))
                        .build()),
                Status.Code.FAILED_PRECONDITION,
                "Peer URLs already exists");
        refused(
                () -> at.memberRemove(MemberRemoveRequest.newBuilder().setID(99).build()),
                Status.Code.NOT_FOUND,
                "member not found");
        refused(
                () -> at.memberPromote(
                        MemberPromoteRequest.newBuilder().setID(0).build()),
                Status.Code.NOT_FOUND,
                "member not found");
        refused(
                () -> at.memberUpdate(MemberUpdateRequest.newBuilder()
                        .setID(1)
                        .addPeerURLs(EtcdCluster.peerUrl(2))
                        .build()),
                Status.Code.FAILED_PRECONDITION,
                "Peer URLs already exists");
    }

    @Test
    void aMemberMovesToOtherUrlsAndKeepsItsName() {
        await().atMost(PATIENCE)
                .until(() -> list(cluster.member(1)).stream()
                        .noneMatch(m -> m.getName().isEmpty()));
        var updated = cluster.follower()
                .cluster()
                .memberUpdate(MemberUpdateRequest.newBuilder()
                        .setID(3)
                        .addPeerURLs("https://elsewhere:2380")
                        .build());
        Member third = updated.getMembers(2);
        assertThat(third.getPeerURLsList()).containsExactly("https://elsewhere:2380");
        assertThat(third.getName()).isEqualTo("m3");
    }

    @Test
    void theLeadershipMovesAtTheLeaderOnly() {
        EtcdCluster.Member leader = cluster.leader();
        EtcdCluster.Member follower = cluster.follower();
        MoveLeaderRequest move =
                MoveLeaderRequest.newBuilder().setTargetID(follower.id.value()).build();
        refused(() -> follower.maintenance().moveLeader(move), Status.Code.FAILED_PRECONDITION, "not leader");
        refused(
                () -> leader.maintenance()
                        .moveLeader(
                                MoveLeaderRequest.newBuilder().setTargetID(99).build()),
                Status.Code.FAILED_PRECONDITION,
                "bad leader transferee");
        assertThat(leader.maintenance().moveLeader(move).hasHeader()).isTrue();
        assertThat(cluster.leader()).isSameAs(follower);
    }

    @Test
    void aDeadMemberIsRemovedButNotTheQuorum() {
        EtcdCluster.Member dead = cluster.follower();
        cluster.kill(dead);
        EtcdCluster.Member leader = cluster.leader();
        await().atMost(PATIENCE).until(() -> {
            var peer = leader.node().status().peers().get(dead.id);
            return peer != null && !peer.recentlyActive();
        });
        EtcdCluster.Member other = cluster.follower();
        refused(
                () -> leader.cluster()
                        .memberRemove(MemberRemoveRequest.newBuilder()
                                .setID(other.id.value())
                                .build()),
                Status.Code.FAILED_PRECONDITION,
                "re-configuration failed due to not enough started members");
        refused(
                () -> other.cluster()
                        .memberRemove(MemberRemoveRequest.newBuilder()
                                .setID(other.id.value())
                                .build()),
                Status.Code.FAILED_PRECONDITION,
                "re-configuration failed due to not enough started members");
        var removed = other.cluster()
                .memberRemove(
                        MemberRemoveRequest.newBuilder().setID(dead.id.value()).build());
        assertThat(removed.getMembersList()).extracting(Member::getID).doesNotContain(dead.id.value());
    }

    @Test
    void statusHashesAndAlarmsAgreeEverywhere() {
        cluster.follower()
                .kv()
                .put(PutRequest.newBuilder()
                        .setKey(bytes("a"))
                        .setValue(bytes("1"))
                        .build());
        cluster.leader()
                .kv()
                .put(PutRequest.newBuilder()
                        .setKey(bytes("b"))
                        .setValue(bytes("2"))
                        .build());
        int hash = cluster.leader()
                .maintenance()
                .hashKV(HashKVRequest.newBuilder().setRevision(3).build())
                .getHash();
        int earlier = cluster.leader()
                .maintenance()
                .hashKV(HashKVRequest.newBuilder().setRevision(2).build())
                .getHash();
        assertThat(hash).isNotEqualTo(earlier);
        for (int i = 1; i <= 3; i++) {
            EtcdCluster.Member member = cluster.member(i);
            await().atMost(PATIENCE).until(() -> member.store.status().revision() == 3);
            var maintenance = member.maintenance();
            assertThat(maintenance
                            .hashKV(HashKVRequest.newBuilder().setRevision(3).build())
                            .getHash())
                    .isEqualTo(hash);
            assertThat(maintenance.hash(HashRequest.getDefaultInstance()).getHash())
                    .isEqualTo(hash);
            assertThat(maintenance.alarm(AlarmRequest.getDefaultInstance()).getAlarmsList())
                    .isEmpty();
            assertThat(maintenance
                            .defragment(DefragmentRequest.getDefaultInstance())
                            .getHeader()
                            .getMemberId())
                    .isEqualTo(member.id.value());
            var status = maintenance.status(StatusRequest.getDefaultInstance());
            assertThat(status.getLeader()).isEqualTo(cluster.leader().id.value());
            NodeStatusResponse more =
                    OperatorGrpc.newBlockingStub(member.channel()).nodeStatus(NodeStatusRequest.getDefaultInstance());
            assertThat(more.getNodeId()).isEqualTo(member.id.value());
            assertThat(more.getRole()).isEqualTo(member == cluster.leader() ? "leader" : "follower");
            assertThat(more.getPeersCount()).isEqualTo(member == cluster.leader() ? 2 : 0);
        }
    }

    @Test
    void aHashTellsTheCompactionThatItsMemberHasMade() {
        for (int i = 0; i < 3; i++) {
            cluster.leader().kv().put(aPut());
        }
        HashKVRequest hash = HashKVRequest.newBuilder().setRevision(4).build();
        assertThat(cluster.leader().maintenance().hashKV(hash).getCompactRevision())
                .isZero();
        cluster.leader()
                .kv()
                .compact(CompactionRequest.newBuilder().setRevision(3).build());
        for (int i = 1; i <= 3; i++) {
            EtcdCluster.Member member = cluster.member(i);
            await().atMost(PATIENCE)
                    .until(() -> member.maintenance().hashKV(hash).getCompactRevision() == 3);
        }
    }
}
