package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.Transport;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Where the messages of peers come in, up to a limit; those beyond are dropped, as a network would. Any thread. */
final class Arrivals implements Transport.Receiver {
    private final DutyCycle loop;
    private final int messagesMax;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();

    Arrivals(DutyCycle loop, int messagesMax) {
        this.loop = loop;
        this.messagesMax = messagesMax;
    }

    @Override
    public void received(NodeId from, PeerMessage message) {
        if (waiting.incrementAndGet() > messagesMax) {
            waiting.decrementAndGet();
            dropped.incrementAndGet();
        } else {
            loop.offer(new Arrival(from, message));
        }
    }

    /** So many were taken out of the inbox. */
    void taken(int count) {
        waiting.addAndGet(-count);
    }

    /** One more message was dropped, because it makes no sense or its sender is nobody. */
    void drop() {
        dropped.incrementAndGet();
    }

    /** How many were dropped since the start. */
    long dropped() {
        return dropped.get();
    }

    /** One message on its way to LOOP. */
    static final class Arrival extends Inbox.Item {
        private final NodeId from;
        private final PeerMessage message;

        private Arrival(NodeId from, PeerMessage message) {
            this.from = from;
            this.message = message;
        }

        NodeId from() {
            return from;
        }

        PeerMessage message() {
            return message;
        }
    }
}
