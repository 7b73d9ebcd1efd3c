package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.SnapshotAck;
import dev.quorate.spi.SnapshotAck.Status;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.spi.StorageFailedException;
import dev.quorate.spi.TransferFailedException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One snapshot stream from a leader: received, verified, installed. Owned by BULK, waits for nothing, and answers every
 * chunk.
 *
 * <pre>
 *   opening ── first good chunk ──► receiving ── last chunk ──► commit ──► offer ──► restore ──► restored ──► installed
 *      │                               │                        (BULK)     (LOOP)    (APPLY)     (LOOP, LOG)
 *      └── already applied: ignored    └── cut, silence, other leader: ended, the partial file stays for the next
 * </pre>
 */
final class SnapshotReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotReceiver.class);
    /** While a snapshot is installed, the sender hears this many times within its patience that we are alive. */
    private static final int SIGNS_OF_LIFE = 8;

    private final SnapshotReceivers owner;
    private final HandlerEnvironment node;
    private final SnapshotStore snapshots;
    private final AppliedIndex index;
    private final Consumer<SnapshotMetadata> restore;
    private final long termAtStart;
    private final SnapshotChunkStream chunks;
    private final SnapshotAckSink acks;
    private final SnapshotConfig config;
    private final CompletableFuture<Void> result = new CompletableFuture<>();
    private SnapshotStore.@Nullable Partial partial;
    private long term;
    private int checksumFailures;
    private boolean installing;
    private boolean ended;
    private Cycle.@Nullable Timer timer;

    SnapshotReceiver(
            SnapshotReceivers owner,
            HandlerEnvironment node,
            SnapshotStore snapshots,
            AppliedIndex index,
            Consumer<SnapshotMetadata> restore,
            long termAtStart,
            SnapshotChunkStream chunks,
            SnapshotAckSink acks,
            SnapshotConfig config) {
        this.owner = owner;
        this.node = node;
        this.snapshots = snapshots;
        this.index = index;
        this.restore = restore;
        this.termAtStart = termAtStart;
        this.chunks = chunks;
        this.acks = acks;
        this.config = config;
    }

    CompletableFuture<Void> result() {
        return result;
    }

    boolean isInstalling() {
        return installing;
    }

    void start() {
        awaitProgress();
        chunks.onAvailable(() -> node.bulk().execute(this::drain));
        drain();
    }

    /** The node stops. */
    void stop(QuorateException reason) {
        end(reason);
    }

    /** Another stream takes over the disk. */
    void giveWay() {
        SnapshotStore.Partial present = partial;
        answer(0, Status.FAILED, present == null ? 0 : present.nextSeq());
        end(new TransferFailedException("another snapshot stream took over from " + chunks.from()));
    }

    private void drain() {
        while (!ended) {
            boolean closed = chunks.isClosed();
            SnapshotChunk chunk = chunks.poll();
            if (chunk != null) {
                receive(chunk);
            } else if (closed && !installing) {
                end(new TransferFailedException("the snapshot stream from " + chunks.from() + " broke off"));
            } else {
                return;
            }
        }
    }

    private void receive(SnapshotChunk chunk) {
        int seq = chunk.seq();
        SnapshotStore.Partial present = partial;
        if (installing && present != null) {
            answer(seq, Status.ACCEPTED, present.metadata().totalChunks() - 1);
            return;
        }
        int next = present == null ? 0 : present.nextSeq();
        long nodeTerm = Math.max(termAtStart, node.currentTerm().getAsLong());
        if (chunk.leaderTerm() < nodeTerm) {
            fail(
                    seq,
                    Status.FAILED,
                    new TransferFailedException("a snapshot of term " + chunk.leaderTerm() + " in term " + nodeTerm));
        } else if (!chunk.leaderId().equals(chunks.from()) || (present != null && chunk.leaderTerm() != term)) {
            fail(
                    seq,
                    Status.OUT_OF_ORDER,
                    new TransferFailedException("in the middle of a stream from " + chunks.from() + " of term " + term
                            + " came a chunk of " + chunk.leaderId() + " of term " + chunk.leaderTerm()));
        } else if (present == null) {
            open(chunk);
        } else if (seq < next) {
            answer(seq, Status.ACCEPTED, next);
        } else if (seq > next) {
            answer(seq, Status.OUT_OF_ORDER, next);
        } else {
            add(present, chunk);
        }
    }

    /** The first chunk: says what comes. Nothing is written before its checksum and its place in time are right. */
    private void open(SnapshotChunk chunk) {
        if (chunk.metadata().isEmpty()) {
            answer(chunk.seq(), Status.OUT_OF_ORDER, 0);
            return;
        }
        SnapshotMetadata metadata = chunk.metadata().get();
        if (!isSound(chunk, metadata, chunk.seq())) {
            return;
        }
        if (metadata.lastIncluded().index() <= index.applied()) {
            LOG.info("snapshot not needed node={} lastIncluded={}", node.self(), metadata.lastIncluded());
            succeed(chunk.seq(), metadata);
            return;
        }
        if (!owner.take(this)) {
            fail(chunk.seq(), Status.FAILED, new TransferFailedException("another snapshot is being installed"));
            return;
        }
        SnapshotStore.Partial opened;
        try {
            opened = snapshots.receive(metadata);
        } catch (IOException e) {
            fail(chunk.seq(), Status.FAILED, storageFailed(metadata, e));
            return;
        }
        partial = opened;
        term = chunk.leaderTerm();
        int next = opened.nextSeq();
        LOG.info(
                "snapshot stream begins node={} from={} lastIncluded={} bytes={} resumedAt={}",
                node.self(),
                chunks.from(),
                metadata.lastIncluded(),
                metadata.sizeBytes(),
                next);
        if (next == metadata.totalChunks()) {
            install(opened, chunk.seq());
        } else if (chunk.seq() == next) {
            write(opened, chunk);
        } else {
            awaitProgress();
            answer(chunk.seq(), next > chunk.seq() ? Status.REQUESTED : Status.OUT_OF_ORDER, next);
        }
    }

    private void add(SnapshotStore.Partial present, SnapshotChunk chunk) {
        if (isSound(chunk, present.metadata(), present.nextSeq())) {
            write(present, chunk);
        }
    }

    /** Whether the chunk's form and checksum are right; answers it when they are not. */
    private boolean isSound(SnapshotChunk chunk, SnapshotMetadata metadata, int wanted) {
        int seq = chunk.seq();
        if (SnapshotLoader.crc32c(chunk.data()) != chunk.crc32c()) {
            if (++checksumFailures > config.checksumRetriesMax()) {
                fail(
                        seq,
                        Status.FAILED,
                        new TransferFailedException("chunk " + seq + " came with a wrong checksum " + checksumFailures
                                + " times, the limit of retries is " + config.checksumRetriesMax()));
            } else {
                answer(seq, Status.CHECKSUM_MISMATCH, wanted);
            }
            return false;
        }
        if (chunk.totalChunks() != metadata.totalChunks()
                || seq < 0
                || seq >= metadata.totalChunks()
                || chunk.data().length() != metadata.chunkLength(seq)) {
            fail(
                    seq,
                    Status.FAILED,
                    new InvalidRequestException("chunk " + seq + " of " + chunk.totalChunks() + " with "
                            + chunk.data().length() + " bytes is not one of snapshot " + metadata));
            return false;
        }
        return true;
    }

    private void write(SnapshotStore.Partial present, SnapshotChunk chunk) {
        try {
            present.add(chunk.data());
        } catch (IOException e) {
            fail(chunk.seq(), Status.FAILED, storageFailed(present.metadata(), e));
            return;
        }
        checksumFailures = 0;
        if (present.nextSeq() == present.metadata().totalChunks()) {
            install(present, chunk.seq());
        } else {
            awaitProgress();
            answer(chunk.seq(), Status.ACCEPTED, present.nextSeq());
        }
    }

    private void install(SnapshotStore.Partial complete, int seq) {
        installing = true;
        signOfLife(complete.metadata(), seq, false);
        try {
            complete.commit();
        } catch (CorruptSnapshotException e) {
            fail(seq, Status.FAILED, e);
            return;
        } catch (IOException e) {
            fail(seq, Status.FAILED, storageFailed(complete.metadata(), e));
            return;
        }
        SnapshotMetadata metadata = complete.metadata();
        LogId lastIncluded = metadata.lastIncluded();
        var unused = node.gate().offer(lastIncluded, metadata.membership()).whenComplete(onBulk(seq, wanted -> {
            if (wanted) {
                restore(metadata, seq);
            } else {
                succeed(seq, metadata);
            }
        }));
    }

    private void restore(SnapshotMetadata metadata, int seq) {
        CompletableFuture<Void> restored = new CompletableFuture<>();
        node.apply().execute(() -> {
            try {
                restore.accept(metadata);
                restored.complete(null);
            } catch (QuorateException e) {
                restored.completeExceptionally(e);
            }
        });
        var unused = restored.thenCompose(done -> node.gate().restored(metadata.lastIncluded()))
                .whenComplete(onBulk(seq, done -> {
                    LOG.info("snapshot installed node={} lastIncluded={}", node.self(), metadata.lastIncluded());
                    succeed(seq, metadata);
                }));
    }

    /** Goes on, on BULK, with the result of a step on another cycle, or ends with its failure. */
    private <T> BiConsumer<T, @Nullable Throwable> onBulk(int seq, Consumer<T> next) {
        return (value, failure) -> node.bulk().execute(() -> {
            if (ended) {
                return;
            }
            if (failure == null) {
                next.accept(value);
            } else {
                Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
                fail(
                        seq,
                        Status.FAILED,
                        cause instanceof QuorateException known
                                ? known
                                : new TransferFailedException("the snapshot was not installed: " + cause, cause));
            }
        });
    }

    private void succeed(int seq, SnapshotMetadata metadata) {
        answer(seq, Status.ACCEPTED, metadata.totalChunks());
        end(null);
    }

    private void fail(int seq, Status status, QuorateException failure) {
        SnapshotStore.Partial present = partial;
        answer(seq, status, present == null ? 0 : present.nextSeq());
        end(failure);
    }

    private void answer(int seq, Status status, int next) {
        acks.send(new SnapshotAck(seq, status, next));
    }

    private void end(@Nullable QuorateException failure) {
        if (ended) {
            return;
        }
        ended = true;
        if (timer != null) {
            timer.cancel();
        }
        SnapshotStore.Partial present = partial;
        if (present != null) {
            try {
                present.close();
            } catch (IOException e) {
                LOG.warn("partial snapshot not closed node={} reason={}", node.self(), e.toString());
            }
        }
        owner.ended(this);
        if (failure == null) {
            result.complete(null);
        } else {
            LOG.warn(
                    "snapshot stream ended node={} from={} reason={}",
                    node.self(),
                    chunks.from(),
                    failure.getMessage());
            result.completeExceptionally(failure);
        }
    }

    /** Begins the wait for the next chunk that brings the transfer forward. */
    private void awaitProgress() {
        rescheduled(config.receiveChunkTimeout().toNanos(), () -> {
            SnapshotStore.Partial present = partial;
            fail(
                    present == null ? 0 : present.nextSeq(),
                    Status.FAILED,
                    new TransferFailedException("no chunk came from " + chunks.from() + " for "
                            + config.receiveChunkTimeout().toMillis() + " ms"));
        });
    }

    private void signOfLife(SnapshotMetadata metadata, int seq, boolean send) {
        if (send) {
            answer(seq, Status.ACCEPTED, metadata.totalChunks() - 1);
        }
        rescheduled(config.receiveChunkTimeout().toNanos() / SIGNS_OF_LIFE, () -> signOfLife(metadata, seq, true));
    }

    private void rescheduled(long nanos, Runnable work) {
        if (timer != null) {
            timer.cancel();
        }
        timer = node.bulk().schedule(node.clock().nanoTime() + nanos, () -> {
            if (!ended) {
                work.run();
            }
        });
    }

    private static QuorateException storageFailed(SnapshotMetadata metadata, IOException cause) {
        return new StorageFailedException(
                "snapshot " + metadata.lastIncluded() + " cannot be stored: " + cause.getMessage(), cause);
    }
}
