package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.server.console.ScriptedSessions;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
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

    /** A server whose answers to plain puts are lost. */
    private static final class Losing extends KVGrpc.KVImplBase {
        private final AtomicInteger puts = new AtomicInteger();

        @Override
        public void put(PutRequest request, StreamObserver<PutResponse> answers) {
            puts.incrementAndGet();
            answers.onError(Status.UNAVAILABLE.asException());
        }
    }

    @Test
    void aLostAnswerIsAskedForAgainWithOnceAndReportedWithoutIt() throws IOException {
        ScriptedSessions sessions = new ScriptedSessions();
        sessions.fail(Status.UNAVAILABLE.asRuntimeException());
        Losing losing = new Losing();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(sessions)
                .addService(losing)
                .build()
                .start();
        try {
            String endpoints = "--endpoints=127.0.0.1:" + server.getPort();
            CommandRun once = CommandRun.of("put", "a", "1", "--once", endpoints, "--command-timeout=60s");
            assertThat(once).isEqualTo(new CommandRun(0, "OK\n", ""));
            assertThat(sessions.seen()).containsExactly("open", "1/1", "1/1", "close 1");
            assertThat(losing.puts).hasValue(0);
            CommandRun plain = CommandRun.of("put", "a", "1", endpoints, "--command-timeout=60s");
            assertThat(plain.exitCode()).isNotZero();
            assertThat(plain.err()).contains("a write may have happened");
            assertThat(losing.puts).hasValue(1);
            assertThat(sessions.seen()).hasSize(4);
        } finally {
            server.shutdownNow();
        }
    }
}
