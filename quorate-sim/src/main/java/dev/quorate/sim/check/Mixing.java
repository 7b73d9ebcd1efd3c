package dev.quorate.sim.check;

/**
 * Hashing of configurations to 128 bits, piece by piece: the hash of a set is the exclusive or of the tokens of its
 * elements, so that adding and removing cost the same. With a billion configurations the chance that any two of them
 * share a hash is below 2⁻⁶⁷; it could only ever turn an order that exists into one that is not found.
 */
final class Mixing {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final long LOW = 0x2545f4914f6cdd1dL;
    private static final long HIGH = 0xd6e8feb86659fd93L;

    private Mixing() {}

    /** The low half of the token of a thing with two numbers. */
    static long low(int kind, long first, long second) {
        return token(LOW, kind, first, second);
    }

    /** The high half. */
    static long high(int kind, long first, long second) {
        return token(HIGH, kind, first, second);
    }

    private static long token(long seed, int kind, long first, long second) {
        long mixed = mix(seed + kind * GOLDEN);
        mixed = mix(mixed ^ first * GOLDEN);
        return mix(mixed + second * LOW);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
