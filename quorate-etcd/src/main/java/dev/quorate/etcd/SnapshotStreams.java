package dev.quorate.etcd;

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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends snapshots to clients: a snapshot is made, and its file goes out piece by piece, no faster than the client takes
 * it. Reading the file blocks, so each stream has a thread while it lasts.
 *
 * <p>Whoever writes down what comes has a file that etcdctl takes for whole, since etcd's is of pages and ends with
 * their checksum:
 *
 * <pre>
 *   the file of the snapshot · zeros up to a multiple of 512 bytes · SHA-256 of all that, 32 bytes
 * </pre>
 */
final class SnapshotStreams implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStreams.class);
    private static final int PIECE_BYTES = 64 << 10;
    private static final int PAGE_BYTES = 512;
    private static final long THREAD_IDLE_SECONDS = 5;
    private static final Status SILENT = Status.DEADLINE_EXCEEDED.withDescription(
            "etcdserver: the client took nothing of the snapshot for too long");

    private final QuorateNode node;
    private final Headers headers;
    private final ThreadPoolExecutor readers;
    private final long silenceNanos;

    /**
     * At most {@code streamsMax} streams at a time; more are refused. One whose client takes nothing for
     * {@code silenceMax} is ended: it would keep others from theirs.
     */
    SnapshotStreams(QuorateNode node, Headers headers, int streamsMax, Duration silenceMax) {
        this.node = node;
        this.headers = headers;
        this.silenceNanos = silenceMax.toNanos();
        this.readers = new ThreadPoolExecutor(
                0, streamsMax, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "quorate-snapshot-stream");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    void open(ServerCallStreamObserver<SnapshotResponse> call, Supplier<CompletableFuture<Long>> revision) {
        Stream stream = new Stream(call, silenceNanos);
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
        private final long silenceNanos;
        private final Object changed = new Object();

        Stream(ServerCallStreamObserver<SnapshotResponse> call, long silenceNanos) {
            this.call = call;
            this.silenceNanos = silenceNanos;
            call.setOnReadyHandler(this::wake);
            call.setOnCancelHandler(this::wake);
        }

        void send(Snapshot snapshot, ResponseHeader header) {
            try (InputStream file = Files.newInputStream(snapshot.path())) {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                long unread = Files.size(snapshot.path());
                while (unread > 0) {
                    byte[] piece = file.readNBytes((int) Math.min(PIECE_BYTES, unread));
                    if (piece.length < Math.min(PIECE_BYTES, unread)) {
                        throw new IOException(snapshot.path() + " became shorter while it was read");
                    }
                    unread -= piece.length;
                    byte[] pages = Arrays.copyOf(piece, (int) pageBytes(piece.length));
                    digest.update(pages);
                    if (!send(header, pageBytes(unread), pages)) {
                        return;
                    }
                }
                // As with etcd, the bytes that remain do not count the checksum.
                if (send(header, 0, digest.digest())) {
                    call.onCompleted();
                }
            } catch (IOException unreadable) {
                LOG.warn("etcd.snapshot-stream-failed file={}", snapshot.path(), unreadable);
                fail(Status.INTERNAL.withDescription("etcdserver: cannot read the snapshot"));
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
                fail(Refusals.STOPPED);
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException("every Java has SHA-256", impossible);
            }
        }

        /** Sends one message as soon as the client takes it; false when the client is gone. */
        private boolean send(ResponseHeader header, long remaining, byte[] blob) throws InterruptedException {
            if (!awaitReady()) {
                return false;
            }
            call.onNext(SnapshotResponse.newBuilder()
                    .setHeader(header)
                    .setRemainingBytes(remaining)
                    .setBlob(UnsafeByteOperations.unsafeWrap(blob))
                    .build());
            return true;
        }

        /** The bytes of the pages that hold this many bytes. */
        private static long pageBytes(long bytes) {
            return (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
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

        /** True when the client takes more, false when it is gone, or has taken nothing for too long. */
        private boolean awaitReady() throws InterruptedException {
            long deadline = System.nanoTime() + silenceNanos;
            synchronized (changed) {
                while (!call.isReady() && !call.isCancelled()) {
                    long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        fail(SILENT);
                        return false;
                    }
                    TimeUnit.NANOSECONDS.timedWait(changed, left);
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
