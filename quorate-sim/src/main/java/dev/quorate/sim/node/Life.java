package dev.quorate.sim.node;

import dev.quorate.engine.Duties;
import dev.quorate.engine.NodeStatus;
import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.SteppedNode;
import dev.quorate.kv.EmbeddedKv;
import dev.quorate.kv.KvStateMachine;
import dev.quorate.raft.Effect;
import dev.quorate.raft.Input;
import dev.quorate.raft.Invariant;
import dev.quorate.raft.NodeId;
import dev.quorate.raft.Role;
import dev.quorate.sim.kernel.Schedule;
import dev.quorate.sim.kernel.VirtualClock;
import dev.quorate.sim.probes.Probe;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.PeerMessage;
import dev.quorate.spi.Transport;
import dev.quorate.wal.FileStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One process of a node, from its start to its end. */
final class Life implements Executor {
    private static final Path DIRECTORY = Path.of("/data");
    private static final long CLUSTER_ID = 7;
    private static final long ANSWER_NANOS_MAX = 50_000;
    private static final long RETURN_NANOS_MAX = 20_000_000;
    private static final List<Duties> DUTIES = List.of(Duties.values());

    private final SimMachine machine;
    private final Surroundings world;
    private final boolean bornFaulted;
    private final Schedule.@Nullable Event[] planned = new Schedule.Event[DUTIES.size()];
    private final boolean[] plannedForWork = new boolean[DUTIES.size()];
    private final KvStateMachine store = new KvStateMachine();
    private @Nullable SteppedNode stepped;
    private @Nullable EmbeddedKv kv;
    private Transport.@Nullable Receiver receiver;
    private int sendsLeft = Integer.MAX_VALUE;
    private boolean stepping;
    /** The step is one of LOOP. */
    private boolean looping;

    private boolean over;

    Life(SimMachine machine, Surroundings world, boolean bornFaulted) {
        this.machine = machine;
        this.world = world;
        this.bornFaulted = bornFaulted;
    }

    /** Recovers and starts the node. */
    void begin() {
        WatchedStorage storage = new WatchedStorage(
                FileStorage.in(DIRECTORY, machine.disk(), world.walOptions()),
                world.rules(),
                machine.record(),
                world.probes());
        QuorateNode.Builder builder = QuorateNode.builder()
                .id(machine.id())
                .clusterId(CLUSTER_ID)
                .storage(storage)
                .stateMachine(new WatchedMachine(store, world.rules(), machine.record(), world.trace(), world.probes()))
                .transport(new Port())
                .options(world.options())
                .clock(machine.clock())
                .callbackExecutor(this);
        if (world.members().contains(machine.id())) {
            builder.members(world.members().toArray(NodeId[]::new));
        } else {
            builder.joining();
        }
        SteppedNode node = builder.startStepped(this::observed);
        stepped = node;
        kv = EmbeddedKv.on(node.node(), store);
        machine.clock().hook(this::readingClock);
        NodeStatus status = node.node().status();
        world.rules().started(machine.record(), status.term(), status.commitIndex());
        world.trace().add(status.term(), status.last().index());
    }

    EmbeddedKv kv() {
        if (kv == null) {
            throw new IllegalStateException("not begun");
        }
        return kv;
    }

    boolean isStepping() {
        return stepping;
    }

    void crashAfterSends(int sends) {
        sendsLeft = sends;
    }

    /** No event of this process happens any more. */
    void end() {
        over = true;
        machine.clock().hook(clock -> 0);
        for (Schedule.Event event : planned) {
            if (event != null) {
                event.cancel();
            }
        }
    }

    /** Closes the node. */
    void close() throws IOException {
        if (kv != null) {
            kv.close();
        }
    }

    void receive(NodeId from, PeerMessage message) {
        if (receiver != null) {
            trace(from, message);
            machine.ring().note("receive", new Received(from, message));
            receiver.received(from, message);
            plan();
        }
    }

    private record Received(NodeId from, PeerMessage message) {}

    private void trace(NodeId from, PeerMessage message) {
        world.trace().add(world.schedule().nowNanos(), machine.id().value() * 64 + from.value());
        if (message instanceof PeerMessage.Protocol protocol) {
            world.trace()
                    .add(
                            protocol.message().getClass().getSimpleName().hashCode(),
                            protocol.message().term());
        } else {
            world.trace().add(message.getClass().getSimpleName().hashCode());
        }
    }

    /** Plans the next step of each cycle that has one. */
    void plan() {
        SteppedNode node = stepped;
        if (over || stepping || node == null) {
            return;
        }
        for (Duties duty : DUTIES) {
            plan(node, duty);
        }
    }

    private void plan(SteppedNode node, Duties duty) {
        int place = DUTIES.indexOf(duty);
        Schedule.Event event = planned[place];
        if (event != null && plannedForWork[place]) {
            return;
        }
        long now = world.schedule().nowNanos();
        boolean work = node.hasWork(duty);
        long at;
        if (work) {
            at = now + machine.tempo().latency(duty, world.chance());
            if (duty == Duties.LOG) {
                at += machine.logDelayNanos();
            }
        } else {
            long deadline = node.nextDeadlineNanos(duty);
            if (deadline == SteppedNode.NO_DEADLINE) {
                return;
            }
            at = Math.max(now, machine.clock().worldAt(deadline)) + 1_000;
        }
        at = Math.max(at, machine.pausedUntilNanos());
        if (event == null || at < event.atNanos()) {
            if (event != null) {
                event.cancel();
            }
            planned[place] = world.schedule().at(at, () -> step(node, duty));
            plannedForWork[place] = work;
        }
    }

    private void step(SteppedNode node, Duties duty) {
        int place = DUTIES.indexOf(duty);
        planned[place] = null;
        plannedForWork[place] = false;
        if (over) {
            return;
        }
        if (stepping || machine.pausedUntilNanos() > world.schedule().nowNanos()) {
            // One thread of the process stands still in the middle of its step, and so do the others.
            long again = Math.max(world.schedule().nowNanos() + 1_000, machine.pausedUntilNanos());
            planned[place] = world.schedule().at(again, () -> step(node, duty));
            return;
        }
        world.trace().add(world.schedule().nowNanos(), machine.id().value() * 8 + place);
        stepping = true;
        looping = duty == Duties.LOOP;
        node.doWork(duty);
        stepping = false;
        afterStep(node);
    }

    private void afterStep(SteppedNode node) {
        if (machine.disk().isDown()) {
            world.probes().hit(Probe.CRASH_WITHIN_DISK_WRITE);
            machine.endedItself(Downfall.CRASH);
        } else if (sendsLeft < 0) {
            world.probes().hit(Probe.CRASH_WITHIN_SENDS);
            machine.endedItself(Downfall.CRASH);
        } else if (node.halted().isPresent()) {
            halted(node.halted().get());
        } else {
            plan();
        }
    }

    private void halted(NodeHaltedException cause) {
        boolean byDisk = false;
        for (Throwable each = cause; each != null; each = each.getCause()) {
            byDisk |= each instanceof IOException;
        }
        machine.ring().note("halt", String.valueOf(cause.getMessage()));
        world.rules().halted(machine.record(), byDisk && (bornFaulted || machine.isFaulted()), cause.toString());
        world.probes().hit(Probe.NODE_HALTED);
        machine.endedItself(Downfall.HALT);
    }

    /** The callers' threads: what they are given runs a moment later, and not when the process is gone. */
    @Override
    public void execute(Runnable batch) {
        long at = world.schedule().nowNanos() + world.chance().between(100, ANSWER_NANOS_MAX);
        world.schedule().at(Math.max(at, machine.pausedUntilNanos()), () -> runBatch(batch));
    }

    private void runBatch(Runnable batch) {
        if (over) {
            return;
        }
        if (machine.pausedUntilNanos() > world.schedule().nowNanos()) {
            world.schedule().at(machine.pausedUntilNanos(), () -> runBatch(batch));
            return;
        }
        batch.run();
        plan();
    }

    private void observed(long nowNanos, Input input, List<Effect> effects) {
        machine.ring().note("step", input);
        for (int place = 0; place < effects.size(); place++) {
            Effect effect = effects.get(place);
            machine.ring().note("effect", effect);
            probe(effect);
        }
        world.rules().stepped(machine.record(), effects);
    }

    private void probe(Effect effect) {
        if (effect instanceof Effect.RoleChanged changed && changed.role() == Role.LEADER) {
            world.probes().hit(Probe.ELECTION);
        } else if (effect instanceof Effect.LeaseChanged changed && changed.valid()) {
            world.probes().hit(Probe.LEASE_HELD);
        }
    }

    /** Now and then the process is paused where a thread reads its clock, before or after the reading. */
    private long readingClock(VirtualClock clock) {
        if (!stepping) {
            return 0;
        }
        long stallNanos = looping ? machine.takeStall() : 0;
        long pauseNanos = stallNanos > 0 ? stallNanos : drawnPause(machine.tempo());
        if (pauseNanos == 0 || !world.gate().enter()) {
            return 0;
        }
        world.probes().hit(Probe.PAUSED_WITHIN_STEP);
        long until = world.schedule().nowNanos() + pauseNanos;
        machine.pause(until);
        boolean more = true;
        while (more && !world.rules().court().isBroken()) {
            more = world.schedule().next(until);
        }
        world.gate().leave();
        Invariant.check(!over, "a process ended in the middle of a step");
        return stallNanos > 0 || world.chance().happens(0.5) ? pauseNanos : 0;
    }

    /** How long a step is to stand still; 0 for not at all. */
    private long drawnPause(Tempo tempo) {
        boolean pauses = tempo.pauseRate() > 0 && world.chance().happens(tempo.pauseRate());
        return pauses ? world.chance().between(1, tempo.pauseNanosMax()) : 0;
    }

    /** The process's end of the network. */
    private final class Port implements Transport {
        @Override
        public void start(Receiver itsReceiver) {
            receiver = itsReceiver;
        }

        @Override
        public void send(NodeId to, PeerMessage message) {
            if (over || sendsLeft < 0) {
                return;
            }
            if (sendsLeft != Integer.MAX_VALUE && sendsLeft-- == 0) {
                return;
            }
            if (message instanceof PeerMessage.Protocol protocol) {
                world.rules().sends(machine.record(), to, protocol.message());
            }
            if (!world.network().send(machine.id(), to, message)) {
                long later = world.chance().between(1_000, RETURN_NANOS_MAX);
                world.schedule().in(later, () -> returned(to, message));
            }
        }

        private void returned(NodeId to, PeerMessage message) {
            Receiver present = receiver;
            if (!over && present != null) {
                world.probes().hit(Probe.MESSAGE_RETURNED);
                present.notSent(to, message);
                plan();
            }
        }

        @Override
        public void close() {
            receiver = null;
        }
    }
}
