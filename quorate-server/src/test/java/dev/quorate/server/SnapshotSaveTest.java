package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.MaintenanceGrpc;
import dev.quorate.etcd.wire.ResponseHeader;
import dev.quorate.etcd.wire.SnapshotRequest;
import dev.quorate.etcd.wire.SnapshotResponse;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that refuse, break off or fall silent, and a save that must end with a whole snapshot or with nothing. */
@Timeout(120)
final class SnapshotSaveTest {
    private static final int PAGE_BYTES = 512;
    private static final Status BUSY = Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests");
    private static final Status STOPPING = Status.UNAVAILABLE.withDescription("etcdserver: server stopped");

    @TempDir
    private Path directory = Path.of("");

    private final List<Server> servers = new ArrayList<>();

    /** Refuses as often as it is told to, then sends a snapshot of one page. */
    private static final class Scripted extends MaintenanceGrpc.MaintenanceImplBase {
        final AtomicInteger calls = new AtomicInteger();
        final Queue<Status> refusals;
        final boolean breaksOff;

        Scripted(boolean breaksOff, Status... refusals) {
            this.breaksOff = breaksOff;
            this.refusals = new ArrayDeque<>(List.of(refusals));
        }

        @Override
        public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> answers) {
            calls.incrementAndGet();
            Status refusal = refusals.poll();
            if (refusal != null) {
                answers.onError(refusal.asRuntimeException());
                return;
            }
            byte[] page = new byte[PAGE_BYTES];
            answers.onNext(piece(page, breaksOff ? PAGE_BYTES : 0));
            if (breaksOff) {
                answers.onError(STOPPING.asRuntimeException());
                return;
            }
            answers.onNext(piece(sha256(page), 0));
            answers.onCompleted();
        }

        private static SnapshotResponse piece(byte[] bytes, long remaining) {
            return SnapshotResponse.newBuilder()
                    .setHeader(ResponseHeader.newBuilder().setRevision(7))
                    .setBlob(ByteString.copyFrom(bytes))
                    .setRemainingBytes(remaining)
                    .build();
        }

        private static byte[] sha256(byte[] bytes) {
            try {
                return MessageDigest.getInstance("SHA-256").digest(bytes);
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException("every Java has SHA-256", impossible);
            }
        }
    }

    private String start(Scripted service) throws IOException {
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(service)
                .build()
                .start();
        servers.add(server);
        return "127.0.0.1:" + server.getPort();
    }

    @AfterEach
    void stop() {
        servers.forEach(Server::shutdownNow);
    }

    private CommandRun save(String... endpoints) {
        String all = String.join(",", endpoints);
        String file = directory.resolve("backup").toString();
        return CommandRun.of("snapshot", "save", file, "--endpoints", all, "--dial-timeout", "60s");
    }

    private void assertSaved(CommandRun run) {
        assertThat(run.out()).as(run.err()).startsWith("Snapshot of revision 7 saved at ");
        assertThat(run.exitCode()).isZero();
        assertThat(directory.resolve("backup")).hasSize(PAGE_BYTES + 32);
        assertThat(directory).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void aServerThatMakesAnotherSnapshotIsWaitedFor() throws IOException {
        Scripted service = new Scripted(false, BUSY, BUSY);
        String endpoint = start(service);
        CommandRun run = save(endpoint);
        assertSaved(run);
        assertThat(run.err()).hasLineCount(1).contains(endpoint + " is busy with another snapshot");
        assertThat(service.calls).hasValue(3);
    }

    @Test
    void theNextServerIsAskedWhenOneIsLostBeforeItSentAnything() throws IOException {
        Scripted next = new Scripted(false);
        CommandRun run = save("127.0.0.1:1", start(new Scripted(false, STOPPING)), start(next));
        assertSaved(run);
        assertThat(run.err()).isEmpty();
        assertThat(next.calls).hasValue(1);
    }

    @Test
    void everyServerThatGaveNothingIsToldAbout() throws IOException {
        String stopping = start(new Scripted(false, STOPPING));
        CommandRun run = save("127.0.0.1:1", stopping);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .hasLineCount(1)
                .contains("cannot reach 127.0.0.1:1", stopping + ": etcdserver: server stopped");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aSnapshotThatBreaksOffLeavesNothing() throws IOException {
        Scripted next = new Scripted(false);
        CommandRun run = save(start(new Scripted(true)), start(next));
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("server stopped; nothing was saved");
        assertThat(directory).isEmptyDirectory();
        assertThat(next.calls).hasValue(0);
    }

    /** All that it ever says are the settings of HTTP/2, with which a connection counts as made. */
    @Test
    @Timeout(60)
    void aServerThatVanishesIsGivenUpByItsName() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread silent = new Thread(() -> fallSilent(listener));
            silent.setDaemon(true);
            silent.start();
            String endpoint = "127.0.0.1:" + listener.getLocalPort();
            CommandRun run = save(endpoint);
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).hasLineCount(1).contains(endpoint, "Keepalive failed");
            assertThat(directory).isEmptyDirectory();
        }
    }

    private static void fallSilent(ServerSocket listener) {
        try (Socket socket = listener.accept()) {
            socket.getOutputStream().write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException closed) {
            // The client gave it up, which is what the test waits for.
        }
    }
}
