package dev.quorate.sim.invariants;

import dev.quorate.spi.Entry;

/** The fingerprint of what an entry says. */
final class Print {
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private Print() {}

    /** Equal for equal entries; different for others, but by accident. */
    static long of(Entry entry) {
        long print = entry.kind().code();
        print = print * SPREAD + entry.payload().hashCode();
        print = (print ^ (print >>> 29)) * SPREAD + entry.payload().length();
        return print * SPREAD + entry.timeMillis();
    }
}
