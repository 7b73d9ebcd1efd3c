package dev.quorate.engine;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.Transport;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The network between nodes that live in one process: messages are handed over as they are, on the thread that sends
 * them, unless a {@link Courier} carries them otherwise. Links can be cut, for tests. Any thread.
 */
public final class InProcessNetwork {
    /** How a message gets to its receiver: at once, later, or never. */
    @FunctionalInterface
    public interface Courier {
        /**
         * Carries one message; must not block.
         *
         * @param delivery hands the message over when it is run: on any thread, once, more often (a duplicate) or never
         *     (a loss)
         */
        void carry(NodeId from, NodeId to, PeerMessage message, Runnable delivery);
    }

    private record Link(NodeId from, NodeId to) {}

    private final Courier courier;
    private final Map<NodeId, Endpoint> endpoints = new ConcurrentHashMap<>();
    private final Set<Link> cut = ConcurrentHashMap.newKeySet();

    /** A network that delivers at once. */
    public InProcessNetwork() {
        this((from, to, message, delivery) -> delivery.run());
    }

    /** A network whose messages are carried by this courier. */
    public InProcessNetwork(Courier courier) {
        this.courier = courier;
    }

    /** The transport of a node; a later one of the same node takes its place once it is started. */
    public Transport transport(NodeId self) {
        return transport(self, "");
    }

    /**
     * The transport of a node that is reached at this address only: what others send to it while their membership names
     * another one is lost. With "" on either side it is reached always.
     */
    public Transport transport(NodeId self, String address) {
        return new Endpoint(self, address);
    }

    /** Loses every message on the way from one node to another, until it is healed. */
    public void cut(NodeId from, NodeId to) {
        cut.add(new Link(from, to));
    }

    /** Lets messages pass again. */
    public void heal(NodeId from, NodeId to) {
        cut.remove(new Link(from, to));
    }

    /** Cuts a node off from all others that there are, in both directions. */
    public void isolate(NodeId node) {
        for (NodeId other : endpoints.keySet()) {
            if (!other.equals(node)) {
                cut(node, other);
                cut(other, node);
            }
        }
    }

    /** Lets messages pass everywhere. */
    public void healAll() {
        cut.clear();
    }

    private void deliver(NodeId from, NodeId to, String address, PeerMessage message) {
        Endpoint endpoint = endpoints.get(to);
        if (endpoint != null && leads(from, to, address)) {
            endpoint.receive(from, message);
        }
    }

    /** True when somebody would get a message from one node to another at this address now. */
    private boolean leads(NodeId from, NodeId to, String address) {
        Endpoint endpoint = endpoints.get(to);
        return endpoint != null && endpoint.isAt(address) && !cut.contains(new Link(from, to));
    }

    /** One node's end of the network. */
    private final class Endpoint implements Transport {
        private final NodeId self;
        private final String address;
        private final AtomicInteger receiving = new AtomicInteger();
        private volatile Membership membership = Membership.NONE;
        private volatile @Nullable Receiver receiver;
        private volatile boolean closed;

        private Endpoint(NodeId self, String address) {
            this.self = self;
            this.address = address;
        }

        private boolean isAt(String wanted) {
            return wanted.isEmpty() || address.isEmpty() || wanted.equals(address);
        }

        @Override
        public void start(Receiver itsReceiver) {
            receiver = itsReceiver;
            endpoints.put(self, this);
        }

        @Override
        public void send(NodeId to, PeerMessage message) {
            String known = membership.addresses().getOrDefault(to, "");
            Receiver present = receiver;
            if (!closed && leads(self, to, known)) {
                courier.carry(self, to, message, () -> deliver(self, to, known, message));
            } else if (present != null) {
                present.notSent(to, message);
            }
        }

        @Override
        public void membershipChanged(Membership now) {
            membership = now;
        }

        private void receive(NodeId from, PeerMessage message) {
            receiving.incrementAndGet();
            try {
                Receiver present = receiver;
                if (present != null) {
                    present.received(from, message);
                }
            } finally {
                receiving.decrementAndGet();
            }
        }

        @Override
        public void close() {
            closed = true;
            receiver = null;
            endpoints.remove(self, this);
            while (receiving.get() > 0) {
                // Somebody is about to hand a message over; that takes no longer than a few instructions.
                Thread.onSpinWait();
            }
        }
    }
}
