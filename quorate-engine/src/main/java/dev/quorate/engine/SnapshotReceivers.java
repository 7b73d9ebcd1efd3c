package dev.quorate.engine;

import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot streams that come in. Several may be open, because a new leader begins before the old one ends; one at a
 * time writes to the disk: the newest whose first chunk was in order. Owned by BULK.
 */
final class SnapshotReceivers {
    private final HandlerEnvironment node;
    private final SnapshotStore snapshots;
    private final AppliedIndex index;
    private final Consumer<SnapshotMetadata> restore;
    private final Set<SnapshotReceiver> open = new LinkedHashSet<>();
    private @Nullable SnapshotReceiver writing;
    private boolean stopped;

    /**
     * No stream is open yet.
     *
     * @param restore restores a finished snapshot and publishes it; called on APPLY
     */
    SnapshotReceivers(
            HandlerEnvironment node, SnapshotStore snapshots, AppliedIndex index, Consumer<SnapshotMetadata> restore) {
        this.node = node;
        this.snapshots = snapshots;
        this.index = index;
        this.restore = restore;
    }

    /** Receives a stream to its end. Any thread. */
    CompletableFuture<Void> receive(
            long currentTerm, SnapshotChunkStream chunks, SnapshotAckSink acks, SnapshotConfig config) {
        SnapshotReceiver receiver =
                new SnapshotReceiver(this, node, snapshots, index, restore, currentTerm, chunks, acks, config);
        node.bulk().execute(() -> {
            if (stopped) {
                receiver.stop(new NodeStoppedException("node " + node.self() + " stopped"));
            } else {
                open.add(receiver);
                receiver.start();
            }
        });
        return receiver.result();
    }

    /** Ends all streams; what arrived stays on disk. Any thread. */
    void stop() {
        node.bulk().execute(() -> {
            stopped = true;
            for (SnapshotReceiver receiver : List.copyOf(open)) {
                receiver.stop(new NodeStoppedException("node " + node.self() + " stopped in the middle of a transfer"));
            }
        });
    }

    /**
     * Gives the disk to this stream, whose first chunk was in order; false while another one is being installed. BULK.
     */
    boolean take(SnapshotReceiver receiver) {
        SnapshotReceiver present = writing;
        if (present != null && present.isInstalling()) {
            return false;
        }
        if (present != null) {
            present.giveWay();
        }
        writing = receiver;
        return true;
    }

    /** The stream ended. BULK. */
    void ended(SnapshotReceiver receiver) {
        open.remove(receiver);
        if (writing == receiver) {
            writing = null;
        }
    }
}
