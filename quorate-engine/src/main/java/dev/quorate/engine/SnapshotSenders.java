package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.PeerMessage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;

/** The snapshot transfers that this node has under way as a leader: one for each peer at most. Any thread. */
final class SnapshotSenders {
    private record Transfer(long stream, SnapshotSender sender) {}

    private final HandlerEnvironment node;
    private final StateMachineHandler handler;
    private final SnapshotConfig config;
    private final BiConsumer<NodeId, PeerMessage.Chunk> out;
    private final AtomicLong streams;
    private final Map<NodeId, Transfer> transfers = new ConcurrentHashMap<>();

    /**
     * No transfer is under way.
     *
     * @param out hands a chunk to the transport; never blocks
     */
    SnapshotSenders(
            HandlerEnvironment node,
            StateMachineHandler handler,
            SnapshotConfig config,
            BiConsumer<NodeId, PeerMessage.Chunk> out) {
        this.node = node;
        this.handler = handler;
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
