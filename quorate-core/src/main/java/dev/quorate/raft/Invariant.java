package dev.quorate.raft;

/** The check of what must hold whatever happens: always on, and a failure halts the node. */
public final class Invariant {
    private Invariant() {}

    /** Throws {@link InvariantViolation} with the message unless the condition holds. */
    public static void check(boolean condition, String message) {
        if (!condition) {
            throw new InvariantViolation(message);
        }
    }

    /** As {@link #check(boolean, String)}; the message is a {@link String#format} pattern, formatted only on failure. */
    public static void check(boolean condition, String message, long first, long second) {
        if (!condition) {
            throw new InvariantViolation(String.format(message, first, second));
        }
    }

    /** As {@link #check(boolean, String)}; the message is a {@link String#format} pattern, formatted only on failure. */
    public static void check(boolean condition, String message, Object... arguments) {
        if (!condition) {
            throw new InvariantViolation(String.format(message, arguments));
        }
    }
}
