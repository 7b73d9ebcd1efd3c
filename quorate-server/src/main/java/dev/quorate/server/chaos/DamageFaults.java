package dev.quorate.server.chaos;

import dev.quorate.server.node.Workplace;
import dev.quorate.sim.kernel.Chance;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Flips a bit in a file of a stopped member: in its log or in a snapshot, at one member of a cluster only, because that
 * is what the others can repair for sure.
 *
 * <p>The member is stopped in good order before. The record that it then writes last proves that everything before was
 * synced; what was synced last, without anything behind it, no log can tell from a torn write when it is damaged.
 *
 * <p>The member has to repair itself when it starts, or refuse to; then its data are wiped, as an operator would, and
 * it gets everything from the others.
 */
final class DamageFaults implements Faults {
    private static final long POLL_MILLIS = 500;

    private final Members members;
    private final Agenda agenda;
    private final ProcessFaults processes;
    private final Journal journal;
    private @Nullable Member victim;
    /** The bit is flipped, and the member has not answered since. */
    private boolean fresh;

    DamageFaults(Members members, Agenda agenda, ProcessFaults processes, Journal journal) {
        this.members = members;
        this.agenda = agenda;
        this.processes = processes;
        this.journal = journal;
    }

    @Override
    public boolean strike(PlannedFault fault) throws IOException {
        Chance chance = new Chance(fault.seed());
        List<Member> idle = members.idle();
        Member chosen = victim;
        if (chosen == null && !idle.isEmpty()) {
            chosen = chance.pick(idle);
        }
        if (chosen == null || !idle.contains(chosen) || chosen.status().isEmpty()) {
            return false;
        }
        Member member = chosen;
        processes.stop(member);
        boolean flipped = flip(member, chance);
        if (flipped) {
            victim = member;
            fresh = true;
        }
        agenda.in(fault.lastsMillis(), () -> {
            processes.restart(member);
            awaitBack(member);
        });
        return flipped;
    }

    private void awaitBack(Member member) {
        agenda.in(POLL_MILLIS, () -> {
            if (member.isIdle() && member.status().isPresent()) {
                fresh = false;
            } else if (fresh) {
                awaitBack(member);
            }
        });
    }

    private boolean flip(Member member, Chance chance) throws IOException {
        List<Path> segments = files(member.data().resolve("log"), ".segment");
        List<Path> snapshots = files(member.data().resolve("snapshots"), ".snap");
        List<Path> files = snapshots.isEmpty() || chance.happens(0.65) ? segments : snapshots;
        if (files.isEmpty()) {
            return false;
        }
        Path file = chance.pick(files);
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            long used = used(bytes);
            if (used == 0) {
                return false;
            }
            long position = chance.between(0, used - 1);
            int bit = chance.below(Byte.SIZE);
            bytes.seek(position);
            int old = bytes.read();
            bytes.seek(position);
            bytes.write(old ^ (1 << bit));
            bytes.getFD().sync();
            journal.say("flipped bit " + bit + " of byte " + position + " in " + file);
        }
        return true;
    }

    /** How much of a file is not just room for more. */
    private static long used(RandomAccessFile bytes) throws IOException {
        byte[] all = new byte[Math.toIntExact(bytes.length())];
        bytes.readFully(all);
        int used = all.length;
        while (used > 0 && all[used - 1] == 0) {
            used--;
        }
        return used;
    }

    private static List<Path> files(Path directory, String suffix) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
        }
    }

    /** A process ended by itself: when it is the damaged one, and has not come up since, it refused. */
    void ended(Member member) throws IOException {
        if (member == victim && fresh && Files.exists(member.data())) {
            fresh = false;
            journal.say(member.name() + " refuses its damaged data: wiped");
            Workplace.delete(member.data());
        }
    }

    /** Tells what became of the damage. */
    @Override
    public void healAll() throws IOException {
        Optional<Member> damaged = Optional.ofNullable(victim);
        if (damaged.isPresent() && Files.isDirectory(damaged.get().data().resolve("damaged"))) {
            journal.say(damaged.get().name() + " repaired its log");
        }
    }
}
