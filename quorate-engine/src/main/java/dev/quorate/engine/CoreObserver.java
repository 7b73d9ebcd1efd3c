package dev.quorate.engine;

import dev.quorate.raft.Effect;
import dev.quorate.raft.Input;
import java.util.List;

/**
 * A watcher of the core of a {@link SteppedNode}: the place where a simulation checks the invariants of the protocol.
 * Called on LOOP.
 */
@FunctionalInterface
public interface CoreObserver {
    /** Looks at nothing. */
    CoreObserver NONE = (nowNanos, input, effects) -> {};

    /**
     * The core has made a step; none of its effects has been executed yet. What this throws halts the node.
     *
     * @param nowNanos the time of the step, on the node's clock
     */
    void stepped(long nowNanos, Input input, List<Effect> effects);
}
