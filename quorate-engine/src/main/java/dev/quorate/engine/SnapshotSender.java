package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.SnapshotAck;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transfer of the newest snapshot to one peer. Owned by BULK.
 *
 * <pre>
 *        answered          in flight, at most a window            not sent
 *   ──────────────────┼────────────────────────────────┼───────────────────────────►
 *                    base                             next
 * </pre>
 *
 * <p>At first, and after each answer that is not a yes, one chunk alone goes out; its yes opens the window. So the
 * answers to what was in flight before a step back cannot be taken for answers to what was sent after it. Chunks in
 * order come from the stream of {@code loadSnapshotData}, all others, after a resumption for example, from
 * {@code loadSnapshotChunk}. The stream is held open to the end, even when nothing is taken from it, because it keeps
 * the file from being cleaned up.
 */
final class SnapshotSender implements Flow.Subscriber<SnapshotChunk> {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSender.class);
    /** Silence is looked at this many times within the patience, and what is unanswered then is sent again. */
    private static final int LOOKS = 4;
    /** A peer that installs a large snapshot is waited for longer by this factor, though it gives signs of life. */
    private static final int INSTALL_PATIENCE = 6;
    /** The most steps back without a new yes. */
    private static final int STEPS_BACK_MAX = 32;

    /**
     * How a transfer ended.
     *
     * @param lastIncluded the snapshot; empty when there was none to send
     * @param installed true when the peer said that it holds the snapshot
     */
    record Delivery(NodeId to, Optional<LogId> lastIncluded, boolean installed, String reason) {}

    /**
     * How far a transfer is.
     *
     * @param bytesDone what the peer has, what it had before included
     * @param bytesTotal the size of the snapshot
     * @param bytesPerSecond the rate of this transfer so far
     */
    record Progress(NodeId to, LogId lastIncluded, long bytesDone, long bytesTotal, long bytesPerSecond) {}

    private final HandlerEnvironment node;
    private final StateMachineHandler handler;
    private final SnapshotConfig config;
    private final NodeId to;
    private final long term;
    private final Consumer<SnapshotChunk> out;
    private final CompletableFuture<Delivery> result = new CompletableFuture<>();
    private @Nullable SnapshotMetadata metadata;
    private Flow.@Nullable Subscription stream;
    private Cycle.@Nullable Timer look;
    private Cycle.@Nullable Timer wake;
    private int streamNext;
    private int base;
    private int next;
    private boolean alone = true;
    private boolean loading;
    private boolean ended;
    private int stepsBack;
    /** A chunk is out that was not answered since {@link #lifeNanos}. */
    private boolean awaitsAnswer;
    /** When the peer was last heard of, or when there first was something to answer. */
    private long lifeNanos;

    private long sendNanos;
    private long beganNanos;
    private int beganAt;
    private volatile @Nullable Progress progress;

    /**
     * A transfer that has not begun.
     *
     * @param term the term in which this node leads; the transfer ends when chunks are stamped with another
     * @param out hands a chunk to the transport; never blocks
     */
    SnapshotSender(
            HandlerEnvironment node,
            StateMachineHandler handler,
            SnapshotConfig config,
            NodeId to,
            long term,
            Consumer<SnapshotChunk> out) {
        this.node = node;
        this.handler = handler;
        this.config = config;
        this.to = to;
        this.term = term;
        this.out = out;
    }

    /** Begins; completes on BULK and never fails. Any thread, once. */
    CompletableFuture<Delivery> start() {
        node.bulk().execute(this::begin);
        return result;
    }

    /** The peer answered. Any thread. */
    void acked(SnapshotAck ack) {
        node.bulk().execute(() -> answered(ack));
    }

    /** Gives up. Any thread. */
    void cancel(String reason) {
        node.bulk().execute(() -> end(false, reason));
    }

    /** How far it is; empty before the snapshot is open. Any thread. */
    Optional<Progress> progress() {
        return Optional.ofNullable(progress);
    }

    private void begin() {
        Optional<SnapshotMetadata> latest = handler.getLatestSnapshotMetadata();
        if (latest.isEmpty()) {
            end(false, "there is no snapshot");
            return;
        }
        metadata = latest.get();
        long now = node.clock().nanoTime();
        lifeNanos = now;
        sendNanos = now;
        beganNanos = now;
        LOG.info(
                "snapshot transfer begins node={} to={} lastIncluded={} bytes={}",
                node.self(),
                to,
                latest.get().lastIncluded(),
                latest.get().sizeBytes());
        noteProgress(latest.get());
        var unused = handler.loadSnapshotData(latest.get()).whenComplete((publisher, failure) -> {
            if (failure != null) {
                cancel("the snapshot cannot be read: " + failure.getMessage());
            } else {
                publisher.subscribe(this);
            }
        });
        lookLater();
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        if (ended) {
            subscription.cancel();
            return;
        }
        stream = subscription;
        pump();
    }

    @Override
    public void onNext(SnapshotChunk chunk) {
        streamNext = chunk.seq() + 1;
        loaded(chunk);
    }

    @Override
    public void onError(Throwable failure) {
        end(false, "the snapshot cannot be read: " + failure.getMessage());
    }

    @Override
    public void onComplete() {
        stream = null;
    }

    /** Takes the next chunk in hand, when the window and the bandwidth limit let it. */
    private void pump() {
        SnapshotMetadata present = metadata;
        Flow.Subscription open = stream;
        if (ended || loading || present == null || open == null || next >= present.totalChunks()) {
            return;
        }
        if (next - base >= (alone ? 1 : config.windowChunks())) {
            return;
        }
        if (config.transferBytesPerSecondMax() > 0 && node.clock().nanoTime() - sendNanos < 0) {
            wakeAt(sendNanos);
            return;
        }
        loading = true;
        // The last chunk is not taken from the stream, which would close it.
        if (next == streamNext && next < present.totalChunks() - 1) {
            open.request(1);
            return;
        }
        var unused = handler.loadSnapshotChunk(present, next).whenComplete((chunk, failure) -> {
            if (failure != null) {
                cancel("the snapshot cannot be read: " + failure.getMessage());
            } else {
                node.bulk().execute(() -> loaded(chunk));
            }
        });
    }

    private void loaded(SnapshotChunk chunk) {
        loading = false;
        if (ended) {
            return;
        }
        if (chunk.leaderTerm() != term) {
            end(false, "this node does not lead in term " + chunk.leaderTerm() + " by its election of term " + term);
            return;
        }
        if (chunk.seq() == next) {
            long now = node.clock().nanoTime();
            if (!awaitsAnswer) {
                awaitsAnswer = true;
                lifeNanos = now;
            }
            next++;
            long limit = config.transferBytesPerSecondMax();
            if (limit > 0) {
                long from = sendNanos - now > 0 ? sendNanos : now;
                sendNanos = from + (long) (chunk.data().length() * 1e9 / limit);
            }
            out.accept(chunk);
        }
        pump();
    }

    private void answered(SnapshotAck ack) {
        SnapshotMetadata present = metadata;
        if (ended || present == null) {
            return;
        }
        lifeNanos = node.clock().nanoTime();
        awaitsAnswer = false;
        int wanted = ack.nextRequested();
        if (wanted < 0 || wanted > present.totalChunks()) {
            end(false, "the peer asked for chunk " + wanted + " of " + present.totalChunks());
            return;
        }
        switch (ack.status()) {
            case ACCEPTED -> accepted(present, wanted);
            case REQUESTED -> resume(present, wanted);
            case CHECKSUM_MISMATCH -> stepBack(present, wanted);
            case OUT_OF_ORDER -> {
                // While one chunk alone is under way, a wish for that very chunk answers something older.
                if (!alone || wanted != base) {
                    stepBack(present, wanted);
                }
            }
            case FAILED -> end(false, "the peer gave up");
        }
        awaitsAnswer |= next > base;
    }

    private void accepted(SnapshotMetadata present, int wanted) {
        if (wanted == present.totalChunks()) {
            end(true, "installed");
            return;
        }
        if (wanted > base) {
            base = wanted;
            next = Math.max(next, wanted);
            alone = false;
            stepsBack = 0;
            noteProgress(present);
        }
        pump();
    }

    private void resume(SnapshotMetadata present, int wanted) {
        beganAt = wanted;
        stepBack(present, wanted);
        alone = false;
    }

    private void stepBack(SnapshotMetadata present, int wanted) {
        if (++stepsBack > STEPS_BACK_MAX) {
            end(false, "no progress at chunk " + wanted);
            return;
        }
        if (wanted == present.totalChunks()) {
            end(false, "the peer asked for a chunk behind the last");
            return;
        }
        base = wanted;
        next = wanted;
        alone = true;
        noteProgress(present);
        pump();
    }

    private void noteProgress(SnapshotMetadata present) {
        long chunkBytes = present.chunkBytes();
        long done = Math.min(present.sizeBytes(), base * chunkBytes);
        long moved = Math.max(0, done - beganAt * chunkBytes);
        double seconds = (node.clock().nanoTime() - beganNanos) / 1e9;
        progress = new Progress(
                to, present.lastIncluded(), done, present.sizeBytes(), seconds > 0 ? (long) (moved / seconds) : 0);
    }

    private void lookLater() {
        look = node.bulk()
                .schedule(
                        node.clock().nanoTime() + config.receiveChunkTimeout().toNanos() / LOOKS, this::lookForSilence);
    }

    private void lookForSilence() {
        SnapshotMetadata present = metadata;
        if (ended || present == null) {
            return;
        }
        long patience = config.receiveChunkTimeout().toNanos();
        long silence = awaitsAnswer ? node.clock().nanoTime() - lifeNanos : 0;
        boolean lastIsOut = next == present.totalChunks() && base == present.totalChunks() - 1;
        if (silence >= (lastIsOut ? INSTALL_PATIENCE : 1) * patience) {
            end(false, "silence of the peer for " + silence / 1_000_000 + " ms");
            return;
        }
        if (silence >= patience / LOOKS) {
            next = base;
            alone = true;
            pump();
        }
        lookLater();
    }

    private void wakeAt(long nanos) {
        if (wake != null) {
            wake.cancel();
        }
        wake = node.bulk().schedule(nanos, this::pump);
    }

    private void end(boolean installed, String reason) {
        if (ended) {
            return;
        }
        ended = true;
        for (Cycle.Timer timer : new Cycle.@Nullable Timer[] {look, wake}) {
            if (timer != null) {
                timer.cancel();
            }
        }
        if (stream != null) {
            stream.cancel();
        }
        LOG.info("snapshot transfer ended node={} to={} installed={} reason={}", node.self(), to, installed, reason);
        Optional<LogId> lastIncluded = Optional.ofNullable(metadata).map(SnapshotMetadata::lastIncluded);
        result.complete(new Delivery(to, lastIncluded, installed, reason));
    }
}
