package dev.quorate.sim.world;

import dev.quorate.raft.Membership;
import dev.quorate.raft.NodeId;
import dev.quorate.sim.faults.Nemesis;
import dev.quorate.sim.faults.Swarm;
import dev.quorate.sim.invariants.BrokenInvariantException;
import dev.quorate.sim.invariants.Court;
import dev.quorate.sim.invariants.Rules;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.kernel.Schedule;
import dev.quorate.sim.kernel.TraceHash;
import dev.quorate.sim.kernel.VirtualClock;
import dev.quorate.sim.net.NetworkTraits;
import dev.quorate.sim.net.SimNetwork;
import dev.quorate.sim.node.Downfall;
import dev.quorate.sim.node.PauseGate;
import dev.quorate.sim.node.SimMachine;
import dev.quorate.sim.node.Surroundings;
import dev.quorate.sim.node.Tempo;
import dev.quorate.sim.probes.Probes;
import dev.quorate.sim.workload.Recorder;
import dev.quorate.sim.workload.SimClient;
import dev.quorate.sim.workload.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** One simulated cluster, from its first event to the judgement. Used once, by one thread. */
public final class World {
    private static final long BORN_MILLIS = 1_767_225_600_000L;
    private static final List<Downfall> DOWNFALLS = List.of(Downfall.values());
    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final long PATIENCE_NANOS = 120_000_000_000L;
    private static final long LOOK_NANOS = 50_000_000;
    private static final long ANSWERS_EACH = 3;

    private final Scenario scenario;
    private final Swarm swarm;
    private final Schedule schedule = new Schedule();
    private final TraceHash trace = new TraceHash();
    private final Probes probes = new Probes();
    private final Court court = new Court();
    private final Rules rules;
    private final SimNetwork network;
    private final List<SimMachine> machines = new ArrayList<>();
    private final List<SimClient> clients = new ArrayList<>();
    private final Recorder recorder = new Recorder();
    private final Nemesis nemesis;
    private final HistoryJudge judge;

    /** A world that has not begun. */
    public World(Scenario scenario, HistoryJudge judge) {
        this.scenario = scenario;
        this.judge = judge;
        Chance chance = new Chance(Chance.mix(scenario.seed()));
        swarm = Swarm.drawn(chance.split(), scenario.profile(), scenario.nodes(), scenario.minutes() * MINUTE_NANOS);
        List<NodeId> ids = new ArrayList<>();
        for (int i = 1; i <= swarm.nodes(); i++) {
            ids.add(NodeId.of(i));
        }
        rules = new Rules(court, Membership.ofVoters(ids.toArray(NodeId[]::new)));
        List<NodeId> all = new ArrayList<>(ids);
        for (int i = 1; i <= swarm.spares(); i++) {
            all.add(NodeId.of(swarm.nodes() + i));
        }
        network = new SimNetwork(
                schedule,
                chance.split(),
                probes,
                swarm.network(),
                all,
                (from, to, message) -> machine(to).receive(from, message));
        Surroundings surroundings = new Surroundings(
                schedule,
                chance.split(),
                trace,
                probes,
                rules,
                network,
                new PauseGate(),
                swarm.options(),
                swarm.walOptions(),
                ids);
        for (NodeId id : all) {
            machines.add(machine(id, surroundings, chance));
        }
        nemesis = new Nemesis(schedule, chance.split(), probes, swarm, machines, network);
        machines.forEach(SimMachine::start);
        Workload workload = new Workload(chance.split());
        for (int i = 0; i < swarm.clients(); i++) {
            clients.add(new SimClient(
                    i,
                    schedule,
                    chance.split(),
                    trace,
                    probes,
                    rules,
                    workload,
                    recorder,
                    machines,
                    swarm.clientTraits()));
        }
        clients.forEach(client -> client.useSessions(swarm.sessionTraits(), chance.split()));
    }

    private SimMachine machine(NodeId id, Surroundings surroundings, Chance chance) {
        int ppm = swarm.clockPpmMax();
        VirtualClock clock = new VirtualClock(
                schedule,
                chance.between(0, 1_000_000_000_000L),
                BORN_MILLIS + chance.between(0, 1000),
                ppm == 0 ? 0 : chance.happens(0.5) ? drift(chance, ppm) : chance.between(-ppm, ppm));
        return new SimMachine(
                id, surroundings, Tempo.drawn(chance, swarm.pauses()), clock, chance.nextLong(), this::ended);
    }

    private static long drift(Chance chance, int ppm) {
        return chance.happens(0.5) ? ppm : -ppm;
    }

    private SimMachine machine(NodeId id) {
        return machines.get((int) id.value() - 1);
    }

    private void ended(SimMachine machine, Downfall how) {
        trace.add(machine.id().value(), DOWNFALLS.indexOf(how));
        nemesis.restartLater(machine);
    }

    /** Lets everything happen. */
    public WorldReport run() {
        boolean undecided = false;
        Optional<WorldReport.Failure> failure;
        try {
            runUntil(swarm.durationNanos());
            heal();
            demandLiveness();
            clients.forEach(SimClient::finish);
            HistoryJudge.Judgement judgement = judge.judge(recorder.history());
            undecided = judgement.undecided();
            failure = judgement
                    .violation()
                    .map(text -> new WorldReport.Failure(
                            HistoryJudge.INVARIANT,
                            text.lines().findFirst().orElse(""),
                            text.lines().toList()));
        } catch (BrokenInvariantException e) {
            failure = Optional.of(failure(court.first().orElse(e)));
        }
        return new WorldReport(
                scenario,
                failure,
                trace.toString(),
                schedule.happened(),
                schedule.nowNanos(),
                recorder.count(),
                rules.ledger().committed(),
                undecided,
                probes);
    }

    private void heal() {
        nemesis.stop();
        network.traits(NetworkTraits.GOOD);
        machines.stream().filter(machine -> !machine.isUp()).forEach(SimMachine::start);
    }

    private void demandLiveness() {
        long[] before = clients.stream().mapToLong(SimClient::answered).toArray();
        demand("every client is answered", () -> {
            for (int i = 0; i < before.length; i++) {
                if (clients.get(i).answered() < before[i] + ANSWERS_EACH) {
                    return false;
                }
            }
            return true;
        });
        clients.forEach(SimClient::stop);
        demand("no client waits", () -> clients.stream().noneMatch(SimClient::isWaiting));
        demand("all replicas come to one state", this::haveConverged);
    }

    private boolean haveConverged() {
        long committed = rules.ledger().committed();
        Membership membership = rules.membership();
        return !membership.isJoint()
                && rules.nodes().stream()
                        .filter(node -> membership.contains(node.id()))
                        .allMatch(node -> node.hasApplied(committed));
    }

    private void demand(String what, BooleanSupplier reached) {
        long until = schedule.nowNanos() + PATIENCE_NANOS;
        while (!reached.getAsBoolean()) {
            if (schedule.nowNanos() >= until) {
                throw court.broken("Liveness", "after everything healed, not reached: " + what);
            }
            runUntil(schedule.nowNanos() + LOOK_NANOS);
        }
    }

    private void runUntil(long untilNanos) {
        boolean more = true;
        while (more) {
            try {
                more = schedule.next(untilNanos);
            } catch (BrokenInvariantException e) {
                throw e;
            } catch (RuntimeException e) {
                throw court.broken(
                        "NothingUnexpected",
                        e + " at "
                                + List.of(e.getStackTrace()).stream().limit(12).toList());
            }
            if (court.isBroken()) {
                throw court.first().orElseThrow();
            }
        }
    }

    private WorldReport.Failure failure(BrokenInvariantException broken) {
        List<String> details = new ArrayList<>();
        details.add("world: " + swarm);
        for (SimMachine machine : machines) {
            details.add("");
            details.add("node " + machine.id() + (machine.isUp() ? ", up, " : ", down, ") + machine.record());
            machine.ring().lines().forEach(line -> details.add("  " + line));
        }
        return new WorldReport.Failure(broken.invariant(), String.valueOf(broken.getMessage()), details);
    }
}
