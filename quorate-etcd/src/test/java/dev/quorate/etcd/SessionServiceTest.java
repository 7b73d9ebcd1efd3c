package dev.quorate.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.Compare;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.OpenSessionRequest;
import dev.quorate.etcd.wire.OpenSessionResponse;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RequestOp;
import dev.quorate.etcd.wire.SessionCloseRequest;
import dev.quorate.etcd.wire.SessionKeepAliveRequest;
import dev.quorate.etcd.wire.SessionWriteRequest;
import dev.quorate.etcd.wire.SessionWriteResponse;
import dev.quorate.etcd.wire.SessionsGrpc;
import dev.quorate.etcd.wire.TxnRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writes in sessions over gRPC, at whichever of three members. */
@Timeout(180)
final class SessionServiceTest {
    private static EtcdCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = EtcdCluster.of(3);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static SessionsGrpc.SessionsBlockingStub at(EtcdCluster.Member member) {
        return SessionsGrpc.newBlockingStub(member.channel()).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private static long open(EtcdCluster.Member member) {
        return at(member).open(OpenSessionRequest.getDefaultInstance()).getSession();
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static SessionWriteRequest put(long session, long sequence, String key, String value) {
        return SessionWriteRequest.newBuilder()
                .setSession(session)
                .setSequence(sequence)
                .setPut(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)))
                .build();
    }

    private static StatusRuntimeException refusal(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run);
    }

    private static void assertRefused(StatusRuntimeException refused, Status.Code code, String retry, String words) {
        assertThat(refused.getStatus().getCode()).isEqualTo(code);
        assertThat(refused.getStatus().getDescription()).contains(words);
        assertThat(refused.getTrailers().get(RetrySafety.KEY)).isEqualTo(retry);
    }

    @Test
    void aWriteThatIsSentAgainToAnotherMemberIsMadeOnceAndAnsweredAlike() {
        EtcdCluster.Member follower = cluster.follower();
        OpenSessionResponse opened = at(follower).open(OpenSessionRequest.getDefaultInstance());
        assertThat(opened.getTimeoutMillis()).isEqualTo(3_600_000);
        SessionWriteRequest write = put(opened.getSession(), 1, "once", "a");
        SessionWriteResponse first = at(follower).write(write);
        assertThat(at(cluster.leader()).write(write).getPut().getHeader().getRevision())
                .isEqualTo(first.getPut().getHeader().getRevision());
        assertThat(cluster.leader()
                        .kv()
                        .range(RangeRequest.newBuilder().setKey(bytes("once")).build())
                        .getKvs(0)
                        .getVersion())
                .isEqualTo(1);
    }

    @Test
    void transactionsAndDeletionsAreWritesOfASessionToo() {
        EtcdCluster.Member follower = cluster.follower();
        long session = open(follower);
        TxnRequest createOnly = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(bytes("txn"))
                        .setTarget(Compare.CompareTarget.CREATE)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setCreateRevision(0))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(bytes("txn"))))
                .build();
        SessionWriteRequest.Builder write =
                SessionWriteRequest.newBuilder().setSession(session).setTxn(createOnly);
        assertThat(at(follower).write(write.setSequence(1).build()).getTxn().getSucceeded())
                .isTrue();
        assertThat(at(follower).write(write.setSequence(1).build()).getTxn().getSucceeded())
                .as("the answer of the first time")
                .isTrue();
        assertThat(at(follower).write(write.setSequence(2).build()).getTxn().getSucceeded())
                .isFalse();
        write.setDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes("txn")));
        assertThat(at(follower)
                        .write(write.setSequence(3).build())
                        .getDeleteRange()
                        .getDeleted())
                .isEqualTo(1);
        assertThat(at(cluster.leader())
                        .write(write.setSequence(3).build())
                        .getDeleteRange()
                        .getDeleted())
                .isEqualTo(1);
    }

    @Test
    void aClosedSessionIsNotFoundAndNothingIsWritten() {
        long session = open(cluster.leader());
        var kept = at(cluster.follower())
                .keepAlive(
                        SessionKeepAliveRequest.newBuilder().setSession(session).build());
        assertThat(kept).isNotNull();
        var closed = at(cluster.follower())
                .close(SessionCloseRequest.newBuilder().setSession(session).build());
        assertThat(closed).isNotNull();
        assertRefused(
                refusal(() -> at(cluster.leader()).write(put(session, 1, "closed", "a"))),
                Status.Code.NOT_FOUND,
                RetrySafety.SAFE,
                "session not found");
        assertRefused(
                refusal(() -> at(cluster.leader())
                        .keepAlive(SessionKeepAliveRequest.newBuilder()
                                .setSession(session)
                                .build())),
                Status.Code.NOT_FOUND,
                RetrySafety.SAFE,
                "session not found");
        assertThat(cluster.leader()
                        .kv()
                        .range(RangeRequest.newBuilder().setKey(bytes("closed")).build())
                        .getKvsCount())
                .isZero();
    }

    @Test
    void whatMakesNoSenseIsRefusedWithAWord() {
        EtcdCluster.Member member = cluster.leader();
        long session = open(member);
        assertRefused(
                refusal(() -> at(member).write(put(session, 0, "k", "v"))),
                Status.Code.INVALID_ARGUMENT,
                RetrySafety.USELESS,
                "sequence 0");
        assertRefused(
                refusal(() -> at(member).write(put(session, Long.MAX_VALUE, "k", "v"))),
                Status.Code.INVALID_ARGUMENT,
                RetrySafety.USELESS,
                "sequence 9223372036854775807");
        assertRefused(
                refusal(() -> at(member)
                        .write(SessionWriteRequest.newBuilder()
                                .setSession(session)
                                .setSequence(1)
                                .build())),
                Status.Code.INVALID_ARGUMENT,
                RetrySafety.USELESS,
                "without a write");
        assertRefused(
                refusal(() -> at(member).write(put(session, 1, "", "v"))),
                Status.Code.INVALID_ARGUMENT,
                RetrySafety.USELESS,
                "key is not provided");
        assertRefused(
                refusal(() -> at(member)
                        .close(SessionCloseRequest.newBuilder().setSession(-1).build())),
                Status.Code.INVALID_ARGUMENT,
                RetrySafety.USELESS,
                "session -1");
    }

    @Test
    void aNumberBelowTheLastOneIsRefused() {
        EtcdCluster.Member member = cluster.leader();
        long session = open(member);
        at(member).write(put(session, 1, "order", "a"));
        at(member).write(put(session, 2, "order", "b"));
        assertRefused(
                refusal(() -> at(member).write(put(session, 1, "order", "a"))),
                Status.Code.INVALID_ARGUMENT,
                RetrySafety.USELESS,
                "command 1 of session");
    }
}
