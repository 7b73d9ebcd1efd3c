package dev.quorate.grpc;

import dev.quorate.spi.PeerMessage;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One lane to one peer: a bounded queue, and the stream that empties it.
 *
 * <pre>
 *   any thread ── offer ──► queue ── drain, network thread ──► the stream that this node dialed
 *                             │                                else the one that the peer dialed
 *                             └─ full, or nobody to send to: dropped and counted
 * </pre>
 *
 * <p>The queue is emptied when the stream is ready: what gathers while it is not leaves as one batch. There are no
 * timers: a lost stream is dialed again by the next message after its back-off; until then messages are dropped.
 *
 * <p>Messages are taken from the newest stream that the peer dialed; from the one that this node dialed only as long as
 * the peer's own has brought none. A peer prefers its own stream in the same way, so that messages stay in order when
 * one stream takes the place of another: those that the older one still brings are lost.
 */
final class PeerLane {
    /** A message that waits, and about how many bytes it has. */
    private record Waiting(PeerMessage message, int bytes) {}

    private final Wiring wiring;
    private final Peer peer;
    private final Lane lane;
    private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingMessages = new AtomicInteger();
    private final AtomicLong waitingBytes = new AtomicLong();
    private final AtomicBoolean drainIsDue = new AtomicBoolean();
    private final Runnable drainTask = this::drainDue;

    private final Backoff backoff;
    private @Nullable DialedStream dialed;
    private @Nullable AcceptedStream accepted;
    private boolean callerSpoke;

    PeerLane(Wiring wiring, Peer peer, Lane lane) {
        this.wiring = wiring;
        this.peer = peer;
        this.lane = lane;
        this.backoff = new Backoff(wiring.random());
    }

    Lane lane() {
        return lane;
    }

    /** Queues a message, or drops it when there is no room. Never blocks. Any thread. */
    void offer(PeerMessage message) {
        int bytes = FrameEncoder.estimate(message);
        if (!enter(bytes)) {
            peer.counters().dropped(1);
            wiring.undelivered().accept(peer.id(), message);
            return;
        }
        queue.add(new Waiting(message, bytes));
        if (drainIsDue.compareAndSet(false, true)) {
            wiring.thread().execute(drainTask);
        }
    }

    /** What waits. Any thread. */
    PeerStatistics.Queue queue() {
        return new PeerStatistics.Queue(
                lane.name().toLowerCase(Locale.ROOT), waitingMessages.get(), waitingBytes.get());
    }

    private boolean enter(int bytes) {
        int messages = waitingMessages.incrementAndGet();
        long allBytes = waitingBytes.addAndGet(bytes);
        boolean fits = messages <= wiring.limits().messagesMax(lane)
                && (allBytes <= wiring.limits().bytesMax(lane) || messages == 1);
        if (!fits) {
            left(bytes);
        }
        return fits;
    }

    private void left(int bytes) {
        waitingMessages.decrementAndGet();
        waitingBytes.addAndGet(-bytes);
    }

    private void drainDue() {
        drainIsDue.set(false);
        drain();
    }

    /** Sends what waits as far as a stream takes it; dials when there is none. Network thread, as all below. */
    void drain() {
        long now = wiring.clock().nanoTime();
        DialedStream own = dialed(now);
        Pipe pipe = own != null && own.isOpen() ? own : accepted;
        if (pipe == null) {
            if (own == null) {
                dropAll();
            }
            return;
        }
        while (pipe.isReady() && !queue.isEmpty()) {
            OutgoingBatch batch = gather();
            if (batch.count() > 0) {
                peer.counters().sent(batch);
                pipe.send(batch);
            }
        }
        peer.used(now);
    }

    /** Opens a stream to the peer, if it is not open and an attempt is due. */
    void connect() {
        var unused = dialed(wiring.clock().nanoTime());
    }

    /** True when the stream that this node dialed is open. */
    boolean isConnected() {
        return dialed != null && dialed.isOpen();
    }

    /** Sends a frame ahead of what waits. */
    void sendNow(Frame frame) {
        if (isConnected() && dialed != null) {
            dialed.send(new OutgoingBatch().add(frame));
        }
    }

    /** Ends this node's own stream; {@code again} when the next attempt may be made at once. */
    void hangUp(String reason, boolean again) {
        DialedStream own = dialed;
        if (own != null) {
            own.close(reason);
            ended(own, reason);
        }
        if (again) {
            backoff.reset();
        }
    }

    /** Ends both streams: the peer is gone, or is to be. */
    void close(String reason) {
        AcceptedStream its = accepted;
        if (its != null) {
            its.close(reason);
            ended(its);
        }
        hangUp(reason, false);
    }

    /** The peer is there: the next attempt need not wait. */
    void encourage() {
        backoff.encourage(wiring.clock().nanoTime());
    }

    /** The peer opened a stream; an older one of it is of no use any more. */
    void accepted(AcceptedStream stream) {
        if (accepted != null) {
            accepted.close("the caller opened a newer stream");
        }
        accepted = stream;
        callerSpoke = false;
        peer.isThere();
    }

    /** True when the peer's stream is open. */
    boolean hasCaller() {
        return accepted != null;
    }

    /** True when messages that came by this stream are to be taken. */
    boolean takes(Pipe stream) {
        if (stream == accepted) {
            callerSpoke = true;
            return true;
        }
        return stream == dialed && !callerSpoke;
    }

    /** The peer answered the handshake. */
    void opened(DialedStream stream) {
        peer.connected(this, stream.url());
        drain();
    }

    /** This node's own stream ended. */
    void ended(DialedStream stream, String reason) {
        if (dialed != stream) {
            return;
        }
        dialed = null;
        long now = wiring.clock().nanoTime();
        backoff.failed(now, stream.openNanos(now), peer.address().urls().size());
        peer.disconnected(this, stream.isOpen(), stream.url(), reason);
        if (!queue.isEmpty()) {
            drain();
        }
    }

    /** The peer's stream ended. */
    void ended(AcceptedStream stream) {
        if (accepted == stream) {
            accepted = null;
            callerSpoke = false;
        }
    }

    private @Nullable DialedStream dialed(long now) {
        DialedStream own = dialed;
        if (own != null && own.waitedNanos(now) >= 2 * wiring.silenceNanos()) {
            hangUp("no answer to the handshake", false);
            own = dialed;
        }
        if (own == null && backoff.isDue(now) && !peer.address().urls().isEmpty()) {
            PeerAddress address = peer.address();
            own = new DialedStream(
                    wiring,
                    peer,
                    this,
                    address.urls().get(backoff.turn(address.urls().size())));
            dialed = own;
            own.begin();
        }
        return own;
    }

    private OutgoingBatch gather() {
        OutgoingBatch batch = new OutgoingBatch();
        while (batch.bytes() < wiring.limits().batchBytesMax()) {
            Waiting next = queue.poll();
            if (next == null) {
                break;
            }
            left(next.bytes());
            Frame frame = wiring.encoder().encode(next.message());
            if (frame.length() > wiring.limits().messageBytesMax()) {
                peer.tooLarge(frame.length());
            } else {
                batch.add(frame);
            }
        }
        return batch;
    }

    private void dropAll() {
        int dropped = 0;
        for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
            left(next.bytes());
            dropped++;
            wiring.undelivered().accept(peer.id(), next.message());
        }
        peer.counters().dropped(dropped);
    }
}
