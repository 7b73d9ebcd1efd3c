package dev.quorate.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.Snapshot;
import dev.quorate.etcd.wire.ResponseHeader;
import dev.quorate.etcd.wire.SnapshotResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends snapshots to clients: a snapshot is made, and its file goes out as it is, piece by piece, no faster than the
 * client takes it. Reading the file blocks, so each stream has a thread while it lasts.
 */
final class SnapshotStreams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStreams.class);
    private static final int PIECE_BYTES = 64 << 10;
    private static final long THREAD_IDLE_SECONDS = 5;

    private final QuorateNode node;
    private final Headers headers;
    private final ThreadPoolExecutor readers;

    /** At most {@code streamsMax} streams at a time; more are refused. */
    SnapshotStreams(QuorateNode node, Headers headers, int streamsMax) {
        this.node = node;
        this.headers = headers;
        this.readers = new ThreadPoolExecutor(
                0, streamsMax, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "quorate-snapshot-stream");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    void open(ServerCallStreamObserver<SnapshotResponse> call, Supplier<CompletableFuture<Long>> revision) {
        Stream stream = new Stream(call);
        // The revision is read first: the snapshot holds at least what its header says.
        var unused = revision.get()
                .thenCompose(before -> node.snapshot().thenAccept(snapshot -> {
                    ResponseHeader header = headers.at(before);
                    readers.execute(() -> stream.send(snapshot, header));
                }))
                .exceptionally(failure -> {
                    stream.fail(failure);
                    return null;
                });
    }

    @Override
    public void close() {
        readers.shutdownNow();
    }

    /** One stream. The gRPC thread says when the client takes more or is gone; the reader waits for that. */
    private static final class Stream {
        private final ServerCallStreamObserver<SnapshotResponse> call;
        private final Object changed = new Object();

        Stream(ServerCallStreamObserver<SnapshotResponse> call) {
            this.call = call;
            call.setOnReadyHandler(this::wake);
            call.setOnCancelHandler(this::wake);
        }

        void send(Snapshot snapshot, ResponseHeader header) {
            try (InputStream file = Files.newInputStream(snapshot.path())) {
                long remaining = Files.size(snapshot.path());
                do {
                    if (!awaitReady()) {
                        return;
                    }
                    byte[] piece = file.readNBytes(PIECE_BYTES);
                    remaining -= piece.length;
                    if (remaining < 0 || (piece.length == 0 && remaining > 0)) {
                        throw new IOException(snapshot.path() + " changed its size while it was read");
                    }
                    ByteString blob = UnsafeByteOperations.unsafeWrap(piece);
                    call.onNext(SnapshotResponse.newBuilder()
                            .setHeader(header)
                            .setRemainingBytes(remaining)
                            .setBlob(blob)
                            .build());
                } while (remaining > 0);
                call.onCompleted();
            } catch (IOException unreadable) {
                LOG.warn("etcd.snapshot-stream-failed file={}", snapshot.path(), unreadable);
                fail(Status.INTERNAL.withDescription("etcdserver: cannot read the snapshot"));
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
                fail(Refusals.STOPPED);
            }
        }

        void fail(Throwable failure) {
            boolean full = failure.getCause() instanceof RejectedExecutionException;
            fail(full ? Refusals.TOO_MANY_REQUESTS : Refusals.of(failure));
        }

        private void fail(Status status) {
            if (!call.isCancelled()) {
                call.onError(status.asRuntimeException());
            }
        }

        /** True when the client takes more, false when it is gone. */
        private boolean awaitReady() throws InterruptedException {
            synchronized (changed) {
                while (!call.isReady() && !call.isCancelled()) {
                    changed.wait();
                }
            }
            return !call.isCancelled();
        }

        private void wake() {
            synchronized (changed) {
                changed.notifyAll();
            }
        }
    }
}
