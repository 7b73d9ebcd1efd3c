package dev.quorate.sim.faults;

import dev.quorate.raft.Message;
import dev.quorate.raft.NodeId;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.kernel.Schedule;
import dev.quorate.sim.net.SimNetwork;
import dev.quorate.sim.node.SimMachine;
import dev.quorate.spi.PeerMessage;
import java.util.List;

/**
 * Faults that follow each other at one leader in an order that chance alone rarely finds, and that only those survive
 * who know exactly until when they lead.
 */
final class LeaderTraps {
    private static final long AT_ONCE_NANOS = 5_000_000;

    private final Schedule schedule;
    private final Chance chance;
    private final List<SimMachine> machines;
    private final NetworkFaults cuts;
    private final MachineFaults faults;
    private final SimNetwork network;
    /** The measure of all that matters here. */
    private final long electionNanos;

    private long quietUntilNanos;
    private boolean stopped;

    LeaderTraps(
            Schedule schedule,
            Chance chance,
            List<SimMachine> machines,
            NetworkFaults cuts,
            MachineFaults faults,
            SimNetwork network,
            long electionNanos) {
        this.schedule = schedule;
        this.chance = chance;
        this.machines = machines;
        this.cuts = cuts;
        this.faults = faults;
        this.network = network;
        this.electionNanos = electionNanos;
    }

    /** Between so many hundredths of an election timeout. */
    private long part(int percentMin, int percentMax) {
        return chance.between(electionNanos / 100 * percentMin, electionNanos / 100 * percentMax);
    }

    /** Nothing that was begun goes on. */
    void stop() {
        stopped = true;
    }

    /** True while a trap is set: another fault would only free the leader. */
    boolean isSet() {
        return schedule.nowNanos() < quietUntilNanos;
    }

    private void quietFor(long nanos) {
        quietUntilNanos = schedule.nowNanos() + nanos;
    }

    /** Sets a trap for a leader. */
    void set(FaultKind kind, SimMachine leader) {
        switch (kind) {
            case CREEPING_PARTITION -> creepingPartition(leader);
            case DEAF_LEADER -> deafLeader(leader);
            case STALLED_PROMISE -> stalledPromise(leader);
            default -> throw new IllegalArgumentException("no trap: " + kind);
        }
    }

    private void later(long nanos, Runnable what) {
        schedule.in(nanos, () -> {
            if (!stopped) {
                what.run();
            }
        });
    }

    private List<SimMachine> others(SimMachine leader) {
        return machines.stream().filter(machine -> machine != leader).toList();
    }

    private static List<NodeId> ids(List<SimMachine> some) {
        return some.stream().map(SimMachine::id).toList();
    }

    /** One follower is lost, and looks for votes in vain; the others restart when the leader loses them, too. */
    private void creepingPartition(SimMachine leader) {
        List<SimMachine> others = others(leader);
        SimMachine lost = chance.pick(others);
        long then = part(30, 300);
        quietFor(then + 2 * electionNanos);
        cuts.cut(leader.id(), List.of(lost.id()), then + 3 * electionNanos);
        later(then, () -> {
            cuts.cut(leader.id(), ids(others), 3 * electionNanos);
            others.stream()
                    .filter(machine -> machine != lost)
                    .forEach(machine -> faults.kill(machine, this::restartAtOnce));
        });
    }

    private void restartAtOnce(SimMachine machine) {
        schedule.in(chance.between(1, AT_ONCE_NANOS), machine::start);
    }

    /** Answers become slow, the leader tells another one to campaign, and perhaps hears nothing at all from then on. */
    private void deafLeader(SimMachine leader) {
        List<NodeId> others = ids(others(leader));
        long late = chance.happens(0.7) ? part(2, 150) : 0;
        quietFor(late + 2 * electionNanos);
        if (late > 0) {
            cuts.slowTo(leader.id(), late, late + part(0, 300));
        }
        if (late == 0 || chance.happens(0.3)) {
            network.onNext(
                    leader.id(), LeaderTraps::asksToCampaign, () -> cuts.cutTo(leader.id(), others, part(1, 300)));
        }
        NodeId next = chance.pick(others);
        later(
                chance.between(0, late + 1),
                () -> leader.call(kv -> handOver(kv.node().transferLeadership(next)), () -> {}));
    }

    /** What becomes of it is not asked. */
    private static void handOver(Object unused) {}

    private static boolean asksToCampaign(PeerMessage message) {
        return message instanceof PeerMessage.Protocol protocol && protocol.message() instanceof Message.TimeoutNow;
    }

    /**
     * One follower is lost, and looks for votes in vain; another stalls, goes on, and is lost right after its answer.
     */
    private void stalledPromise(SimMachine leader) {
        List<SimMachine> others = others(leader);
        SimMachine lost = chance.pick(others);
        SimMachine stalled =
                chance.pick(others.stream().filter(machine -> machine != lost).toList());
        long then = part(100, 300);
        long stallNanos = part(20, 100);
        quietFor(then + stallNanos + 2 * electionNanos);
        cuts.cut(leader.id(), List.of(lost.id()), then + stallNanos + 3 * electionNanos);
        later(then, () -> stalled.stallAtClock(stallNanos));
        later(then + stallNanos, () -> cuts.cutFrom(leader.id(), ids(others), 3 * electionNanos));
    }
}
