package dev.quorate.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.quorate.etcd.wire.CompactionRequest;
import dev.quorate.etcd.wire.DeleteRangeRequest;
import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.KVGrpc.KVBlockingStub;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.ResponseHeader;
import dev.quorate.etcd.wire.TxnRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same random requests to us and to a real etcd, whose every answer must be the same, message or refusal. Runs
 * where the environment variable {@code QUORATE_ORACLE} names an etcd program (Debian: etcd-server).
 * {@code QUORATE_ORACLE_SEED} and {@code QUORATE_ORACLE_REQUESTS} choose what is asked.
 */
final class OracleTest {
    private static final RangeRequest ALL = RangeRequest.newBuilder()
            .setKey(ByteString.copyFrom(new byte[1]))
            .setRangeEnd(ByteString.copyFrom(new byte[1]))
            .build();

    @TempDir
    private Path directory = Path.of("");

    @Test
    void everyAnswerIsThatOfEtcd() throws IOException {
        String program = System.getenv("QUORATE_ORACLE");
        assumeThat(program).as("QUORATE_ORACLE names an etcd program").isNotNull();
        long seed = number("QUORATE_ORACLE_SEED", System.nanoTime());
        long requests = number("QUORATE_ORACLE_REQUESTS", 3_000);
        int port = freePort();
        Process etcd = start(String.valueOf(program), port);
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        try (EtcdFixture ours = EtcdFixture.start()) {
            KVBlockingStub theirs = KVGrpc.newBlockingStub(channel).withWaitForReady();
            RangeRequest first =
                    RangeRequest.newBuilder().setKey(EtcdFixture.bytes("a")).build();
            assertThat(theirs.withDeadlineAfter(30, TimeUnit.SECONDS)
                            .range(first)
                            .getHeader()
                            .getRevision())
                    .isEqualTo(1);
            compare(seed, requests, ours.kv(), theirs);
        } finally {
            channel.shutdownNow();
            etcd.destroyForcibly();
            await().atMost(Duration.ofSeconds(30)).until(() -> !etcd.isAlive());
        }
    }

    private static void compare(long seed, long requests, KVBlockingStub ours, KVBlockingStub theirs) {
        RandomRequests random = new RandomRequests(seed);
        long revision = 1;
        for (long i = 0; i < requests; i++) {
            Message request = random.next(revision);
            Object before = ask(theirs, ALL);
            Object expected = ask(theirs, request);
            Object answer = ask(ours, request);
            assertThat(answer)
                    .as("seed %d, request %d on %s: %s", seed, i, before, request)
                    .isEqualTo(expected);
            revision = expected instanceof Message message ? Math.max(revision, revisionOf(message)) : revision;
        }
    }

    /** The answer without the numbers that differ between two clusters, or the refusal as text. */
    private static Object ask(KVBlockingStub stub, Message request) {
        KVBlockingStub timed = stub.withDeadlineAfter(30, TimeUnit.SECONDS);
        try {
            if (request instanceof PutRequest put) {
                return comparable(timed.put(put));
            }
            if (request instanceof RangeRequest range) {
                return comparable(timed.range(range));
            }
            if (request instanceof DeleteRangeRequest delete) {
                return comparable(timed.deleteRange(delete));
            }
            return request instanceof TxnRequest txn
                    ? comparable(timed.txn(txn))
                    : comparable(timed.compact((CompactionRequest) request));
        } catch (StatusRuntimeException refused) {
            return refused.getStatus().getCode() + " " + refused.getStatus().getDescription();
        }
    }

    private static Message comparable(Message answer) {
        FieldDescriptor header = header(answer);
        ResponseHeader comparable = ((ResponseHeader) answer.getField(header))
                .toBuilder().clearClusterId().clearMemberId().clearRaftTerm().build();
        return answer.toBuilder().setField(header, comparable).build();
    }

    private static long revisionOf(Message answer) {
        return ((ResponseHeader) answer.getField(header(answer))).getRevision();
    }

    private static FieldDescriptor header(Message answer) {
        return answer.getDescriptorForType().findFieldByName("header");
    }

    private Process start(String program, int port) throws IOException {
        String client = "http://127.0.0.1:" + port;
        String peer = "http://127.0.0.1:" + freePort();
        return new ProcessBuilder(
                        program,
                        "--data-dir",
                        directory.resolve("etcd").toString(),
                        "--listen-client-urls",
                        client,
                        "--advertise-client-urls",
                        client,
                        "--listen-peer-urls",
                        peer,
                        "--initial-advertise-peer-urls",
                        peer,
                        "--initial-cluster",
                        "default=" + peer)
                .redirectErrorStream(true)
                .redirectOutput(new File(directory.toFile(), "etcd.log"))
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static long number(String variable, long absent) {
        String text = System.getenv(variable);
        return text == null ? absent : Long.parseLong(text);
    }
}
