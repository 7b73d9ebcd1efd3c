package dev.quorate.engine;

/** The four cycles of a node; see {@code docs/ARCHITECTURE.md}. */
public enum Duties {
    /** Owns the core: protocol, timers, proposals, reads. */
    LOOP,
    /** Writes the log: one sync for all that has gathered. */
    LOG,
    /** Owns the state machine. */
    APPLY,
    /** Snapshot files and streams, reads of old entries. */
    BULK
}
