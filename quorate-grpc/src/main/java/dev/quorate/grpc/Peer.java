package dev.quorate.grpc;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.PeerMessage;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that one other node is to the transport: its address, its lanes, its counts. Owned by the network thread, but for
 * {@link #send} and the {@link #statistics}.
 */
final class Peer {
    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);
    private static final int REASON_LENGTH_MAX = 32;
    private static final int TEXT_LENGTH_MAX = 400;

    private final Wiring wiring;
    private final NodeId id;
    private final Counters counters = new Counters();
    private final Map<Lane, PeerLane> lanes = new EnumMap<>(Lane.class);
    private final SilenceWatch watch;
    private PeerAddress address = PeerAddress.NONE;
    private boolean member;

    Peer(Wiring wiring, NodeId id) {
        this.wiring = wiring;
        this.id = id;
        this.watch = new SilenceWatch(wiring.silenceNanos());
        for (Lane lane : Lane.values()) {
            lanes.put(lane, new PeerLane(wiring, this, lane));
        }
    }

    /** Queues a message in its lane. Any thread. */
    void send(PeerMessage message) {
        lane(FrameKind.of(message).lane()).offer(message);
    }

    NodeId id() {
        return id;
    }

    Counters counters() {
        return counters;
    }

    /** What went between this node and it, and what waits. Any thread. */
    PeerStatistics statistics() {
        return counters.snapshot(
                id, lanes.values().stream().map(PeerLane::queue).toList());
    }

    PeerLane lane(Lane lane) {
        PeerLane its = lanes.get(lane);
        if (its == null) {
            throw new IllegalStateException("no lane " + lane);
        }
        return its;
    }

    /** Where it is called. */
    PeerAddress address() {
        return address;
    }

    boolean isMember() {
        return member;
    }

    /** True while it calls or is called. */
    boolean isInUse() {
        return lanes.values().stream().anyMatch(lane -> lane.hasCaller() || lane.isConnected());
    }

    /** It is a member at this address from now on. */
    void joined(PeerAddress at) {
        member = true;
        if (!address.equals(at)) {
            address = at;
            lanes.values().forEach(lane -> lane.hangUp("another address", true));
        }
    }

    /** It is no member any more; its address is kept, for the entry that tells it so. */
    void departed() {
        member = false;
    }

    /** Opens the streams that a leader needs, so that the first message does not wait for them. */
    void connect() {
        lane(Lane.URGENT).connect();
        lane(Lane.LOG).connect();
    }

    /** Ends all streams, and opens none any more. */
    void close(String reason) {
        address = PeerAddress.NONE;
        lanes.values().forEach(lane -> lane.close(reason));
    }

    /** Takes what came in by a stream. */
    void received(PeerLane lane, Pipe stream, IncomingBatch batch) {
        counters.received(batch);
        if (batch.malformed() + batch.unknown() > 0) {
            noteNotUnderstood(batch);
        }
        // Else the answers to a peer that asks and does not read would pile up here; it hears what waits before them.
        if (batch.ping() != 0 && stream.isReady()) {
            stream.send(new OutgoingBatch().add(wiring.encoder().number(FrameKind.PONG, batch.ping())));
        }
        if (batch.pong() != 0) {
            long roundTrip = watch.answered(batch.pong(), wiring.clock().nanoTime());
            if (roundTrip > 0) {
                counters.roundTrip(roundTrip);
            }
        }
        List<PeerMessage> messages = batch.messages();
        if (!messages.isEmpty() && lane.takes(stream)) {
            for (int place = 0; place < messages.size(); place++) {
                wiring.delivery().accept(id, messages.get(place));
            }
        }
    }

    /** Something was sent, or could not be because the stream is full: looks whether the peer is still there. */
    void used(long now) {
        PeerLane urgent = lane(Lane.URGENT);
        if (watch.isSilent(now)) {
            watch.reset();
            String reason = "silence for " + wiring.silenceNanos() / 1_000_000 + " ms";
            lanes.values().forEach(lane -> lane.close(reason));
        } else if (urgent.isConnected()) {
            long ping = watch.ask(now);
            if (ping != 0) {
                urgent.sendNow(wiring.encoder().number(FrameKind.PING, ping));
            }
        } else {
            urgent.connect();
        }
    }

    /** It called, or answered a call. */
    void isThere() {
        lanes.values().forEach(PeerLane::encourage);
    }

    /** One of the lanes is open. */
    void connected(PeerLane lane, PeerUrl url) {
        if (lane.lane() == Lane.URGENT) {
            watch.reset();
            counters.connected(true);
            isThere();
            LOG.info("peer connected node={} peer={} url={}", wiring.self(), id, url);
        }
    }

    /** One of the lanes was lost, or could not be opened. */
    void disconnected(PeerLane lane, boolean wasOpen, PeerUrl url, String reason) {
        if (wasOpen) {
            counters.lost();
        }
        if (lane.lane() != Lane.URGENT) {
            return;
        }
        counters.connected(false);
        watch.reset();
        if (wasOpen) {
            LOG.info(
                    "peer lost node={} peer={} url={} reason={}",
                    wiring.self(),
                    id,
                    url,
                    Printable.of(reason, TEXT_LENGTH_MAX));
        } else if (wiring.notices().isDue("unreachable " + id)) {
            LOG.info(
                    "peer unreachable node={} peer={} url={} reason={}",
                    wiring.self(),
                    id,
                    url,
                    Printable.of(reason, TEXT_LENGTH_MAX));
        }
    }

    /** What answers at the address is not this peer, or not one to talk to. */
    void refuses(Handshake.Refusal refusal, PeerUrl url) {
        if (wiring.notices().isDue("refused " + id + " " + refusal.reason())) {
            LOG.warn(
                    "peer refused node={} peer={} url={} reason={} text={}",
                    wiring.self(),
                    id,
                    url,
                    refusal.reason(),
                    refusal.text());
        }
    }

    /** The peer does not talk to this node; the reason and the text are its own. */
    void refusedBy(String reason, PeerUrl url, String text) {
        String known = Handshake.Reason.isName(reason) ? reason : "other";
        if (wiring.notices().isDue("refused by " + id + " " + known)) {
            LOG.warn(
                    "refused by peer node={} peer={} url={} reason={} text={}",
                    wiring.self(),
                    id,
                    url,
                    Printable.of(reason, REASON_LENGTH_MAX),
                    Printable.of(text, TEXT_LENGTH_MAX));
        }
    }

    /** The connection came no further than TLS: this node does not trust what answers, or is not trusted there. */
    void noTlsWith(PeerUrl url, String text) {
        if (wiring.notices().isDue("no TLS with " + id)) {
            LOG.warn(
                    "no TLS with peer node={} peer={} url={} text={}",
                    wiring.self(),
                    id,
                    url,
                    Printable.of(text, TEXT_LENGTH_MAX));
        }
    }

    /** A message is larger than what peers take. */
    void tooLarge(int bytes) {
        counters.dropped(1);
        if (wiring.notices().isDue("too large " + id)) {
            LOG.warn(
                    "message dropped node={} peer={} bytes={} messageBytesMax={}",
                    wiring.self(),
                    id,
                    bytes,
                    wiring.limits().messageBytesMax());
        }
    }

    private void noteNotUnderstood(IncomingBatch batch) {
        if (wiring.notices().isDue("not understood " + id)) {
            LOG.warn(
                    "frames not understood node={} peer={} unknownKinds={} malformed={} fault={}",
                    wiring.self(),
                    id,
                    batch.unknown(),
                    batch.malformed(),
                    batch.fault());
        }
    }
}
