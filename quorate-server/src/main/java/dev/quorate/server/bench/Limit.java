package dev.quorate.server.bench;

/** The check of a number that a user gave. */
final class Limit {
    private Limit() {}

    /** Refuses a number that is out of bounds, naming the option and the bounds. */
    static void require(String option, long value, long least, long greatest) {
        if (value < least || value > greatest) {
            throw new IllegalArgumentException(option + " is " + value + ", must be " + least + " to " + greatest);
        }
    }
}
