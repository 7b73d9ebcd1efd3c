package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.Entry;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.Transport;
import java.util.concurrent.atomic.AtomicLong;

/** Where the messages of peers come in, up to a limit; those beyond are dropped, as a network would. Any thread. */
final class Arrivals implements Transport.Receiver {
    /** The most bytes of entries that wait, one message excepted: several windows of a leader. */
    static final long BYTES_MAX = 128L << 20;

    private final DutyCycle loop;
    private final Admission waiting;
    private final AtomicLong dropped = new AtomicLong();

    Arrivals(DutyCycle loop, int messagesMax) {
        this.loop = loop;
        this.waiting = new Admission(messagesMax, BYTES_MAX);
    }

    @Override
    public void received(NodeId from, PeerMessage message) {
        Arrival arrival = new Arrival(from, message);
        if (waiting.enter(arrival.bytes)) {
            loop.offer(arrival);
        } else {
            dropped.incrementAndGet();
        }
    }

    /** Of interest are requests, which go to the next leader then. */
    @Override
    public void notSent(NodeId to, PeerMessage message) {
        if (message instanceof PeerMessage.ForwardedProposal proposal) {
            loop.offer(new Returned(to, proposal));
        }
    }

    /** So many were taken out of the inbox, with so many bytes. */
    void taken(int count, long bytes) {
        waiting.leave(count, bytes);
    }

    /** One more message was dropped, because it makes no sense or its sender is nobody. */
    void drop() {
        dropped.incrementAndGet();
    }

    /** How many were dropped since the start. */
    long dropped() {
        return dropped.get();
    }

    /** How many wait. */
    int waiting() {
        return waiting.count();
    }

    /** The bytes of those that wait. */
    long waitingBytes() {
        return waiting.bytes();
    }

    /** A request that the transport could not send, on its way back to LOOP. */
    static final class Returned extends Inbox.Item {
        private final NodeId to;
        private final PeerMessage.ForwardedProposal message;

        private Returned(NodeId to, PeerMessage.ForwardedProposal message) {
            this.to = to;
            this.message = message;
        }

        NodeId to() {
            return to;
        }

        PeerMessage.ForwardedProposal message() {
            return message;
        }
    }

    /** One message on its way to LOOP. */
    static final class Arrival extends Inbox.Item {
        private final NodeId from;
        private final PeerMessage message;
        private final long bytes;

        private Arrival(NodeId from, PeerMessage message) {
            this.from = from;
            this.message = message;
            this.bytes = bytesOf(message);
        }

        private static long bytesOf(PeerMessage message) {
            long sum = 0;
            if (message instanceof PeerMessage.Protocol protocol) {
                for (Entry entry : protocol.entries()) {
                    sum += entry.payload().length();
                }
            } else if (message instanceof PeerMessage.Chunk part) {
                sum = part.chunk().data().length();
            } else if (message instanceof PeerMessage.ForwardedProposal proposal) {
                sum = proposal.payload().length();
            } else if (message instanceof PeerMessage.ForwardedAnswer answer) {
                sum = answer.outcome().response().length();
            }
            return sum;
        }

        /** The payload bytes in the message. */
        long bytes() {
            return bytes;
        }

        NodeId from() {
            return from;
        }

        PeerMessage message() {
            return message;
        }
    }
}
