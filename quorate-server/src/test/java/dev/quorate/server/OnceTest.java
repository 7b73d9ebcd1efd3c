package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.OpenSessionRequest;
import dev.quorate.etcd.wire.OpenSessionResponse;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.etcd.wire.SessionCloseRequest;
import dev.quorate.etcd.wire.SessionCloseResponse;
import dev.quorate.etcd.wire.SessionWriteRequest;
import dev.quorate.etcd.wire.SessionWriteResponse;
import dev.quorate.etcd.wire.SessionsGrpc;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** {@code --once} of the commands that write: in a session, which is gone when the command is. */
final class OnceTest extends ServedTest {
    private static final String[] WRITES = {"put a 1", "del a"};

    private long entriesOf(String... command) {
        long before = server().node().status().last().index();
        CommandRun run = quorate(command);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return server().node().status().last().index() - before;
    }

    @Test
    void aWriteIsOneEntryAndWithOnceThereAreASessionsBeginningAndEndBeside() {
        for (String write : WRITES) {
            assertThat(entriesOf(write.split(" ", -1))).as(write).isEqualTo(1);
            assertThat(entriesOf((write + " --once").split(" ", -1))).as(write).isEqualTo(3);
        }
    }

    @Test
    void theAnswersAreTheSame() {
        assertThat(quorate("put", "a", "1", "--once")).isEqualTo(new CommandRun(0, "OK\n", ""));
        assertThat(quorate("put", "a", "2", "--once", "--prev-kv").out()).isEqualTo("OK\na\n1\n");
        String text = "value(\"a\") = \"2\"\n\nput a \"3\"\nget a\n\nget a\n\n";
        assertThat(quorateWithInput(text, "txn", "--once").out()).isEqualTo("SUCCESS\n\nOK\n\na\n3\n");
        assertThat(quorate("del", "a", "--once").out()).isEqualTo("1\n");
    }

    /** Loses the first answer to each kind of write; notes what it was asked. */
    private static final class Losing {
        private final List<String> seen = new CopyOnWriteArrayList<>();

        private boolean isFirst(String write) {
            seen.add(write);
            return seen.stream().filter(write::equals).count() == 1;
        }

        private final class Sessions extends SessionsGrpc.SessionsImplBase {
            @Override
            public void open(OpenSessionRequest request, StreamObserver<OpenSessionResponse> answers) {
                answers.onNext(OpenSessionResponse.newBuilder().setSession(7).build());
                answers.onCompleted();
            }

            @Override
            public void write(SessionWriteRequest request, StreamObserver<SessionWriteResponse> answers) {
                if (isFirst("write " + request.getSession() + "/" + request.getSequence())) {
                    answers.onError(Status.UNAVAILABLE.asException());
                    return;
                }
                answers.onNext(SessionWriteResponse.newBuilder()
                        .setPut(PutResponse.getDefaultInstance())
                        .build());
                answers.onCompleted();
            }

            @Override
            public void close(SessionCloseRequest request, StreamObserver<SessionCloseResponse> answers) {
                seen.add("close " + request.getSession());
                answers.onNext(SessionCloseResponse.getDefaultInstance());
                answers.onCompleted();
            }
        }

        private final class Kv extends KVGrpc.KVImplBase {
            @Override
            public void put(PutRequest request, StreamObserver<PutResponse> answers) {
                seen.add("plain put");
                answers.onError(Status.UNAVAILABLE.asException());
            }
        }
    }

    @Test
    void aLostAnswerIsAskedForAgainWithOnceAndReportedWithoutIt() throws IOException {
        Losing losing = new Losing();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(losing.new Sessions())
                .addService(losing.new Kv())
                .build()
                .start();
        try {
            String endpoints = "--endpoints=127.0.0.1:" + server.getPort();
            CommandRun once = CommandRun.of("put", "a", "1", "--once", endpoints, "--command-timeout=60s");
            assertThat(once).isEqualTo(new CommandRun(0, "OK\n", ""));
            assertThat(losing.seen).containsExactly("write 7/1", "write 7/1", "close 7");
            CommandRun plain = CommandRun.of("put", "a", "1", endpoints, "--command-timeout=60s");
            assertThat(plain.exitCode()).isNotZero();
            assertThat(plain.err()).contains("a write may have happened");
            assertThat(losing.seen).endsWith("close 7", "plain put");
        } finally {
            server.shutdownNow();
        }
    }
}
