package dev.quorate.engine;

import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NodeStoppedException;
import java.util.Optional;

/**
 * A node without threads, for tests and simulations: the same cycles as in production, stepped one at a time by one
 * thread, on the clock, the storage and the transport that the builder was given. With a direct callback executor
 * nothing runs on any other thread, and a run is the same whenever it is stepped in the same order at the same times.
 */
public final class SteppedNode {
    /** The time of {@link #nextDeadlineNanos} when there is none. */
    public static final long NO_DEADLINE = DutyCycle.NO_DEADLINE;

    private final NodeCore core;
    private final QuorateNode node;

    SteppedNode(NodeCore core) {
        this.core = core;
        this.node = new QuorateNode(core, this::close);
    }

    /** The node as its callers see it; its {@code close} closes this too. */
    public QuorateNode node() {
        return node;
    }

    /** The handler of the node, to look at its fifteen operations from outside. */
    public StateMachineHandler handler() {
        return core.handler();
    }

    /** Steps a cycle; returns how much it did, 0 when there was nothing. */
    public int doWork(Duties cycle) {
        return core.cycle(cycle).doWork();
    }

    /** True when a step of the cycle is useful now. */
    public boolean hasWork(Duties cycle) {
        return core.cycle(cycle).hasWork();
    }

    /** When a step of the cycle is useful even if nothing comes in; {@link #NO_DEADLINE} for never. */
    public long nextDeadlineNanos(Duties cycle) {
        return core.cycle(cycle).nextDeadlineNanos();
    }

    /** Why the node halted; empty while it runs. */
    public Optional<NodeHaltedException> halted() {
        return Optional.ofNullable(core.haltCause());
    }

    private void close() {
        core.close(new NodeStoppedException("node " + core.settings().id() + " was closed"));
    }
}
