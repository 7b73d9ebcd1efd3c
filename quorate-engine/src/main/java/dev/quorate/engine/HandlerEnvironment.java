package dev.quorate.engine;

import dev.quorate.raft.NodeId;
import dev.quorate.spi.NanoClock;
import java.util.function.LongSupplier;

/**
 * The node around a handler.
 *
 * @param self the node
 * @param clock its time
 * @param apply the cycle that owns the state machine
 * @param bulk the cycle that owns snapshot files and streams
 * @param timers the cycle on which timeouts of waiters fire; one that is never busy for long (LOOP)
 * @param currentTerm the node's present term; any thread
 * @param gate the way of a received snapshot through the core
 * @param events where the handler tells what happened
 */
record HandlerEnvironment(
        NodeId self,
        NanoClock clock,
        Cycle apply,
        Cycle bulk,
        Cycle timers,
        LongSupplier currentTerm,
        InstallGate gate,
        HandlerEvents events) {}
