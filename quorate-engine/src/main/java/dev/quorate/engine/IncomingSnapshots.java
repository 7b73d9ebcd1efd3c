package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.Transport;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;

/**
 * The snapshot streams that come in, as LOOP sees them: which stream a chunk belongs to. The bytes are handled on BULK.
 * Owned by LOOP; only {@link #forEachProgress} is for any thread.
 */
final class IncomingSnapshots {
    private final HandlerEnvironment node;
    private final StateMachineHandler handler;
    private final SnapshotConfig config;
    private final Transport transport;
    private final Cycle loop;
    private final Map<NodeId, PeerChunkStream> streams = new ConcurrentSkipListMap<>();

    /**
     * No stream is open.
     *
     * @param loop the cycle that owns this
     */
    IncomingSnapshots(
            HandlerEnvironment node,
            StateMachineHandler handler,
            SnapshotConfig config,
            Transport transport,
            Cycle loop) {
        this.node = node;
        this.handler = handler;
        this.config = config;
        this.transport = transport;
        this.loop = loop;
    }

    /**
     * A chunk from a peer, whose term was looked at before. A number that is new opens a stream and closes the peer's
     * last one.
     */
    void chunk(NodeId from, PeerMessage.Chunk message) {
        PeerChunkStream stream = streams.get(from);
        if (stream == null || stream.number() != message.stream()) {
            if (stream != null) {
                stream.close();
            }
            stream = open(from, message.stream());
        }
        stream.put(message.chunk());
    }

    /** Tells how far each stream is, by sender. Any thread. */
    void forEachProgress(BiConsumer<NodeId, NodeStatus.Transfer> consumer) {
        long nowNanos = node.clock().nanoTime();
        streams.forEach((from, stream) -> stream.progress(nowNanos).ifPresent(now -> consumer.accept(from, now)));
    }

    /** Ends all: the node stops. */
    void abandon() {
        streams.values().forEach(PeerChunkStream::close);
        streams.clear();
    }

    private PeerChunkStream open(NodeId from, long number) {
        PeerChunkStream stream = new PeerChunkStream(from, number, node.clock().nanoTime());
        streams.put(from, stream);
        SnapshotAckSink acks = ack -> transport.send(
                from, new PeerMessage.Ack(number, node.currentTerm().getAsLong(), ack));
        var unused = handler.applySnapshotStreamFromLeader(node.currentTerm().getAsLong(), stream, acks, config)
                .whenComplete((done, failure) -> loop.execute(() -> streams.remove(from, stream)));
        return stream;
    }
}
