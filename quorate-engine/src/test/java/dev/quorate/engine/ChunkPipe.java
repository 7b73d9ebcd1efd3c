package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.SnapshotChunk;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A stream of chunks that a test fills by hand. */
final class ChunkPipe implements SnapshotChunkStream {
    private final NodeId from;
    private final Queue<SnapshotChunk> chunks = new ArrayDeque<>();
    private boolean closed;
    private Runnable callback = () -> {};

    ChunkPipe(NodeId from) {
        this.from = from;
    }

    void put(SnapshotChunk chunk) {
        chunks.add(chunk);
        callback.run();
    }

    void close() {
        closed = true;
        callback.run();
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
    public void onAvailable(Runnable onAvailable) {
        callback = onAvailable;
    }
}
