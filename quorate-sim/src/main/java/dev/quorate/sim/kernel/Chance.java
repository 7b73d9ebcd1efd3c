package dev.quorate.sim.kernel;

import java.util.List;

/**
 * A seeded source of choices that is the same on every JVM: SplitMix64, with all derived draws written out here. Owned
 * by one world.
 */
public final class Chance {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    private long state;

    /** A source; equal seeds give equal choices. */
    public Chance(long seed) {
        state = seed;
    }

    /** 64 random bits. */
    public long nextLong() {
        state += GAMMA;
        return mix(state);
    }

    /** A number from 0 to before {@code bound}, which is at least 1. */
    public int below(int bound) {
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** A number from {@code min} to {@code max}, both inclusive. */
    public long between(long min, long max) {
        return min + Long.remainderUnsigned(nextLong(), max - min + 1);
    }

    /** True with this probability. */
    public boolean happens(double probability) {
        return unit() < probability;
    }

    /** A number from 0 to before 1. */
    public double unit() {
        return (nextLong() >>> 11) * UNIT;
    }

    /** A waiting time with this mean and no memory, at least 1. */
    public long exponential(long mean) {
        return 1 + (long) (-StrictMath.log(1 - unit()) * mean);
    }

    /** One of these, which are not none. */
    public <T> T pick(List<T> from) {
        return from.get(below(from.size()));
    }

    /** A source of its own, whose choices do not depend on how often this one is asked afterwards. */
    public Chance split() {
        return new Chance(nextLong() ^ GAMMA);
    }

    /** Spreads the bits of a number. */
    public static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
