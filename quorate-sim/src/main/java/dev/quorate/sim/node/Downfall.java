package dev.quorate.sim.node;

/** Why a process ended. */
public enum Downfall {
    /** The power was cut, or the machine died in the middle of something. */
    CRASH,
    /** The process was killed; the machine and its disk go on. */
    KILL,
    /** The process stopped in good order. */
    CLOSE,
    /** The node halted by itself, because of a fault. */
    HALT,
    /** The process could not start, because of a fault. */
    NO_START
}
