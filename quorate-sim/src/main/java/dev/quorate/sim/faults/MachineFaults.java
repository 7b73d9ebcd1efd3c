package dev.quorate.sim.faults;

import dev.quorate.raft.Role;
import dev.quorate.sim.kernel.Chance;
import dev.quorate.sim.kernel.Schedule;
import dev.quorate.sim.node.SimMachine;
import dev.quorate.sim.probes.Probe;
import dev.quorate.sim.probes.Probes;
import dev.quorate.spi.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The faults of machines: crashes, pauses, disks; and what is no fault, but forced often. */
final class MachineFaults {
    private static final long PAUSE_NANOS_MAX = 6_000_000_000L;
    private static final long DISK_NANOS = 1_500_000_000L;
    private static final long SLOW_NANOS_MAX = 3_000_000_000L;
    private static final int JUMP_MILLIS_MAX = 7_200_000;
    private static final int SPACE_LEFT_MAX = 12_000;

    private final Schedule schedule;
    private final Chance chance;
    private final Probes probes;
    private final List<SimMachine> machines;
    private final Operations operations;
    private final SimMachine victim;

    MachineFaults(Schedule schedule, Chance chance, Probes probes, List<SimMachine> machines) {
        this.schedule = schedule;
        this.chance = chance;
        this.probes = probes;
        this.machines = machines;
        this.victim = chance.pick(machines);
        this.operations = new Operations(chance, probes, machines);
    }

    void healAll() {
        for (SimMachine machine : machines) {
            machine.disk().heal();
            machine.slowDisk(0);
            machine.crashAfterSends(Integer.MAX_VALUE);
        }
    }

    void strike(FaultKind kind, SimMachine machine, Consumer<SimMachine> restart) {
        switch (kind) {
            case CRASH -> crash(machine, restart);
            case CRASH_IN_DISK -> machine.disk().crashAfter(1 + chance.below(60));
            case CRASH_IN_SENDS -> machine.crashAfterSends(chance.below(30));
            case CRASH_MANY -> crashMany(restart);
            case KILL -> kill(machine, restart);
            case CLOSE -> close(machine, restart);
            case PAUSE -> pause(machine);
            case WALL_JUMP -> jump(machine);
            case SNAPSHOT, CHECKPOINT, TRANSFER, MEMBERSHIP -> operations.strike(kind, machine);
            default -> disk(kind, machine, restart);
        }
    }

    private void crash(SimMachine machine, Consumer<SimMachine> restart) {
        if (machine.isUp() && !machine.isBusy()) {
            probes.hit(machine.record().role() == Role.LEADER ? Probe.LEADER_CRASHED : Probe.FOLLOWER_CRASHED);
            machine.crash();
            restart.accept(machine);
        }
    }

    private void crashMany(Consumer<SimMachine> restart) {
        double share = chance.unit();
        for (SimMachine machine : machines) {
            if (chance.happens(share)) {
                crash(machine, restart);
            }
        }
    }

    /** Kills the process of a machine that is up. */
    void kill(SimMachine machine, Consumer<SimMachine> restart) {
        if (machine.isUp() && !machine.isBusy()) {
            machine.kill();
            restart.accept(machine);
        }
    }

    private void close(SimMachine machine, Consumer<SimMachine> restart) {
        if (machine.isUp() && !machine.isBusy()) {
            try {
                machine.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            restart.accept(machine);
        }
    }

    private void pause(SimMachine machine) {
        probes.hit(Probe.NODE_PAUSED);
        machine.pause(schedule.nowNanos() + chance.between(1_000_000, PAUSE_NANOS_MAX));
    }

    private void jump(SimMachine machine) {
        probes.hit(Probe.WALL_CLOCK_JUMPED);
        machine.clock().jumpWall(chance.between(-JUMP_MILLIS_MAX, JUMP_MILLIS_MAX));
    }

    private void disk(FaultKind kind, SimMachine machine, Consumer<SimMachine> restart) {
        machine.faulted();
        switch (kind) {
            case SYNC_FAILURE -> {
                probes.hit(Probe.SYNC_FAILED);
                machine.disk().failNextForce();
            }
            case WRITE_FAILURE -> {
                probes.hit(Probe.WRITE_FAILED);
                machine.disk().failNextWrite();
            }
            case READ_FAILURE -> unreadable(machine);
            case BIT_ROT -> rot(restart);
            case WIPE -> wipe(restart);
            case DISK_FULL -> full(machine);
            case DISK_SLOW -> slow(machine);
            default -> throw new IllegalArgumentException("not of a disk: " + kind);
        }
    }

    /**
     * Flips a bit at the one machine of the world whose disk may lose what was durable; not again before it has started
     * since, because two bits may be the only two copies of something. The last synced write of a log is left alone:
     * damaged, it looks like one that a crash cut off before anybody was told of it, and no log can tell the two apart.
     */
    private void rot(Consumer<SimMachine> restart) {
        List<Path> files = victim.disk().files();
        if (files.isEmpty() || victim.record().isDamaged()) {
            return;
        }
        Path file = chance.pick(files);
        try {
            OptionalLong place = usedPlace(victim.disk().content(file));
            boolean isSegment = file.toString().endsWith(".segment");
            long end = isSegment ? victim.disk().lastForcedFrom(file) : Long.MAX_VALUE;
            if (place.isPresent() && place.getAsLong() < end) {
                probes.hit(Probe.BIT_ROT);
                victim.damaged();
                victim.disk().flipBit(file, place.getAsLong() * Byte.SIZE + chance.below(Byte.SIZE));
                if (chance.happens(0.7)) {
                    crash(victim, restart);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A byte that is not zero, and so probably means something; empty when a few tries find none. */
    private OptionalLong usedPlace(Bytes content) {
        for (int tries = 0; tries < 40 && !content.isEmpty(); tries++) {
            int place = chance.below(content.length());
            if (content.at(place) != 0) {
                return OptionalLong.of(place);
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Takes all files of the victim away. Not before every other machine has entries: what such a cluster would look
     * like cannot be told from one that is being formed.
     */
    private void wipe(Consumer<SimMachine> restart) {
        boolean formed = machines.stream()
                .allMatch(machine -> machine == victim || machine.record().hasDurableEntries());
        if (!formed || victim.isBusy()) {
            return;
        }
        crash(victim, restart);
        probes.hit(Probe.DISK_WIPED);
        victim.damaged();
        victim.disk().wipe();
    }

    private void full(SimMachine machine) {
        probes.hit(Probe.DISK_FULL);
        machine.disk().capacityBytes(machine.disk().usedBytes() + chance.below(SPACE_LEFT_MAX));
        schedule.in(chance.exponential(DISK_NANOS), () -> machine.disk().capacityBytes(Long.MAX_VALUE));
    }

    private void slow(SimMachine machine) {
        probes.hit(Probe.DISK_SLOW);
        machine.slowDisk(chance.between(1_000_000, SLOW_NANOS_MAX));
        schedule.in(chance.exponential(DISK_NANOS), () -> machine.slowDisk(0));
    }

    private void unreadable(SimMachine machine) {
        List<Path> files = machine.disk().files();
        if (files.isEmpty()) {
            return;
        }
        probes.hit(Probe.READ_FAILED);
        Path file = chance.pick(files);
        try {
            Bytes content = machine.disk().content(file);
            if (content.isEmpty()) {
                return;
            }
            int from = chance.below(content.length());
            machine.unreadable(machine == victim && !machine.record().isDamaged());
            machine.disk().failReads(file, from, from + 1 + chance.below(2000));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        schedule.in(chance.exponential(DISK_NANOS), () -> machine.disk().healReads());
    }
}
