package dev.quorate.sim.faults;

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

    private final Schedule schedule;
    private final Chance chance;
    private final Probes probes;
    private final Swarm swarm;
    private final List<SimMachine> machines;
    private final NetworkFaults network;
    private final MachineFaults faults;
    private final LeaderTraps traps;
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
        this.traps = new LeaderTraps(
                schedule,
                chance,
                this.machines,
                this.network,
                faults,
                network,
                swarm.options().raft().electionTimeoutNanos());
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
        traps.stop();
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

    private void strike() {
        if (stopped) {
            return;
        }
        if (!traps.isSet()) {
            strike(chance.pick(swarm.faults()));
        }
        plan();
    }

    private void strike(FaultKind kind) {
        SimMachine machine = victim();
        if (kind.isTrap()) {
            leader().ifPresent(leader -> traps.set(kind, leader));
        } else if (kind.group() == FaultKind.Group.NETWORK) {
            network.strike(kind, machine);
        } else if (!machine.isBusy()) {
            faults.strike(kind, machine, this::restartLater);
        }
        if (machines.stream().filter(SimMachine::isUp).count() <= machines.size() / 2) {
            probes.hit(Probe.MAJORITY_CRASHED);
        }
    }
}
