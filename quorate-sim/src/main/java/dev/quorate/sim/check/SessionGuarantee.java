package dev.quorate.sim.check;

/**
 * What the operations of one client were promised about each other. Matters where there are serializable reads. Their
 * order is that of their calls; of calls at the same time, that in the history.
 */
public enum SessionGuarantee {
    /** Nothing beyond what each operation was promised. */
    NONE,
    /** The reads of a client never go back in time: each sees the state of the one before it, or a later one. */
    MONOTONIC_READS,
    /** The operations of a client take effect in the order in which it called them, so that it reads its own writes. */
    PROGRAM_ORDER
}
