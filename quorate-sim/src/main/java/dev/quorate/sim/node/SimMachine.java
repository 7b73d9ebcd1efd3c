package dev.quorate.sim.node;

import dev.quorate.kv.EmbeddedKv;
import dev.quorate.raft.NodeId;
import dev.quorate.sim.invariants.NodeRecord;
import dev.quorate.sim.kernel.Ring;
import dev.quorate.sim.kernel.VirtualClock;
import dev.quorate.sim.probes.Probe;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.StorageFailedException;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One machine of the world: what outlives its processes, and the process that runs there now, if one does. */
public final class SimMachine {
    private static final int RING_SIZE = 60;

    private final NodeId id;
    private final Surroundings world;
    private final Tempo tempo;
    private final VirtualClock clock;
    private final SimDisk disk;
    private final Ring ring;
    private final NodeRecord record;
    private final Listener listener;
    private @Nullable Life life;
    private long pausedUntilNanos;
    private long logDelayNanos;
    private long stallNanos;
    private boolean faulted;
    private boolean readableAtStart;

    /** Told when a process ends by itself. */
    @FunctionalInterface
    public interface Listener {
        /** The process of a machine has ended. */
        void ended(SimMachine machine, Downfall how);
    }

    /** A machine on which nothing runs yet. */
    public SimMachine(
            NodeId id, Surroundings world, Tempo tempo, VirtualClock clock, long diskSeed, Listener listener) {
        this.id = id;
        this.world = world;
        this.tempo = tempo;
        this.clock = clock;
        this.disk = new SimDisk(diskSeed);
        this.ring = new Ring(world.schedule(), RING_SIZE);
        this.record = world.rules().node(id, clock::peekNanos);
        this.listener = listener;
    }

    /** Its identity. */
    public NodeId id() {
        return id;
    }

    /** Its clock. */
    public VirtualClock clock() {
        return clock;
    }

    /** Its disk; whoever puts a fault there says so by {@link #faulted}. */
    public SimDisk disk() {
        return disk;
    }

    /** The last things that happened here. */
    public Ring ring() {
        return ring;
    }

    /** What it has. */
    public NodeRecord record() {
        return record;
    }

    Tempo tempo() {
        return tempo;
    }

    /** True while a process runs here. */
    public boolean isUp() {
        return life != null;
    }

    /** True in the middle of a step: then nothing may be done to the process. */
    public boolean isBusy() {
        return life != null && life.isStepping();
    }

    /** The node and its store as a client in its process has them; empty while nothing runs. */
    public Optional<EmbeddedKv> kv() {
        return Optional.ofNullable(life).map(Life::kv);
    }

    /** A fault was put into the disk: from now on a node may halt or fail to start because of it. */
    public void faulted() {
        faulted = true;
    }

    /** The disk may have lost what was durable. */
    public void damaged() {
        faulted = true;
        world.rules().damaged(record);
    }

    /**
     * A part of the disk cannot be read for a while.
     *
     * @param lost true when a process that starts finds it so, and takes it for lost; else it is readable by then
     */
    public void unreadable(boolean lost) {
        if (lost) {
            damaged();
        } else {
            readableAtStart = true;
        }
        world.rules().unreadable(record);
    }

    /** True when a fault was put into the disk. */
    boolean isFaulted() {
        return faulted;
    }

    /** All faults are gone: from the next start on, halting or failing to start is wrong again. */
    public void sound() {
        faulted = false;
    }

    /** Starts a process on a machine that is down; on failure the listener is told. */
    public void start() {
        if (life != null) {
            return;
        }
        ring.note("start", "");
        if (readableAtStart) {
            disk.healReads();
            readableAtStart = false;
        }
        Life starting = new Life(this, world, faulted);
        try {
            starting.begin();
            life = starting;
            world.probes().hit(Probe.RESTARTED);
            starting.plan();
        } catch (StorageFailedException | NodeHaltedException e) {
            boolean crashed = disk.isDown();
            world.rules().couldNotStart(record, crashed || faulted, String.valueOf(e.getMessage()));
            if (crashed) {
                world.probes().hit(Probe.CRASH_WHILE_STARTING);
            }
            ring.note("no start", String.valueOf(e.getMessage()));
            starting.end();
            if (crashed) {
                disk.crash();
            } else {
                disk.kill();
            }
            listener.ended(this, crashed ? Downfall.CRASH : Downfall.NO_START);
        }
    }

    /** Cuts the power: what was not synced may be lost. */
    public void crash() {
        end(Downfall.CRASH);
        disk.crash();
    }

    /** Kills the process; everything written to the disk is still there. */
    public void kill() {
        end(Downfall.KILL);
        disk.kill();
    }

    /** Stops the process in good order. */
    public void close() throws IOException {
        Life closing = life;
        if (closing != null) {
            closing.close();
            end(Downfall.CLOSE);
            disk.kill();
        }
    }

    /** Called by the process when it met its end in a step. */
    void endedItself(Downfall how) {
        end(how);
        if (how == Downfall.CRASH || disk.isDown() || world.chance().happens(0.5)) {
            disk.crash();
        } else {
            disk.kill();
        }
        listener.ended(this, how);
    }

    private void end(Downfall how) {
        if (life != null) {
            ring.note("end", how);
            life.end();
            life = null;
        }
        world.rules().stopped(record);
    }

    /** Stops all threads of the process until a time; what arrives waits. */
    public void pause(long untilNanos) {
        pausedUntilNanos = Math.max(pausedUntilNanos, untilNanos);
        ring.note("pause", "");
    }

    /** Lets the process be paused for so long when LOOP has read its clock next, in the middle of its step. */
    public void stallAtClock(long nanos) {
        stallNanos = nanos;
    }

    /** How long the process is to be paused now that LOOP has read its clock, once; 0 for not at all. */
    long takeStall() {
        long nanos = stallNanos;
        stallNanos = 0;
        return nanos;
    }

    /** When a pause ends; a time that has passed when there is none. */
    long pausedUntilNanos() {
        return pausedUntilNanos;
    }

    /** Makes each write of the log take so much longer; 0 for as usual. */
    public void slowDisk(long delayNanos) {
        logDelayNanos = delayNanos;
    }

    long logDelayNanos() {
        return logDelayNanos;
    }

    /** Lets the machine die after so many more messages were handed to the network, in the middle of a step. */
    public void crashAfterSends(int sends) {
        if (life != null) {
            life.crashAfterSends(sends);
        }
    }

    /** A message came in. */
    public void receive(NodeId from, PeerMessage message) {
        if (life != null) {
            life.receive(from, message);
        }
    }

    /**
     * Runs something on a thread of the process, as an application that embeds the node does, when the process is not
     * paused.
     *
     * @param refused called when no process runs
     */
    public void call(Consumer<EmbeddedKv> what, Runnable refused) {
        long now = world.schedule().nowNanos();
        if (life == null) {
            refused.run();
        } else if (pausedUntilNanos > now) {
            world.schedule().at(pausedUntilNanos, () -> call(what, refused));
        } else {
            what.accept(life.kv());
            life.plan();
        }
    }
}
