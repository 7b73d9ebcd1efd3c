package dev.quorate.server.chaos;

import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lets the faults of a plan happen, and starts again what ended by itself. On the thread of the round. */
final class Nemesis {
    private static final long SUPERVISE_MILLIS = 500;
    private static final long RESTART_MILLIS = 1_000;

    private final RoundPlan plan;
    private final Members members;
    private final Agenda agenda;
    private final Journal journal;
    private final ProcessFaults processes;
    private final DamageFaults damage;
    private final Map<FaultKind, Faults> faults = new EnumMap<>(FaultKind.class);
    private final Map<FaultKind, Integer> struck = new EnumMap<>(FaultKind.class);
    private int ends;

    /**
     * A nemesis that has done nothing yet.
     *
     * @param all who does which fault
     */
    Nemesis(
            RoundPlan plan,
            Members members,
            Agenda agenda,
            Journal journal,
            ProcessFaults processes,
            DamageFaults damage,
            Map<FaultKind, Faults> all) {
        this.plan = plan;
        this.members = members;
        this.agenda = agenda;
        this.journal = journal;
        this.processes = processes;
        this.damage = damage;
        this.faults.putAll(all);
    }

    /** Lets everything happen, and returns when the time of the plan is up. */
    void run() throws IOException, InterruptedException {
        long began = agenda.millis();
        for (PlannedFault fault : plan.faults()) {
            agenda.at(began + fault.atMillis(), () -> strike(fault));
        }
        agenda.in(SUPERVISE_MILLIS, this::supervise);
        agenda.runUntil(began + plan.loadMillis());
    }

    private void strike(PlannedFault fault) throws IOException, InterruptedException {
        Faults doer = faults.get(fault.kind());
        if (doer == null) {
            throw new IllegalStateException("nobody does " + fault.kind());
        }
        journal.say("-- " + fault.kind().word());
        if (doer.strike(fault)) {
            struck.merge(fault.kind(), 1, Integer::sum);
        } else {
            journal.say("nobody is there for it");
        }
    }

    private void supervise() throws IOException {
        for (Member member : members.present()) {
            if (member.endedByItself()) {
                ends++;
                member.expectDown();
                endedByItself(member);
                agenda.in(RESTART_MILLIS, () -> {
                    if (!member.isAlive() && members.present().contains(member)) {
                        processes.start(member);
                    }
                });
            }
        }
        agenda.in(SUPERVISE_MILLIS, this::supervise);
    }

    /** What a disk does to a server may end it, and so may a cluster that does not know a newcomer; nothing else. */
    private void endedByItself(Member member) throws IOException {
        String event = member.name() + " ended by itself with exit code "
                + member.process().exitCode();
        boolean excused = member.number() > plan.nodes()
                || plan.faults().stream()
                        .map(PlannedFault::kind)
                        .anyMatch(kind -> kind.fillsDisk() || kind == FaultKind.CORRUPT);
        if (excused) {
            journal.say(event);
        } else {
            journal.wrong(event);
        }
        damage.ended(member);
    }

    /** Takes everything back, and starts what is down. */
    void heal() throws IOException, InterruptedException {
        journal.say("-- heal");
        agenda.clear();
        // Who does several kinds is told once; processes are back before anybody asks who the members are.
        Set<Faults> doers = new LinkedHashSet<>(List.of(processes));
        doers.addAll(faults.values());
        for (Faults each : doers) {
            each.healAll();
        }
        agenda.in(SUPERVISE_MILLIS, this::supervise);
    }

    /** How often which fault happened. */
    Map<FaultKind, Integer> struck() {
        return Map.copyOf(struck);
    }

    /** How often a process ended that nobody had ended. */
    int ends() {
        return ends;
    }
}
