package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.SnapshotMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The snapshot transfers that this node has under way as a leader: one for each peer at most. Any thread. */
final class SnapshotSenders {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotSenders.class);

    private record Transfer(long stream, SnapshotSender sender) {}

    private final HandlerEnvironment node;
    private final StateMachineHandler handler;
    private final SnapshotConfig config;
    private final LongSupplier purgedIndex;
    private final BiConsumer<NodeId, PeerMessage.Chunk> out;
    private final AtomicLong streams;
    private final Map<NodeId, Transfer> transfers = new ConcurrentHashMap<>();

    /**
     * No transfer is under way.
     *
     * @param purgedIndex where the log begins behind; any thread
     * @param out hands a chunk to the transport; never blocks
     */
    SnapshotSenders(
            HandlerEnvironment node,
            StateMachineHandler handler,
            SnapshotConfig config,
            LongSupplier purgedIndex,
            BiConsumer<NodeId, PeerMessage.Chunk> out) {
        this.node = node;
        this.handler = handler;
        this.purgedIndex = purgedIndex;
        this.config = config;
        this.out = out;
        // Streams of an earlier run of this node must not be taken for new ones.
        this.streams = new AtomicLong(node.clock().wallMillis() << 16);
    }

    /**
     * Streams the newest snapshot to a peer.
     *
     * @param term the term in which this node leads
     * @return how it ended, on BULK; fails with {@link OverloadedException} while a transfer to the peer is under way
     */
    CompletableFuture<SnapshotSender.Delivery> send(NodeId to, long term) {
        if (!reachesLog(handler.getLatestSnapshotMetadata())) {
            return replaceLost(to);
        }
        long stream = streams.incrementAndGet();
        SnapshotSender sender = new SnapshotSender(
                node, handler, config, to, term, chunk -> out.accept(to, new PeerMessage.Chunk(stream, chunk)));
        Transfer transfer = new Transfer(stream, sender);
        if (transfers.putIfAbsent(to, transfer) != null) {
            return CompletableFuture.failedFuture(
                    new OverloadedException("a snapshot transfer to " + to + " is under way"));
        }
        return sender.start().whenComplete((delivery, never) -> transfers.remove(to, transfer));
    }

    private boolean reachesLog(Optional<SnapshotMetadata> newest) {
        return newest.isPresent() && newest.get().lastIncluded().index() >= purgedIndex.getAsLong();
    }

    /**
     * The snapshot that the log was purged behind turned out to be damaged. The state itself is whole, so a new
     * snapshot of it closes the gap; the peer gets that one at the next attempt.
     */
    private CompletableFuture<SnapshotSender.Delivery> replaceLost(NodeId to) {
        LOG.error(
                "no whole snapshot reaches the log, a new one is made node={} purged={}",
                node.self(),
                purgedIndex.getAsLong());
        return handler.createSnapshot()
                .handle((made, failure) -> new SnapshotSender.Delivery(
                        to, Optional.empty(), false, "the newest snapshot was damaged and had to be made anew"));
    }

    /** Hands an answer to the transfer that it belongs to; one that belongs to none is dropped. */
    void acked(NodeId from, PeerMessage.Ack ack) {
        Transfer transfer = transfers.get(from);
        if (transfer != null && transfer.stream == ack.stream()) {
            transfer.sender.acked(ack.ack());
        }
    }

    /** Ends all transfers, because this node leads no longer, or stops. */
    void cancelAll(String reason) {
        transfers.values().forEach(transfer -> transfer.sender.cancel(reason));
    }

    /** How far each transfer is. */
    List<SnapshotSender.Progress> progress() {
        return transfers.values().stream()
                .map(transfer -> transfer.sender.progress())
                .flatMap(Optional::stream)
                .toList();
    }
}
