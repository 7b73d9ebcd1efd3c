package dev.quorate.server.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.quorate.etcd.RetrySafety;
import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that answers as it is told, and a client that must know what may have happened. */
@Timeout(120)
final class SessionClientTest {
    private static final Endpoint NOBODY = new Endpoint("127.0.0.1", 1);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final PutRequest PUT = PutRequest.getDefaultInstance();

    private final ScriptedSessions sessions = new ScriptedSessions();
    private final List<PutRequest> plain = new ArrayList<>();
    private Server server = NettyServerBuilder.forPort(0).build();

    private static StatusRuntimeException lost() {
        return Status.UNAVAILABLE
                .withDescription("etcdserver: request timed out")
                .asRuntimeException();
    }

    private static StatusRuntimeException noLeader() {
        return refused(Status.UNAVAILABLE, "no leader", RetrySafety.SAFE);
    }

    private static StatusRuntimeException gone() {
        return refused(Status.NOT_FOUND, "session not found", RetrySafety.SAFE);
    }

    private static StatusRuntimeException bad() {
        return refused(Status.INVALID_ARGUMENT, "bad", RetrySafety.USELESS);
    }

    /** etcd: no sessions, and a put whose answer is lost, once. */
    private final class Etcd extends KVGrpc.KVImplBase {
        @Override
        public void put(PutRequest request, StreamObserver<PutResponse> answers) {
            plain.add(request);
            answers.onError(lost());
        }
    }

    private static StatusRuntimeException refused(Status status, String why, String retry) {
        Metadata trailers = new Metadata();
        trailers.put(RetrySafety.KEY, retry);
        return status.withDescription("etcdserver: " + why).asRuntimeException(trailers);
    }

    private SessionClient client(BindableService service, Duration timeout) throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(service)
                .build()
                .start();
        List<Endpoint> endpoints = List.of(NOBODY, new Endpoint("127.0.0.1", server.getPort()));
        return new SessionClient(endpoints, LONG, timeout, ClientTls.NONE);
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    private static CommandFailedException failure(SessionClient client) {
        return catchThrowableOfType(CommandFailedException.class, () -> client.put(PUT));
    }

    @Test
    void oneSessionIsOpenedForAllWritesAndClosedAtTheEnd() throws IOException {
        try (SessionClient client = client(sessions, LONG)) {
            client.put(PUT);
            client.put(PUT);
        }
        assertThat(sessions.seen()).containsExactly("open", "1/1", "1/2", "close 1");
    }

    @Test
    void aWriteInDoubtIsSentAgainUnderItsNumber() throws IOException {
        sessions.fail(lost(), noLeader(), lost());
        try (SessionClient client = client(sessions, LONG)) {
            client.put(PUT);
            client.put(PUT);
        }
        assertThat(sessions.seen()).containsExactly("open", "1/1", "1/1", "1/1", "1/1", "1/2", "close 1");
    }

    @Test
    void aSessionThatIsGoneBeforeTheWriteIsFollowedByANewOne() throws IOException {
        sessions.fail(noLeader(), gone());
        try (SessionClient client = client(sessions, LONG)) {
            client.put(PUT);
        }
        assertThat(sessions.seen()).containsExactly("open", "1/1", "1/1", "open", "2/1", "close 2");
    }

    @Test
    void aSessionThatIsGoneWhileAWriteIsInDoubtLeavesItUnknown() throws IOException {
        sessions.fail(lost(), gone());
        try (SessionClient client = client(sessions, LONG)) {
            CommandFailedException unknown = failure(client);
            assertThat(unknown.isOutcomeUnknown()).isTrue();
            assertThat(unknown)
                    .hasMessageContaining("session not found")
                    .hasMessageContaining("request timed out")
                    .hasMessageEndingWith("a write may have happened");
            assertThat(sessions.seen()).containsExactly("open", "1/1", "1/1");
            client.put(PUT);
        }
        assertThat(sessions.seen()).containsExactly("open", "1/1", "1/1", "open", "2/1", "close 2");
    }

    @Test
    void aWriteThatIsRefusedForGoodDidNotHappenAndUsesItsNumberUp() throws IOException {
        sessions.fail(bad());
        try (SessionClient client = client(sessions, LONG)) {
            CommandFailedException refused = failure(client);
            assertThat(refused.isOutcomeUnknown()).isFalse();
            assertThat(refused).hasMessage("etcdserver: bad");
            client.put(PUT);
        }
        assertThat(sessions.seen()).containsExactly("open", "1/1", "1/2", "close 1");
    }

    @Test
    void aRefusalThatIsNotOfOurServersDoesNotEndTheDoubtOfAnAttemptBeforeIt() throws IOException {
        sessions.fail(lost(), Status.UNIMPLEMENTED.asRuntimeException());
        try (SessionClient client = client(sessions, LONG)) {
            assertThat(failure(client))
                    .hasMessageContaining("request timed out")
                    .returns(true, CommandFailedException::isOutcomeUnknown);
        }
        assertThat(sessions.seen()).containsExactly("open", "1/1", "1/1", "close 1");
    }

    @Test
    void aFailureThatNobodyExpectedIsAWriteInDoubt() throws IOException {
        sessions.fail(Status.INTERNAL.asRuntimeException(), Status.UNKNOWN.asRuntimeException());
        try (SessionClient client = client(sessions, LONG)) {
            client.put(PUT);
        }
        assertThat(sessions.seen()).containsExactly("open", "1/1", "1/1", "1/1", "close 1");
    }

    @Test
    void whenTheTimeIsUpTheFailureSaysWhetherAnythingMayHaveHappened() throws IOException {
        for (int i = 0; i < 1000; i++) {
            sessions.fail(noLeader());
        }
        try (SessionClient client = client(sessions, Duration.ofMillis(500))) {
            assertThat(failure(client))
                    .hasMessageEndingWith("nothing was written")
                    .returns(false, CommandFailedException::isOutcomeUnknown);
            sessions.failFirst(lost());
            assertThat(failure(client))
                    .hasMessageEndingWith("a write may have happened")
                    .returns(true, CommandFailedException::isOutcomeUnknown);
        }
    }

    @Test
    void aServerWithoutSessionsGetsAWriteOnceAndTheFailureSaysThatItMayHaveHappened() throws IOException {
        try (SessionClient client = client(new Etcd(), LONG)) {
            assertThat(failure(client))
                    .hasMessageEndingWith("a write may have happened")
                    .returns(true, CommandFailedException::isOutcomeUnknown);
        }
        assertThat(plain).hasSize(1);
    }
}
