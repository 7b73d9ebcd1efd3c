package dev.quorate.server.chaos;

import dev.quorate.sim.kernel.Chance;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Kills, pauses, rolling restarts. */
final class ProcessFaults implements Faults {
    private static final long ROLL_POLL_MILLIS = 200;
    private static final long ROLL_PATIENCE_MILLIS = 20_000;

    private final Members members;
    private final Agenda agenda;
    private final Watches watches;
    private final Journal journal;

    ProcessFaults(Members members, Agenda agenda, Watches watches, Journal journal) {
        this.members = members;
        this.agenda = agenda;
        this.watches = watches;
        this.journal = journal;
    }

    @Override
    public boolean strike(PlannedFault fault) throws IOException {
        Chance chance = new Chance(fault.seed());
        Optional<Member> leader = members.leader().filter(Member::isIdle);
        List<Member> victims = victims(fault.kind(), chance, leader);
        if (victims.isEmpty()) {
            return false;
        }
        if (fault.kind() == FaultKind.ROLLING_RESTART) {
            roll(victims, 0);
            return true;
        }
        for (Member victim : victims) {
            if (fault.kind() == FaultKind.PAUSE) {
                pause(victim, fault.lastsMillis());
            } else {
                kill(victim, fault.lastsMillis());
            }
        }
        if (leader.isPresent() && victims.contains(leader.get()) && fault.kind() == FaultKind.KILL_LEADER) {
            watches.leaderKilled();
        }
        return true;
    }

    private List<Member> victims(FaultKind kind, Chance chance, Optional<Member> leader) {
        List<Member> idle = new ArrayList<>(members.idle());
        return switch (kind) {
            case KILL_LEADER -> leader.stream().toList();
            case PAUSE -> chance.happens(0.5) ? leader.stream().toList() : some(idle, 1, chance);
            case KILL_FOLLOWER -> {
                leader.ifPresent(idle::remove);
                yield some(idle, 1, chance);
            }
            case KILL_MAJORITY -> some(idle, members.present().size() / 2 + 1, chance);
            case KILL_ALL -> idle;
            // One that is down already is not stopped in good order.
            case ROLLING_RESTART -> idle.size() == members.present().size() ? idle : List.of();
            default -> throw new IllegalArgumentException("no fault of a process: " + kind);
        };
    }

    private static List<Member> some(List<Member> from, int count, Chance chance) {
        List<Member> left = new ArrayList<>(from);
        List<Member> chosen = new ArrayList<>();
        while (chosen.size() < count && !left.isEmpty()) {
            chosen.add(left.remove(chance.below(left.size())));
        }
        return chosen;
    }

    /** Kills it, and starts it again in a while. */
    void kill(Member victim, long lastsMillis) throws IOException {
        victim.expectDown();
        victim.process().kill();
        journal.say("killed " + victim.name());
        agenda.in(lastsMillis, () -> restart(victim));
    }

    /** Starts it, unless somebody else did, or it is no member any more. */
    void restart(Member member) throws IOException {
        if (!member.isAlive() && members.present().contains(member)) {
            start(member);
        }
    }

    /** Stops it as an operator does. */
    void stop(Member member) throws IOException {
        member.expectDown();
        if (member.process().stop()) {
            journal.say("stopped " + member.name() + " in good order");
        } else {
            int exitCode = member.process().exitCode();
            journal.wrong(member.name() + " ended with exit code " + exitCode + " when it was told to stop");
        }
    }

    /** Starts it, and takes the time until it has caught up. */
    void start(Member member) throws IOException {
        member.start();
        journal.say("started " + member.name());
        watches.started(member);
    }

    private void pause(Member victim, long lastsMillis) throws IOException {
        victim.process().pause();
        journal.say("paused " + victim.name() + " for " + lastsMillis + " ms");
        MemberProcess process = victim.process();
        agenda.in(lastsMillis, () -> {
            process.resume();
            journal.say("resumed " + victim.name());
        });
    }

    /** Stops and starts one, and the next one when it is back. */
    private void roll(List<Member> order, int at) throws IOException {
        if (at == order.size()) {
            journal.say("rolled through");
            return;
        }
        Member member = order.get(at);
        if (!member.isIdle() || !members.present().contains(member)) {
            roll(order, at + 1);
            return;
        }
        stop(member);
        start(member);
        awaitBack(order, at, agenda.millis() + ROLL_PATIENCE_MILLIS);
    }

    private void awaitBack(List<Member> order, int at, long deadline) {
        agenda.in(ROLL_POLL_MILLIS, () -> {
            Member member = order.get(at);
            boolean back = member.isIdle()
                    && member.status().filter(status -> status.getLeader() != 0).isPresent();
            if (back || agenda.millis() > deadline) {
                roll(order, at + 1);
            } else {
                awaitBack(order, at, deadline);
            }
        });
    }

    @Override
    public void healAll() throws IOException {
        for (Member member : members.present()) {
            if (member.isAlive() && member.process().isPaused()) {
                member.process().resume();
                journal.say("resumed " + member.name());
            }
            if (!member.isAlive()) {
                start(member);
            }
        }
    }
}
