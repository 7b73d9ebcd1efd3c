package dev.quorate.sim.kernel;

/** The hash of everything that happened in a world, in its order: two runs of one seed have the same, or are a bug. */
public final class TraceHash {
    private long hash = 0xCBF29CE484222325L;

    /** Adds a number. */
    public void add(long value) {
        hash = Chance.mix(hash ^ value) + 0x9E3779B97F4A7C15L;
    }

    /** Adds two numbers. */
    public void add(long first, long second) {
        add(first);
        add(second);
    }

    /** The hash so far. */
    public long value() {
        return hash;
    }

    /** The hash so far, as 16 digits. */
    @Override
    public String toString() {
        return String.format("%016x", hash);
    }
}
