package dev.quorate.sim.net;

import dev.quorate.raft.NodeId;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.kernel.Schedule;
import dev.quorate.sim.probes.Probe;
import dev.quorate.sim.probes.Probes;
import dev.quorate.spi.PeerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The links between all nodes of a world. */
public final class SimNetwork {
    /** Where messages come out. */
    @FunctionalInterface
    public interface Arrival {
        /** A message has come to the machine of {@code to}, whether a process runs there or not. */
        void arrived(NodeId from, NodeId to, PeerMessage message);
    }

    private static final class Link {
        private int cuts;
        private long cloggedUntilNanos;
        private long slowNanos;
        private final Map<String, Long> lastArrivals = new TreeMap<>();
    }

    private record Trap(NodeId from, Predicate<PeerMessage> which, Runnable then) {}

    private final Schedule schedule;
    private final Chance chance;
    private final Probes probes;
    private final Arrival arrival;
    private final Map<NodeId, Map<NodeId, Link>> links = new TreeMap<>();
    private final List<Trap> traps = new ArrayList<>();
    private NetworkTraits traits;
    private long sent;

    /** A network of these nodes, all links whole. */
    public SimNetwork(
            Schedule schedule,
            Chance chance,
            Probes probes,
            NetworkTraits traits,
            List<NodeId> nodes,
            Arrival arrival) {
        this.schedule = schedule;
        this.chance = chance;
        this.probes = probes;
        this.traits = traits;
        this.arrival = arrival;
        for (NodeId from : nodes) {
            Map<NodeId, Link> out = new TreeMap<>();
            for (NodeId to : nodes) {
                out.put(to, new Link());
            }
            links.put(from, out);
        }
    }

    /** How many messages were sent. */
    public long sent() {
        return sent;
    }

    /** Changes how the network behaves. */
    public void traits(NetworkTraits now) {
        traits = now;
    }

    /** Does something once, right after the next message of this node that is one of those. */
    public void onNext(NodeId from, Predicate<PeerMessage> which, Runnable then) {
        traps.add(new Trap(from, which, then));
    }

    /**
     * Sends a message.
     *
     * @return false when the sender can be certain that it never left, as one whose connection is refused; of other
     *     losses nobody learns
     */
    public boolean send(NodeId from, NodeId to, PeerMessage message) {
        sent++;
        if (!traps.isEmpty()) {
            schedule.in(0, () -> spring(from, message));
        }
        Link link = link(from, to);
        if (link == null || link.cuts > 0) {
            probes.hit(Probe.MESSAGE_LOST);
            // A draw only where somebody asks, so that the others stay what they were.
            return !(message instanceof PeerMessage.ForwardedProposal && chance.happens(0.5));
        }
        if (chance.happens(traits.lossRate())) {
            probes.hit(Probe.MESSAGE_LOST);
        } else {
            transmit(from, to, link, message);
        }
        return true;
    }

    private void spring(NodeId from, PeerMessage message) {
        List<Trap> sprung = traps.stream()
                .filter(trap -> trap.from().equals(from) && trap.which().test(message))
                .toList();
        traps.removeAll(sprung);
        sprung.forEach(trap -> trap.then().run());
    }

    private void transmit(NodeId from, NodeId to, Link link, PeerMessage message) {
        carry(from, to, link, message);
        if (traits.duplicateRate() > 0 && chance.happens(traits.duplicateRate())) {
            probes.hit(Probe.MESSAGE_DUPLICATED);
            carry(from, to, link, message);
        }
    }

    private void carry(NodeId from, NodeId to, Link link, PeerMessage message) {
        long at = schedule.nowNanos() + chance.between(traits.delayNanosMin(), traits.delayNanosMax()) + link.slowNanos;
        if (traits.straggleRate() > 0 && chance.happens(traits.straggleRate())) {
            at += chance.between(0, traits.straggleNanosMax());
        }
        at = Math.max(at, link.cloggedUntilNanos);
        String kind = message.getClass().getSimpleName();
        long last = link.lastArrivals.getOrDefault(kind, 0L);
        if (at < last) {
            if (traits.inOrder()) {
                at = last;
            } else {
                probes.hit(Probe.MESSAGE_REORDERED);
            }
        }
        link.lastArrivals.put(kind, Math.max(at, last));
        schedule.at(at, () -> arrive(from, to, link, message));
    }

    private void arrive(NodeId from, NodeId to, Link link, PeerMessage message) {
        if (link.cuts > 0) {
            probes.hit(Probe.MESSAGE_LOST);
        } else if (link.cloggedUntilNanos > schedule.nowNanos()) {
            schedule.at(link.cloggedUntilNanos, () -> arrive(from, to, link, message));
        } else {
            arrival.arrived(from, to, message);
        }
    }

    /** Cuts the way from one node to another; what is on it is lost. Cuts add up, and each is healed for itself. */
    public void cut(NodeId from, NodeId to) {
        Link link = link(from, to);
        if (link != null) {
            link.cuts++;
        }
    }

    /** Takes one cut back. */
    public void heal(NodeId from, NodeId to) {
        Link link = link(from, to);
        if (link != null && link.cuts > 0) {
            link.cuts--;
        }
    }

    /** Holds back everything to and from a node until a time. */
    public void clog(NodeId node, long untilNanos) {
        for (NodeId other : links.keySet()) {
            for (Link link : both(node, other)) {
                link.cloggedUntilNanos = Math.max(link.cloggedUntilNanos, untilNanos);
            }
        }
    }

    /** Makes the way from one node to another slower by so much; 0 for as it was. */
    public void slow(NodeId from, NodeId to, long nanos) {
        Link link = link(from, to);
        if (link != null) {
            link.slowNanos = nanos;
        }
    }

    /** Heals everything that was cut, clogged or slow, and forgets what was to happen next. */
    public void healAll() {
        traps.clear();
        for (Map<NodeId, Link> out : links.values()) {
            for (Link link : out.values()) {
                link.cuts = 0;
                link.cloggedUntilNanos = 0;
                link.slowNanos = 0;
            }
        }
    }

    private List<Link> both(NodeId a, NodeId b) {
        List<Link> found = new ArrayList<>();
        Link there = link(a, b);
        Link back = link(b, a);
        if (there != null && back != null) {
            found.add(there);
            found.add(back);
        }
        return found;
    }

    private @Nullable Link link(NodeId from, NodeId to) {
        Map<NodeId, Link> out = links.get(from);
        return out == null ? null : out.get(to);
    }
}
