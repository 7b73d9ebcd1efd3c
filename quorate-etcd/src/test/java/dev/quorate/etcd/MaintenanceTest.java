package dev.quorate.etcd;

import static dev.quorate.etcd.EtcdFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import dev.quorate.engine.NodeOptions;
import dev.quorate.engine.NodeStatus;
import dev.quorate.etcd.wire.MaintenanceGrpc;
import dev.quorate.etcd.wire.PutRequest;
import dev.quorate.etcd.wire.SnapshotRequest;
import dev.quorate.etcd.wire.SnapshotResponse;
import dev.quorate.etcd.wire.StatusRequest;
import dev.quorate.etcd.wire.StatusResponse;
import dev.quorate.raft.NodeId;
import dev.quorate.testkit.MemoryStorage;
import dev.quorate.wal.FileStorage;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MaintenanceTest {
    private static final NodeOptions OPTIONS = NodeOptions.DEFAULTS;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void statusTellsWhereTheNodeStands() throws IOException {
        try (EtcdFixture etcd = EtcdFixture.start()) {
            put(etcd, "a", 10);
            StatusResponse status = etcd.maintenance().status(StatusRequest.getDefaultInstance());
            NodeStatus node = etcd.node().status();
            assertThat(status.getHeader().getRevision()).isEqualTo(2);
            assertThat(status.getHeader().getMemberId()).isEqualTo(EtcdFixture.NODE.value());
            assertThat(status.getHeader().getClusterId()).isEqualTo(EtcdFixture.CLUSTER);
            assertThat(status.getVersion()).startsWith("3.5.");
            assertThat(status.getLeader()).isEqualTo(EtcdFixture.NODE.value());
            assertThat(status.getRaftTerm()).isEqualTo(node.term());
            assertThat(status.getRaftIndex()).isEqualTo(node.commitIndex());
            assertThat(status.getRaftAppliedIndex()).isEqualTo(node.appliedIndex());
            assertThat(status.getDbSize()).isEqualTo(node.logBytes());
            assertThat(status.getErrorsList()).isEmpty();
            assertThat(status.getIsLearner()).isFalse();
        }
    }

    @Test
    void statusOfANodeWithoutALeaderSaysSo() throws IOException {
        try (EtcdFixture etcd = EtcdFixture.start(new MemoryStorage(), OPTIONS, EtcdFixture.NODE, NodeId.of(2))) {
            StatusResponse status = etcd.maintenance().status(StatusRequest.getDefaultInstance());
            assertThat(status.getLeader()).isZero();
            assertThat(status.getErrorsList()).containsExactly("etcdserver: no leader");
        }
    }

    @Test
    void aSnapshotIsTheFileOfTheNodeInPagesAndTheirChecksum() throws IOException {
        try (EtcdFixture etcd = EtcdFixture.start(FileStorage.in(directory), OPTIONS, EtcdFixture.NODE)) {
            for (int i = 0; i < 5; i++) {
                put(etcd, "k" + i, 100_000);
            }
            List<SnapshotResponse> all = snapshot(etcd);
            byte[] file = Files.readAllBytes(etcd.node().snapshot().join().path());
            assertThat(file.length % 512).as("the padding is tested").isNotZero();
            byte[] pages = Arrays.copyOf(file, (file.length / 512 + 1) * 512);

            ByteString content = ByteString.EMPTY;
            for (SnapshotResponse piece : all.subList(0, all.size() - 1)) {
                content = content.concat(piece.getBlob());
                assertThat(piece.getRemainingBytes()).isEqualTo(pages.length - content.size());
            }
            assertThat(content.toByteArray()).isEqualTo(pages);
            assertThat(all).hasSizeGreaterThan(5);
            assertThat(all.get(0).getHeader().getRevision()).isEqualTo(6);
            SnapshotResponse last = all.get(all.size() - 1);
            assertThat(last.getRemainingBytes()).isZero();
            assertThat(last.getBlob().toByteArray()).isEqualTo(sha256(pages));
        }
    }

    @Test
    void aSnapshotGoesNoFasterThanItsClientAndEndsWithIt() throws IOException, InterruptedException {
        try (EtcdFixture etcd = EtcdFixture.start(FileStorage.in(directory), OPTIONS, EtcdFixture.NODE)) {
            for (int i = 0; i < 8; i++) {
                put(etcd, "k" + i, 1_000_000);
            }
            SlowClient client = new SlowClient();
            MaintenanceGrpc.newStub(etcd.channel()).snapshot(SnapshotRequest.getDefaultInstance(), client);
            SnapshotResponse first = client.next();
            SnapshotResponse second = client.next();
            assertThat(second.getRemainingBytes()).isPositive().isLessThan(first.getRemainingBytes());
            client.cancel();
            assertThat(client.ended.await(30, TimeUnit.SECONDS)).isTrue();
            // The reader of the cancelled stream is free again: more streams than there are readers come to their end.
            for (int i = 0; i < 2 * EtcdServerOptions.DEFAULTS.snapshotStreamsMax(); i++) {
                Iterator<SnapshotResponse> pieces = etcd.maintenance().snapshot(SnapshotRequest.getDefaultInstance());
                long remaining = -1;
                while (pieces.hasNext()) {
                    remaining = pieces.next().getRemainingBytes();
                }
                assertThat(remaining).isZero();
            }
        }
    }

    @Test
    void moreStreamsThanTheLimitAreRefused() throws IOException, InterruptedException {
        try (EtcdFixture etcd = EtcdFixture.start(FileStorage.in(directory), OPTIONS, EtcdFixture.NODE)) {
            for (int i = 0; i < 8; i++) {
                put(etcd, "k" + i, 1_000_000);
            }
            List<SlowClient> clients = new ArrayList<>();
            for (int i = 0; i < EtcdServerOptions.DEFAULTS.snapshotStreamsMax(); i++) {
                SlowClient client = new SlowClient();
                MaintenanceGrpc.newStub(etcd.channel()).snapshot(SnapshotRequest.getDefaultInstance(), client);
                assertThat(client.next().getRemainingBytes()).isPositive();
                clients.add(client);
            }
            Refused.with(
                    Status.Code.RESOURCE_EXHAUSTED,
                    "too many requests",
                    () -> etcd.maintenance()
                            .snapshot(SnapshotRequest.getDefaultInstance())
                            .next());
            clients.forEach(SlowClient::cancel);
        }
    }

    @Test
    void aClientThatTakesNothingForTooLongMakesRoomForAnother() throws IOException, InterruptedException {
        EtcdServerOptions defaults = EtcdServerOptions.DEFAULTS;
        EtcdServerOptions one = new EtcdServerOptions(
                defaults.inboundBytesMax(),
                defaults.callsPerConnectionMax(),
                defaults.eventLoops(),
                1,
                Duration.ofMillis(300),
                defaults.drain());
        try (EtcdFixture etcd = EtcdFixture.start(FileStorage.in(directory), OPTIONS, one, EtcdFixture.NODE)) {
            for (int i = 0; i < 8; i++) {
                put(etcd, "k" + i, 1_000_000);
            }
            SlowClient asleep = new SlowClient();
            MaintenanceGrpc.newStub(etcd.channel()).snapshot(SnapshotRequest.getDefaultInstance(), asleep);
            assertThat(asleep.next().getRemainingBytes()).isPositive();
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                    .until(() -> snapshot(etcd).size() > 1);
            assertThat(asleep.ended.getCount())
                    .as("what it has not taken comes before the end")
                    .isOne();
            asleep.cancel();
        }
    }

    private static List<SnapshotResponse> snapshot(EtcdFixture etcd) {
        List<SnapshotResponse> all = new ArrayList<>();
        etcd.maintenance().snapshot(SnapshotRequest.getDefaultInstance()).forEachRemaining(all::add);
        return all;
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void put(EtcdFixture etcd, String key, int length) {
        byte[] value = new byte[length];
        new SplittableRandom(key.hashCode()).nextBytes(value);
        PutRequest request = PutRequest.newBuilder()
                .setKey(bytes(key))
                .setValue(ByteString.copyFrom(value))
                .build();
        assertThat(etcd.kv().put(request).hasHeader()).isTrue();
    }

    /** Takes one message at a time, when it is told to. */
    private static final class SlowClient implements ClientResponseObserver<SnapshotRequest, SnapshotResponse> {
        private final BlockingQueue<SnapshotResponse> arrived = new LinkedBlockingQueue<>();
        private final CountDownLatch ended = new CountDownLatch(1);
        private final CompletableFuture<ClientCallStreamObserver<SnapshotRequest>> call = new CompletableFuture<>();

        @Override
        public void beforeStart(ClientCallStreamObserver<SnapshotRequest> stream) {
            stream.disableAutoRequestWithInitial(1);
            call.complete(stream);
        }

        SnapshotResponse next() throws InterruptedException {
            SnapshotResponse piece = arrived.poll(30, TimeUnit.SECONDS);
            assertThat(piece).isNotNull();
            call.join().request(1);
            return piece;
        }

        void cancel() {
            call.join().cancel("enough", null);
        }

        @Override
        public void onNext(SnapshotResponse piece) {
            arrived.add(piece);
        }

        @Override
        public void onError(Throwable failure) {
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            ended.countDown();
        }
    }
}
