package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.SnapshotChunk;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of one snapshot as they come in from a peer. Network threads put them in, BULK takes them out; never blocks.
 */
public interface SnapshotChunkStream {
    /** The node that sends. */
    NodeId from();

    /** The next chunk, or null when none is here at the moment. */
    @Nullable
    SnapshotChunk poll();

    /** True when no further chunk will come, because the sender gave up or the connection is gone. */
    boolean isClosed();

    /** Has the callback run, on any thread, whenever a chunk came in or the stream was closed. Called once. */
    void onAvailable(Runnable callback);
}
