package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.spi.StorageFailedException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the snapshots of this node, one at a time, by hand or at a checkpoint.
 *
 * <pre>
 *   any thread  create ── takes the exclusive right ──┐
 *   APPLY       checkpoint, when the right is free ───┴─► freeze (labelled with what is applied)
 *   BULK                                                     └─► write in parts ─► commit ─► clean up ─► right is free
 * </pre>
 *
 * <p>A checkpoint that comes while a snapshot is being written does not wait for it: its digest is recorded, applies go
 * on, and as soon as the right is free one more snapshot is made of what is applied by then. It stands behind the
 * checkpoint and covers it, so a purge at that checkpoint is answered with a yes in the end, however slow the disk is.
 *
 * <p>Growth counts from the last freeze, whether its snapshot succeeded or not, so that a disk that takes no snapshot
 * is not asked at every commit.
 */
final class SnapshotMaker {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotMaker.class);

    /** {@link StateMachineHandler#cleanupSnapshot}. */
    @FunctionalInterface
    interface Cleanup {
        CompletableFuture<Void> cleanup(long beforeVersion, Path directory, String prefix);
    }

    /** Where the node stood at the last freeze. */
    private record Mark(long index, long payloadBytes, long nanos) {}

    private final HandlerEnvironment node;
    private final SnapshotStore snapshots;
    private final SnapshotPolicy policy;
    private final HandlerOptions options;
    private final Applier applier;
    private final ReadGate gate;
    private final CheckpointDigests digests;
    private final Cleanup cleanup;
    private final AtomicBoolean making = new AtomicBoolean();
    private volatile Mark mark;
    private volatile boolean stopped;
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong made = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    /** A checkpoint found the right taken; APPLY only. */
    private boolean checkpointWaits;
    /** The last checkpoint that was reported; BULK only. */
    private long reportedIndex;

    SnapshotMaker(
            HandlerEnvironment node,
            SnapshotStore snapshots,
            SnapshotPolicy policy,
            HandlerOptions options,
            Applier applier,
            ReadGate gate,
            CheckpointDigests digests,
            Cleanup cleanup) {
        this.node = node;
        this.snapshots = snapshots;
        this.policy = policy;
        this.options = options;
        this.applier = applier;
        this.gate = gate;
        this.digests = digests;
        this.cleanup = cleanup;
        this.reportedIndex =
                snapshots.latest().map(s -> s.lastIncluded().index()).orElse(0L);
        this.mark = new Mark(reportedIndex, 0, node.clock().nanoTime());
    }

    /** False while a snapshot is being made or this replica's state must not be used; else what the policy says. */
    boolean isDue(NewCommitData commit) {
        if (making.get() || gate.quarantine() != null || stopped) {
            return false;
        }
        Mark since = mark;
        return policy.isDue(new SnapshotPolicy.LogGrowth(
                Math.max(0, commit.newCommitIndex() - since.index),
                Math.max(0, applier.payloadBytes() - since.payloadBytes),
                Math.max(0, node.clock().nanoTime() - since.nanos)));
    }

    CompletableFuture<Snapshot> create() {
        if (!making.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(
                    new OverloadedException("a snapshot is being made already on node " + node.self()));
        }
        CompletableFuture<Snapshot> result = new CompletableFuture<>();
        node.apply().execute(() -> freeze(result));
        return result;
    }

    /** A checkpoint was applied, and nothing behind it yet. APPLY. */
    void checkpointReached(LogId checkpoint) {
        if (making.compareAndSet(false, true)) {
            freeze(new CompletableFuture<>());
        } else {
            checkpointWaits = true;
        }
    }

    /** The state was replaced by a snapshot. APPLY. */
    void installed(SnapshotMetadata metadata) {
        mark = new Mark(
                metadata.lastIncluded().index(),
                applier.payloadBytes(),
                node.clock().nanoTime());
    }

    /** Ends what is being written at its next part, and refuses more. Any thread. */
    void stop() {
        stopped = true;
    }

    /** True while a snapshot is being made. Any thread, as the counts below. */
    boolean isMaking() {
        return making.get();
    }

    /** How much of it is written; 0 when none is being made. */
    long bytesWritten() {
        return written.get();
    }

    /** How many were made since the start. */
    long made() {
        return made.get();
    }

    /** How many could not be made since the start. */
    long failed() {
        return failed.get();
    }

    private void freeze(CompletableFuture<Snapshot> result) {
        checkpointWaits = false;
        try {
            checkMayFreeze();
            LogId label = applier.applied();
            Optional<SnapshotMetadata> latest = snapshots.latest();
            mark = new Mark(label.index(), applier.payloadBytes(), node.clock().nanoTime());
            if (latest.isPresent() && latest.get().lastIncluded().equals(label)) {
                node.bulk().execute(() -> succeed(result, latest.get(), false));
                return;
            }
            Applier.Frozen frozen = applier.freeze();
            node.bulk().execute(() -> begin(frozen, result));
        } catch (QuorateException e) {
            fail(result, e);
        } catch (RuntimeException e) {
            fail(result, new StorageFailedException("the state machine could not be frozen: " + e, e));
        }
    }

    private void checkMayFreeze() {
        if (stopped) {
            throw new NodeStoppedException("node " + node.self() + " stopped before the snapshot was made");
        }
        applier.checkNotHalted();
        String quarantine = gate.quarantine();
        if (quarantine != null) {
            throw new ReadUnavailableException("no snapshot of a state that differs from the cluster's: " + quarantine);
        }
        if (applier.applied().index() == 0) {
            throw new InvalidRequestException("nothing is applied yet: there is nothing to make a snapshot of");
        }
    }

    private void begin(Applier.Frozen frozen, CompletableFuture<Snapshot> result) {
        SnapshotStore.Writer writer;
        try {
            writer = snapshots.begin(
                    frozen.label(),
                    frozen.timeMillis(),
                    frozen.membership(),
                    frozen.stateDigest(),
                    options.snapshot().chunkBytes());
        } catch (IOException | RuntimeException e) {
            frozen.state().close();
            fail(result, failure(frozen.label(), e));
            return;
        }
        new Writing(frozen, writer, result).run();
    }

    /** The writing of one snapshot: a part each time it is run, so that BULK does other work between two parts. */
    private final class Writing implements Runnable {
        private final Applier.Frozen frozen;
        private final SnapshotStore.Writer writer;
        private final CompletableFuture<Snapshot> result;
        private final OutputStream content;

        private Writing(Applier.Frozen frozen, SnapshotStore.Writer writer, CompletableFuture<Snapshot> result) {
            this.frozen = frozen;
            this.writer = writer;
            this.result = result;
            this.content = new CountedOutput(writer.content(), written);
        }

        @Override
        public void run() {
            SnapshotMetadata metadata;
            try {
                if (stopped) {
                    throw new NodeStoppedException("node " + node.self() + " stopped in the middle of a snapshot");
                }
                if (frozen.state().write(content)) {
                    node.bulk().execute(this);
                    return;
                }
                metadata = writer.commit();
            } catch (IOException | RuntimeException e) {
                release();
                fail(result, failure(frozen.label(), e));
                return;
            }
            release();
            succeed(result, metadata, true);
        }

        private void release() {
            try (writer) {
                frozen.state().close();
            } catch (IOException | RuntimeException e) {
                LOG.warn("snapshot left-over stays node={} lastIncluded={}", node.self(), frozen.label(), e);
            }
        }
    }

    private void succeed(CompletableFuture<Snapshot> result, SnapshotMetadata metadata, boolean isNew) {
        Snapshot snapshot = new Snapshot(metadata, snapshots.pathOf(metadata));
        if (isNew) {
            made.incrementAndGet();
            LOG.info(
                    "snapshot saved node={} lastIncluded={} bytes={}",
                    node.self(),
                    metadata.lastIncluded(),
                    metadata.sizeBytes());
            node.events().snapshotSaved(snapshot);
        }
        reportCovered(metadata.lastIncluded().index());
        var unused = retain().whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn("old snapshots stay node={} reason={}", node.self(), failure.getMessage());
            }
            giveBack();
            result.complete(snapshot);
        });
    }

    private void fail(CompletableFuture<Snapshot> result, QuorateException failure) {
        LOG.warn("snapshot failed node={} reason={}", node.self(), failure.getMessage());
        failed.incrementAndGet();
        giveBack();
        result.completeExceptionally(failure);
    }

    private void giveBack() {
        written.set(0);
        making.set(false);
        node.apply().execute(this::freezeForWaitingCheckpoint);
    }

    private void freezeForWaitingCheckpoint() {
        if (checkpointWaits && !stopped && making.compareAndSet(false, true)) {
            freeze(new CompletableFuture<>());
        }
    }

    private CompletableFuture<Void> retain() {
        List<SnapshotMetadata> all = snapshots.all();
        if (all.size() <= options.snapshotsRetained()) {
            return CompletableFuture.completedFuture(null);
        }
        SnapshotMetadata oldestKept = all.get(all.size() - options.snapshotsRetained());
        return cleanup.cleanup(oldestKept.lastIncluded().index(), snapshots.directory(), snapshots.prefix());
    }

    private void reportCovered(long snapshotIndex) {
        for (CheckpointDigests.Recorded checkpoint : digests.all()) {
            long index = checkpoint.at().index();
            if (index > reportedIndex && index <= snapshotIndex) {
                reportedIndex = index;
                node.events().checkpointTaken(checkpoint.at(), checkpoint.digest());
            }
        }
    }

    private static QuorateException failure(LogId label, Exception cause) {
        return cause instanceof QuorateException known
                ? known
                : new StorageFailedException("the snapshot at " + label + " was not written: " + cause, cause);
    }
}
