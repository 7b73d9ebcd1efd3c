package dev.quorate.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.kv.KvException;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.DeadlineExceededException;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.spi.WritesStoppedException;
import io.grpc.Status;
import io.grpc.Status.Code;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Codes and messages word by word, because clients compare them word by word. */
final class RefusalsTest {
    private static final Map<KvException.Kind, String> STORE = Map.ofEntries(
            Map.entry(KvException.Kind.KEY_NOT_PROVIDED, "INVALID_ARGUMENT key is not provided"),
            Map.entry(KvException.Kind.KEY_NOT_FOUND, "INVALID_ARGUMENT key not found"),
            Map.entry(KvException.Kind.VALUE_PROVIDED, "INVALID_ARGUMENT value is provided"),
            Map.entry(KvException.Kind.LEASE_PROVIDED, "INVALID_ARGUMENT lease is provided"),
            Map.entry(KvException.Kind.LEASE_NOT_FOUND, "NOT_FOUND requested lease not found"),
            Map.entry(KvException.Kind.TOO_MANY_OPS, "INVALID_ARGUMENT too many operations in txn request"),
            Map.entry(KvException.Kind.DUPLICATE_KEY, "INVALID_ARGUMENT duplicate key given in txn request"),
            Map.entry(KvException.Kind.COMPACTED, "OUT_OF_RANGE mvcc: required revision has been compacted"),
            Map.entry(KvException.Kind.FUTURE_REVISION, "OUT_OF_RANGE mvcc: required revision is a future revision"),
            Map.entry(KvException.Kind.REQUEST_TOO_LARGE, "INVALID_ARGUMENT request is too large"),
            Map.entry(KvException.Kind.MALFORMED, "INTERNAL command is malformed: detail"),
            Map.entry(KvException.Kind.ANSWER_TOO_LARGE, "UNKNOWN request took effect, its answer is too large"));

    @ParameterizedTest
    @EnumSource
    void everyRefusalOfTheStoreHasItsCodeAndWords(KvException.Kind kind) {
        assertThat(describe(new KvException(kind, "detail"))).isEqualTo(STORE.get(kind));
    }

    @Test
    void aNodeWithoutALeaderSaysSo() {
        assertThat(describe(new NotLeaderException("x", Optional.empty()))).isEqualTo("UNAVAILABLE no leader");
        assertThat(describe(new NotLeaderException("x", Optional.of(NodeId.of(2)))))
                .isEqualTo("UNAVAILABLE leader changed");
    }

    @Test
    void aFullDiskIsASpaceThatIsExceeded() {
        assertThat(describe(new WritesStoppedException("x")))
                .isEqualTo("RESOURCE_EXHAUSTED mvcc: database space exceeded");
    }

    @Test
    void aFullQueueIsTooManyRequests() {
        assertThat(describe(new OverloadedException("x"))).isEqualTo("RESOURCE_EXHAUSTED too many requests");
    }

    @Test
    void anUnknownOutcomeIsATimeout() {
        assertThat(describe(new OutcomeUnknownException("x"))).isEqualTo("UNAVAILABLE request timed out");
        assertThat(describe(new DeadlineExceededException(9, 8, Duration.ofSeconds(1))))
                .isEqualTo("UNAVAILABLE request timed out");
    }

    @Test
    void aStoppedNodeSaysSo() {
        assertThat(describe(new NodeStoppedException("x"))).isEqualTo("UNAVAILABLE server stopped");
        assertThat(describe(new NodeHaltedException("x"))).isEqualTo("UNAVAILABLE server stopped");
    }

    @Test
    void aReplicaThatMustNotReadIsUnhealthy() {
        assertThat(describe(new ReadUnavailableException("x"))).isEqualTo("UNAVAILABLE unhealthy cluster");
    }

    @Test
    void aWrongRequestIsInvalid() {
        assertThat(describe(new InvalidRequestException("so and so"))).isEqualTo("INVALID_ARGUMENT so and so");
    }

    @Test
    void aWrapperOfAFutureIsLookedThrough() {
        assertThat(describe(new CompletionException(new OverloadedException("x"))))
                .isEqualTo("RESOURCE_EXHAUSTED too many requests");
    }

    @Test
    void ourOwnBugTellsTheClientNothing() {
        assertThat(describe(new IllegalStateException("secret"))).isEqualTo("INTERNAL internal error");
    }

    /** What may be repeated blindly must not be told with a code on which clients repeat blindly, and the reverse. */
    @Test
    void noFailureThatMayHaveTakenEffectLooksLikeOneThatDidNot() {
        Status unknown = Refusals.of(new OutcomeUnknownException("x"));
        for (QuorateException safe : new QuorateException[] {
            new NotLeaderException("x", Optional.empty()),
            new NotLeaderException("x", Optional.of(NodeId.of(2))),
            new OverloadedException("x"),
            new WritesStoppedException("x"),
            new NodeStoppedException("x"),
        }) {
            assertThat(safe.retry()).isEqualTo(QuorateException.Retry.SAFE);
            assertThat(Refusals.of(safe).getDescription()).isNotEqualTo(unknown.getDescription());
        }
        assertThat(unknown.getCode()).isEqualTo(Code.UNAVAILABLE);
    }

    private static String describe(Throwable failure) {
        Status status = Refusals.of(failure);
        String description = String.valueOf(status.getDescription());
        assertThat(description).startsWith("etcdserver: ");
        return status.getCode() + " " + description.substring("etcdserver: ".length());
    }
}
