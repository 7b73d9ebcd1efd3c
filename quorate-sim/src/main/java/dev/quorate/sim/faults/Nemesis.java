package dev.quorate.sim.faults;

import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.kernel.Schedule;
import dev.quorate.sim.net.SimNetwork;
import dev.quorate.sim.node.SimMachine;
import dev.quorate.sim.probes.Probe;
import dev.quorate.sim.probes.Probes;
import java.util.List;
import java.util.Optional;

/** Lets faults happen, one after the other, as the swarm of the world has it. */
public final class Nemesis {
    private static final long RETRY_NANOS = 50_000_000;
    /** A follower that lost its leader looks for votes in between. */
    private static final long CREEP_NANOS_MIN = 300_000_000;

    private static final long CREEP_NANOS_MAX = 3_000_000_000L;
    private static final long AT_ONCE_NANOS = 5_000_000;

    private final Schedule schedule;
    private final Chance chance;
    private final Probes probes;
    private final Swarm swarm;
    private final List<SimMachine> machines;
    private final NetworkFaults network;
    private final MachineFaults faults;
    private boolean stopped;

    /** A nemesis that begins soon. */
    public Nemesis(
            Schedule schedule,
            Chance chance,
            Probes probes,
            Swarm swarm,
            List<SimMachine> machines,
            SimNetwork network) {
        this.schedule = schedule;
        this.chance = chance;
        this.probes = probes;
        this.swarm = swarm;
        this.machines = List.copyOf(machines);
        this.network = new NetworkFaults(schedule, chance, probes, this.machines, network);
        this.faults = new MachineFaults(schedule, chance, probes, this.machines);
        if (!swarm.faults().isEmpty()) {
            plan();
        }
        if (swarm.clockPpmMax() > 0) {
            probes.hit(Probe.CLOCK_RATES_DIFFER);
        }
    }

    /** No further faults; takes back those that last. */
    public void stop() {
        stopped = true;
        network.healAll();
        faults.healAll();
    }

    /** A machine went down: it starts again after a while. */
    public void restartLater(SimMachine machine) {
        long wait = stopped ? RETRY_NANOS : chance.exponential(swarm.restartNanos());
        schedule.in(wait, machine::start);
    }

    private void plan() {
        schedule.in(chance.exponential(swarm.faultNanos()), this::strike);
    }

    /** Anybody, but the leader more often than others. */
    private SimMachine victim() {
        SimMachine anybody = chance.pick(machines);
        if (chance.happens(0.6)) {
            return anybody;
        }
        return leader().orElse(anybody);
    }

    private Optional<SimMachine> leader() {
        return machines.stream()
                .filter(machine -> machine.isUp() && machine.record().role() == Role.LEADER)
                .findFirst();
    }

    private void creepingPartition() {
        leader().ifPresent(leader -> {
            List<NodeId> others = machines.stream()
                    .map(SimMachine::id)
                    .filter(id -> !id.equals(leader.id()))
                    .toList();
            NodeId lost = chance.pick(others);
            long then = chance.between(CREEP_NANOS_MIN, CREEP_NANOS_MAX);
            network.cut(leader.id(), List.of(lost), then + CREEP_NANOS_MAX);
            schedule.in(then, () -> {
                if (!stopped) {
                    network.cut(leader.id(), others, CREEP_NANOS_MAX);
                    machines.stream()
                            .filter(machine ->
                                    machine != leader && !machine.id().equals(lost))
                            .forEach(machine -> faults.kill(machine, this::restartAtOnce));
                }
            });
        });
    }

    private void restartAtOnce(SimMachine machine) {
        schedule.in(chance.between(1, AT_ONCE_NANOS), machine::start);
    }

    private void strike() {
        if (stopped) {
            return;
        }
        FaultKind kind = chance.pick(swarm.faults());
        SimMachine machine = victim();
        if (kind == FaultKind.CREEPING_PARTITION) {
            creepingPartition();
        } else if (kind.group() == FaultKind.Group.NETWORK) {
            network.strike(kind, machine);
        } else if (!machine.isBusy()) {
            faults.strike(kind, machine, this::restartLater);
        }
        if (machines.stream().filter(SimMachine::isUp).count() <= machines.size() / 2) {
            probes.hit(Probe.MAJORITY_CRASHED);
        }
        plan();
    }
}
