package dev.quorate.sim.check;

/** What a read was promised. */
public enum Consistency {
    /** The state at some moment between the call and its answer. */
    LINEARIZABLE,
    /** The state at some moment before the answer, perhaps long before the call. For operations that only read. */
    SERIALIZABLE
}
