package dev.quorate.raft;

import java.util.Arrays;

/**
 * The check of what must hold whatever happens: always on, and a failure halts the node. The values behind the message
 * are printed after it; the variants with numbers allocate nothing when the check holds.
 */
public final class Invariant {
    private Invariant() {}

    /** Throws {@link InvariantViolation} with the message unless the condition holds. */
    public static void check(boolean condition, String message) {
        if (!condition) {
            throw new InvariantViolation(message);
        }
    }

    /** As {@link #check(boolean, String)}, with a number. */
    public static void check(boolean condition, String message, long value) {
        if (!condition) {
            throw new InvariantViolation(message + ": " + value);
        }
    }

    /** As {@link #check(boolean, String)}, with two numbers. */
    public static void check(boolean condition, String message, long first, long second) {
        if (!condition) {
            throw new InvariantViolation(message + ": " + first + ", " + second);
        }
    }

    /** As {@link #check(boolean, String)}, with any values. */
    public static void check(boolean condition, String message, Object... values) {
        if (!condition) {
            throw new InvariantViolation(message + ": " + Arrays.toString(values));
        }
    }
}
