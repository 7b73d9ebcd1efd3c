package dev.quorate.server.chaos;

import dev.quorate.sim.kernel.Chance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Slow disks, full disks and clocks that jump. */
final class MachineFaults implements Faults {
    private static final int SYNC_MILLIS_MAX = 300;
    private static final int STEP_MILLIS_MAX = 120_000;

    private final Members members;
    private final Volumes volumes;
    private final Agenda agenda;
    private final Journal journal;

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
        volumes.fill(victim);
        journal.say("the disk of " + victim.name() + " is full for " + lastsMillis + " ms");
        agenda.in(lastsMillis, () -> {
            volumes.free(victim);
            journal.say("the disk of " + victim.name() + " has space again");
        });
    }

    @Override
    public void healAll() throws IOException {
        for (Member member : members.present()) {
            volumes.free(member);
            if (member.isAlive()) {
                member.process().tell(new Order.SlowDisk(0));
            }
        }
    }
}
