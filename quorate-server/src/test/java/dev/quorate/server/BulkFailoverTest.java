package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.etcd.wire.KVGrpc;
import dev.quorate.etcd.wire.MaintenanceGrpc;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.PutResponse;
import dev.quorate.etcd.wire.RangeRequest;
import dev.quorate.etcd.wire.RangeResponse;
import dev.quorate.etcd.wire.StatusRequest;
import dev.quorate.etcd.wire.StatusResponse;
import dev.quorate.spi.Bytes;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Imports and exports whose first server goes away in the middle: the next one of the list takes over. */
final class BulkFailoverTest extends ServedTest {
    private static final int RECORDS = 3_000;
    private static final int SERVED = 500;

    private final AtomicInteger left = new AtomicInteger();
    private ManagedChannel channel = NettyChannelBuilder.forTarget("none").build();
    private Server member = NettyServerBuilder.forPort(0).build();

    @BeforeEach
    void startTheMemberThatDies() throws IOException {
        channel.shutdownNow();
        channel = NettyChannelBuilder.forTarget(server().endpoints().get(0).toString())
                .usePlaintext()
                .build();
        member = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new Keys())
                .addService(new Member())
                .build()
                .start();
    }

    @AfterEach
    void stopIt() {
        channel.shutdownNow();
        member.shutdownNow();
    }

    /** False when the member is gone: it answers as one that cannot be reached. */
    private boolean serves(StreamObserver<?> answers) {
        boolean serves = left.getAndDecrement() > 0;
        if (!serves) {
            answers.onError(Status.UNAVAILABLE.asRuntimeException());
        }
        return serves;
    }

    /** What it serves comes from the other member, as in a cluster. */
    private final class Keys extends KVGrpc.KVImplBase {
        @Override
        public void put(PutRequest request, StreamObserver<PutResponse> answers) {
            if (serves(answers)) {
                KVGrpc.newStub(channel).put(request, answers);
            }
        }

        @Override
        public void range(RangeRequest request, StreamObserver<RangeResponse> answers) {
            if (serves(answers)) {
                KVGrpc.newStub(channel).range(request, answers);
            }
        }
    }

    /** Who it is. */
    private final class Member extends MaintenanceGrpc.MaintenanceImplBase {
        @Override
        public void status(StatusRequest request, StreamObserver<StatusResponse> answers) {
            MaintenanceGrpc.newStub(channel).status(request, answers);
        }
    }

    private CommandRun run(String... command) {
        String[] all = new String[command.length + 2];
        System.arraycopy(command, 0, all, 0, command.length);
        all[command.length] = "--command-timeout=60s";
        all[command.length + 1] = "--endpoints=127.0.0.1:" + member.getPort() + ","
                + server().endpoints().get(0);
        return CommandRun.of(all);
    }

    @Test
    void anImportGoesOnAtTheNextServerAndLosesNothing() throws IOException {
        StringBuilder records = new StringBuilder();
        for (int i = 0; i < RECORDS; i++) {
            records.append("{\"key\":\"k")
                    .append(i)
                    .append("\",\"value\":\"v")
                    .append(i)
                    .append("\"}\n");
        }
        Path file = Files.writeString(directory().resolve("records.ndjson"), records.toString());
        left.set(SERVED);
        CommandRun run = run("import", file.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("imported 3,000 records in ");
        assertThat(left.get()).as("the first one served, and refused").isNegative();
        assertThat(quorate("get", "k", "--prefix", "--count-only").out()).contains("3000");
    }

    @Test
    void anExportGoesOnAtTheNextServerAtTheSameRevision() {
        for (int i = 0; i < RECORDS; i++) {
            server().store().put(key(i), key(i)).join();
        }
        left.set(1);
        CommandRun run = run("export", "--prefix", "k");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).hasLineCount(RECORDS);
        assertThat(run.err()).contains("revision " + (RECORDS + 1));
        assertThat(left.get()).as("the first one served, and refused").isNegative();
    }

    private static Bytes key(int number) {
        return Bytes.utf8("k" + number);
    }
}
