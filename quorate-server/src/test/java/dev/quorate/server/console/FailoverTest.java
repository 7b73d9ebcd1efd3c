package dev.quorate.server.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.etcd.RetrySafety;
import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that refuses so many calls before it takes one, and a client that must know when to ask again. */
@Timeout(120)
final class FailoverTest {
    private static final Endpoint NOBODY = new Endpoint("127.0.0.1", 1);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Refusing service = new Refusing();
    private Server server = NettyServerBuilder.forPort(0).build();

    /** Refuses the first calls. */
    private static final class Refusing extends KVGrpc.KVImplBase {
        final AtomicInteger calls = new AtomicInteger();
        volatile int refused;
        volatile boolean silent;
        volatile Status status = Status.UNAVAILABLE;
        volatile String told = "";

        @Override
        public void put(PutRequest request, StreamObserver<PutResponse> answers) {
            int call = calls.incrementAndGet();
            if (silent) {
                return;
            }
            if (call > refused) {
                answers.onNext(PutResponse.getDefaultInstance());
                answers.onCompleted();
                return;
            }
            Metadata trailers = new Metadata();
            if (!told.isEmpty()) {
                trailers.put(RetrySafety.KEY, told);
            }
            answers.onError(status.withDescription("etcdserver: refused").asRuntimeException(trailers));
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(service)
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    private PutResponse put(boolean reading) {
        return put(reading, LONG);
    }

    private PutResponse put(boolean reading, Duration timeout) {
        List<Endpoint> endpoints = List.of(NOBODY, new Endpoint("127.0.0.1", server.getPort()));
        return new Failover(endpoints, LONG, timeout, ClientTls.NONE, reading)
                .call(connection -> connection.kv().put(PutRequest.getDefaultInstance()));
    }

    @Test
    void theNextServerIsAskedWhenOneIsNotThere() {
        assertThat(put(false)).isEqualTo(PutResponse.getDefaultInstance());
        assertThat(service.calls).hasValue(1);
    }

    @Test
    void aWriteThatDidNotHappenIsMadeAgain() {
        service.refused = 3;
        service.told = RetrySafety.SAFE;
        assertThat(put(false)).isEqualTo(PutResponse.getDefaultInstance());
        assertThat(service.calls).hasValue(4);
    }

    @Test
    void aWriteOfUnknownOutcomeIsNotMadeAgainAndTheFailureSaysSo() {
        service.refused = 1;
        service.told = RetrySafety.UNKNOWN;
        assertThatThrownBy(() -> put(false))
                .isInstanceOf(CommandFailedException.class)
                .hasMessage("etcdserver: refused; a write may have happened");
        assertThat(service.calls).hasValue(1);
    }

    @Test
    void aServerThatDoesNotTellIsTakenForOneThatMayHaveWritten() {
        service.refused = 3;
        int calls = 0;
        for (Status silent : List.of(Status.UNAVAILABLE, Status.INTERNAL, Status.UNKNOWN)) {
            service.status = silent;
            assertThatThrownBy(() -> put(false)).as("%s", silent).hasMessageContaining("a write may have happened");
            assertThat(service.calls).hasValue(++calls);
        }
    }

    @Test
    void aReadIsMadeAgainWhateverBecameOfIt() {
        service.refused = 2;
        service.told = RetrySafety.UNKNOWN;
        assertThat(put(true)).isEqualTo(PutResponse.getDefaultInstance());
        assertThat(service.calls).hasValue(3);
    }

    @Test
    void onlyOfAWriteThatIsNotAnsweredItIsSaidThatItMayHaveHappened() {
        service.silent = true;
        assertThatThrownBy(() -> put(true, Duration.ofMillis(300)))
                .hasMessageContaining("did not answer within 300 ms")
                .hasMessageNotContaining("a write may have happened");
        assertThatThrownBy(() -> put(false, Duration.ofMillis(300)))
                .hasMessageContaining("did not answer within 300 ms")
                .hasMessageEndingWith("; a write may have happened");
    }

    @Test
    void whatIsRefusedForGoodIsNotMadeAgain() {
        service.refused = 1;
        service.status = Status.INVALID_ARGUMENT;
        service.told = RetrySafety.USELESS;
        assertThatThrownBy(() -> put(false)).hasMessage("etcdserver: refused");
        assertThat(service.calls).hasValue(1);
    }
}
