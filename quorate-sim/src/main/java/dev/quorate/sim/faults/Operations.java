package dev.quorate.sim.faults;

import dev.quorate.raft.Membership;
import dev.quorate.raft.MembershipChange;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.node.SimMachine;
import dev.quorate.sim.probes.Probe;
import dev.quorate.sim.probes.Probes;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What an operator does, often and at the worst of times. */
final class Operations {
    private static final int VOTERS_MIN = 2;
    private static final int VOTERS_MAX = 7;

    private final Chance chance;
    private final Probes probes;
    private final List<SimMachine> machines;

    Operations(Chance chance, Probes probes, List<SimMachine> machines) {
        this.chance = chance;
        this.probes = probes;
        this.machines = machines;
    }

    /** Whether it comes to an end is not asked: what it does on its way is what counts. */
    private static void ignore(CompletableFuture<?> result) {
        var unused = result;
    }

    /** Does it at this machine, or at the leader where only a leader can. */
    void strike(FaultKind kind, SimMachine machine) {
        SimMachine leader = machines.stream()
                .filter(each -> each.isUp() && each.record().role() == Role.LEADER)
                .findFirst()
                .orElse(machine);
        switch (kind) {
            case SNAPSHOT -> machine.call(kv -> ignore(kv.node().snapshot()), () -> {});
            case CHECKPOINT -> leader.call(kv -> ignore(kv.node().checkpoint()), () -> {});
            case TRANSFER -> transfer(chance.happens(0.9) ? leader : machine, machine.id());
            case MEMBERSHIP -> change(chance.happens(0.9) ? leader : machine);
            default -> throw new IllegalArgumentException("no operation: " + kind);
        }
    }

    private void transfer(SimMachine at, NodeId to) {
        at.call(
                kv -> {
                    var unused = (chance.happens(0.5)
                                    ? kv.node().transferLeadership(to)
                                    : kv.node().transferLeadership())
                            .thenAccept(done -> probes.hit(Probe.LEADERSHIP_TRANSFERRED));
                },
                () -> {});
    }

    private void change(SimMachine at) {
        MembershipChange change = drawn(at.record().membership());
        at.call(
                kv -> {
                    var unused = kv.node().reconfigure(change).thenAccept(done -> probes.hit(Probe.MEMBERSHIP_CHANGED));
                },
                () -> {});
    }

    /** Any change, but none that makes the cluster too small to survive the crashes of this world. */
    private MembershipChange drawn(Membership now) {
        NodeId one = chance.pick(machines).id();
        NodeId other = chance.pick(machines).id();
        boolean mayShrink = now.voters().size() > VOTERS_MIN;
        boolean mayGrow = now.voters().size() < VOTERS_MAX;
        return switch (chance.below(8)) {
            case 0, 1 -> mayShrink ? MembershipChange.remove(one) : MembershipChange.addVoter(one, "");
            case 2 -> mayShrink ? MembershipChange.demote(one) : MembershipChange.addVoter(one, "");
            case 3, 4 -> mayGrow ? MembershipChange.addVoter(one, "") : MembershipChange.remove(one);
            case 5 -> MembershipChange.addLearner(one, "");
            case 6 -> MembershipChange.promote(one);
            default ->
                one.equals(other)
                        ? MembershipChange.updateAddress(one, "a" + chance.below(10))
                        : MembershipChange.replace(one, other, "");
        };
    }
}
