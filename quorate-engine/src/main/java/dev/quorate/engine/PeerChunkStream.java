package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of one stream of one peer: LOOP puts them in, BULK takes them out. As many as the sender's window lets be
 * under way.
 */
final class PeerChunkStream implements SnapshotChunkStream {
    private final NodeId from;
    private final long number;
    private final long beganNanos;
    private final ConcurrentLinkedQueue<SnapshotChunk> chunks = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;
    private volatile @Nullable Runnable callback;
    private volatile @Nullable SnapshotMetadata metadata;
    private volatile int chunksDone;

    /**
     * An empty stream.
     *
     * @param number the sender's number of the stream
     */
    PeerChunkStream(NodeId from, long number, long nowNanos) {
        this.from = from;
        this.number = number;
        this.beganNanos = nowNanos;
    }

    long number() {
        return number;
    }

    /** Adds a chunk; LOOP only. */
    void put(SnapshotChunk chunk) {
        chunk.metadata().ifPresent(itsMetadata -> metadata = itsMetadata);
        chunksDone = chunk.seq() + 1;
        chunks.add(chunk);
        tell();
    }

    /** No further chunk will come; LOOP only. */
    void close() {
        closed = true;
        tell();
    }

    /** How far the transfer is; empty before the first chunk that says what comes. Any thread. */
    Optional<NodeStatus.Transfer> progress(long nowNanos) {
        SnapshotMetadata present = metadata;
        if (present == null) {
            return Optional.empty();
        }
        long done = Math.min(present.sizeBytes(), (long) chunksDone * present.chunkBytes());
        long seconds = Math.max(1, (nowNanos - beganNanos) / 1_000_000_000L);
        return Optional.of(
                new NodeStatus.Transfer(true, present.lastIncluded(), done, present.sizeBytes(), done / seconds));
    }

    @Override
    public NodeId from() {
        return from;
    }

    @Override
    public @Nullable SnapshotChunk poll() {
        return chunks.poll();
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void onAvailable(Runnable itsCallback) {
        callback = itsCallback;
        if (closed || !chunks.isEmpty()) {
            itsCallback.run();
        }
    }

    private void tell() {
        Runnable present = callback;
        if (present != null) {
            present.run();
        }
    }
}
