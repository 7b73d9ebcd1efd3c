package dev.quorate.sim.faults;

import dev.quorate.raft.NodeId;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.kernel.Schedule;
import dev.quorate.sim.net.SimNetwork;
import dev.quorate.sim.node.SimMachine;
import dev.quorate.sim.probes.Probe;
import dev.quorate.sim.probes.Probes;
import java.util.ArrayList;
import java.util.List;

/** The faults of the network. Each lasts for a while of its own, so that several may overlap. */
final class NetworkFaults {
    private static final long LAST_NANOS = 2_500_000_000L;
    private static final long SLOW_NANOS_MAX = 1_500_000_000L;

    private final Schedule schedule;
    private final Chance chance;
    private final Probes probes;
    private final List<NodeId> nodes;
    private final SimNetwork network;

    private record Way(NodeId from, NodeId to) {}

    NetworkFaults(Schedule schedule, Chance chance, Probes probes, List<SimMachine> machines, SimNetwork network) {
        this.schedule = schedule;
        this.chance = chance;
        this.probes = probes;
        this.nodes = machines.stream().map(SimMachine::id).toList();
        this.network = network;
    }

    void healAll() {
        network.healAll();
    }

    void strike(FaultKind kind, SimMachine machine) {
        switch (kind) {
            case ISOLATE -> isolate(machine.id());
            case HALVES -> halves();
            case ONE_WAY -> oneWay(machine.id());
            case PARTIAL -> partial();
            case SWIZZLE -> swizzle();
            case SLOW_LINK -> slow(machine.id());
            case LATE_ANSWERS -> lateAnswers(machine.id());
            default -> throw new IllegalArgumentException("not of the network: " + kind);
        }
    }

    private void isolate(NodeId node) {
        probes.hit(Probe.NODE_ISOLATED);
        cutForAWhile(between(node, nodes));
    }

    /** Cuts a node off from others, in both directions, for this long. */
    void cut(NodeId node, List<NodeId> others, long nanos) {
        cut(between(node, others), nanos);
    }

    /** Cuts what others say to a node, for this long. */
    void cutTo(NodeId node, List<NodeId> others, long nanos) {
        cut(others.stream().map(other -> new Way(other, node)).toList(), nanos);
    }

    /** Cuts what a node says to others, for this long. */
    void cutFrom(NodeId node, List<NodeId> others, long nanos) {
        cut(others.stream().map(other -> new Way(node, other)).toList(), nanos);
    }

    /** Makes what is said to a node later by so much, for this long. */
    void slowTo(NodeId node, long byNanos, long nanos) {
        nodes.forEach(other -> network.slow(other, node, byNanos));
        schedule.in(nanos, () -> nodes.forEach(other -> network.slow(other, node, 0)));
    }

    private static List<Way> between(NodeId node, List<NodeId> others) {
        List<Way> ways = new ArrayList<>();
        for (NodeId other : others) {
            if (!other.equals(node)) {
                ways.add(new Way(node, other));
                ways.add(new Way(other, node));
            }
        }
        return ways;
    }

    private void halves() {
        probes.hit(Probe.PARTITIONED_IN_HALVES);
        List<NodeId> left = new ArrayList<>();
        List<NodeId> right = new ArrayList<>();
        for (NodeId node : nodes) {
            (chance.happens(0.5) ? left : right).add(node);
        }
        List<Way> ways = new ArrayList<>();
        for (NodeId a : left) {
            for (NodeId b : right) {
                ways.add(new Way(a, b));
                ways.add(new Way(b, a));
            }
        }
        cutForAWhile(ways);
    }

    /** One link, or all that lead away from a node, or all that lead to it. */
    private void oneWay(NodeId node) {
        probes.hit(Probe.LINK_CUT_ONE_WAY);
        cutForAWhile(ways(node));
    }

    private List<Way> ways(NodeId node) {
        boolean away = chance.happens(0.5);
        if (chance.happens(0.4)) {
            NodeId other = chance.pick(nodes);
            return List.of(away ? new Way(node, other) : new Way(other, node));
        }
        List<Way> ways = new ArrayList<>();
        for (NodeId other : nodes) {
            ways.add(away ? new Way(node, other) : new Way(other, node));
        }
        return ways;
    }

    private void partial() {
        probes.hit(Probe.PARTIAL_PARTITION);
        List<Way> ways = new ArrayList<>();
        for (NodeId from : nodes) {
            for (NodeId to : nodes) {
                if (!from.equals(to) && chance.happens(0.3)) {
                    ways.add(new Way(from, to));
                }
            }
        }
        cutForAWhile(ways);
    }

    private void swizzle() {
        probes.hit(Probe.SWIZZLE_CLOGGED);
        long start = schedule.nowNanos();
        for (NodeId node : nodes) {
            if (chance.happens(0.6)) {
                long from = start + chance.between(0, LAST_NANOS / 4);
                long until = from + chance.between(1, LAST_NANOS);
                schedule.at(from, () -> network.clog(node, until));
            }
        }
    }

    private void slow(NodeId node) {
        List<Way> ways = ways(node);
        long nanos = chance.between(1_000_000, SLOW_NANOS_MAX);
        ways.forEach(way -> network.slow(way.from(), way.to(), nanos));
        schedule.in(chance.exponential(LAST_NANOS), () -> ways.forEach(way -> network.slow(way.from(), way.to(), 0)));
    }

    private void lateAnswers(NodeId node) {
        probes.hit(Probe.ANSWERS_LATE);
        long nanos = chance.between(1_000_000, SLOW_NANOS_MAX);
        slowTo(node, nanos, chance.exponential(LAST_NANOS));
        List<Way> lost = new ArrayList<>();
        for (NodeId other : nodes) {
            if (chance.happens(0.7)) {
                lost.add(new Way(node, other));
            }
        }
        schedule.in(chance.between(0, nanos), () -> cutForAWhile(lost));
    }

    private void cutForAWhile(List<Way> ways) {
        cut(ways, chance.exponential(LAST_NANOS / 2));
    }

    private void cut(List<Way> ways, long nanos) {
        ways.forEach(way -> network.cut(way.from(), way.to()));
        schedule.in(nanos, () -> ways.forEach(way -> network.heal(way.from(), way.to())));
    }
}
