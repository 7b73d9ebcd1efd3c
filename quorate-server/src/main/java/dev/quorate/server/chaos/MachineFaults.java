package dev.quorate.server.chaos;

import dev.quorate.sim.kernel.Chance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Slow disks, full disks and clocks that jump. */
final class MachineFaults implements Faults {
    private static final int SYNC_MILLIS_MAX = 300;
    private static final int STEP_MILLIS_MAX = 120_000;
    private static final long REFUSAL_POLL_MILLIS = 500;
    /** For so long beyond its time a disk stays full when the log has not noticed. */
    private static final long REFUSAL_PATIENCE_MILLIS = 15_000;

    private final Members members;
    private final Volumes volumes;
    private final Agenda agenda;
    private final Journal journal;
    /** Those whose disks are full. */
    private final Set<Member> full = new HashSet<>();

    MachineFaults(Members members, Volumes volumes, Agenda agenda, Journal journal) {
        this.members = members;
        this.volumes = volumes;
        this.agenda = agenda;
        this.journal = journal;
    }

    @Override
    public boolean strike(PlannedFault fault) throws IOException {
        Chance chance = new Chance(fault.seed());
        List<Member> idle = new ArrayList<>(members.idle());
        Optional<Member> leader = members.leader().filter(Member::isIdle);
        boolean leads = fault.kind() == FaultKind.FULL_DISK_LEADER
                || (fault.kind() != FaultKind.FULL_DISK_FOLLOWER && chance.happens(0.4));
        if (leads) {
            idle = leader.stream().toList();
        } else {
            leader.ifPresent(idle::remove);
        }
        if (fault.kind().fillsDisk()) {
            idle = idle.stream().filter(member -> !full.contains(member)).toList();
        }
        if (idle.isEmpty()) {
            return false;
        }
        Member victim = chance.pick(idle);
        switch (fault.kind()) {
            case SLOW_DISK -> slow(victim, 10 + chance.below(SYNC_MILLIS_MAX), fault.lastsMillis());
            case CLOCK_STEP -> step(victim, chance.between(-STEP_MILLIS_MAX, STEP_MILLIS_MAX));
            case FULL_DISK_LEADER, FULL_DISK_FOLLOWER -> fill(victim, fault.lastsMillis());
            default -> throw new IllegalArgumentException("no fault of a machine: " + fault.kind());
        }
        return true;
    }

    private void slow(Member victim, int millis, long lastsMillis) {
        MemberProcess process = victim.process();
        process.tell(new Order.SlowDisk(millis));
        journal.say("each sync of " + victim.name() + " takes " + millis + " ms more for " + lastsMillis + " ms");
        agenda.in(lastsMillis, () -> {
            process.tell(new Order.SlowDisk(0));
            journal.say("the disk of " + victim.name() + " is as fast as it was");
        });
    }

    private void step(Member victim, long millis) {
        victim.process().tell(new Order.StepClock(millis));
        journal.say("the clock of " + victim.name() + " steps by " + millis + " ms");
    }

    private void fill(Member victim, long lastsMillis) throws IOException {
        int refusals = victim.logRefusals();
        full.add(victim);
        volumes.fill(victim);
        journal.say("the disk of " + victim.name() + " is full for " + lastsMillis + " ms");
        long deadline = agenda.millis() + lastsMillis + REFUSAL_PATIENCE_MILLIS;
        agenda.in(lastsMillis, () -> freeWhenRefused(victim, refusals, deadline));
    }

    /** Gives the victim space again, not before its log needed some; what it had taken ahead lasts for a while. */
    private void freeWhenRefused(Member victim, int before, long deadline) throws IOException {
        boolean refused = victim.logRefusals() > before;
        if (!refused && victim.isAlive() && agenda.millis() < deadline) {
            agenda.in(REFUSAL_POLL_MILLIS, () -> freeWhenRefused(victim, before, deadline));
            return;
        }
        full.remove(victim);
        volumes.free(victim);
        journal.say("the disk of " + victim.name() + " has space again; its log "
                + (refused ? "had refused to write" : "had never needed any"));
    }

    @Override
    public void healAll() throws IOException {
        full.clear();
        for (Member member : members.present()) {
            volumes.free(member);
            if (member.isAlive()) {
                member.process().tell(new Order.SlowDisk(0));
            }
        }
    }
}
