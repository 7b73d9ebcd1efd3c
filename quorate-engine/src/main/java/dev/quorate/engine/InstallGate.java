package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import java.util.concurrent.CompletableFuture;

/**
 * The way of a received snapshot through the core: LOOP decides whether it is still wanted, and resets the log behind
 * it.
 *
 * <pre>
 *   BULK  file durable ──► offer ──► LOOP: wanted? ──► APPLY: restore ──► restored ──► LOOP, LOG: log reset, durable
 * </pre>
 */
interface InstallGate {
    /**
     * Offers a snapshot whose file is durable. Any thread.
     *
     * @return true: restore it, the core takes no entries meanwhile; false: the node is past it
     */
    CompletableFuture<Boolean> offer(LogId lastIncluded, Membership membership);

    /**
     * Tells that the state machine holds the snapshot. Any thread; completes when the log is durably reset behind it.
     */
    CompletableFuture<Void> restored(LogId lastIncluded);
}
