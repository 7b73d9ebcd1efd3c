package dev.quorate.server.chaos;

/** What the harness tells the machine under a server, one order a line. */
sealed interface Order {
    /**
     * Each sync takes longer.
     *
     * @param millis by how much; 0 ends it
     */
    record SlowDisk(long millis) implements Order {}

    /** The disk is full, or no longer. */
    record FullDisk(boolean full) implements Order {}

    /**
     * The wall time is set.
     *
     * @param millis forward, or back when negative
     */
    record StepClock(long millis) implements Order {}

    /**
     * Reads an order.
     *
     * @throws IllegalArgumentException naming the line when it is none
     */
    static Order parse(String line) {
        String[] words = line.strip().split(" ", -1);
        if (words.length == 2) {
            try {
                switch (words[0]) {
                    case "slow-disk" -> {
                        return new SlowDisk(Long.parseLong(words[1]));
                    }
                    case "full-disk" -> {
                        return new FullDisk(parseFlag(words[1]));
                    }
                    case "step-clock" -> {
                        return new StepClock(Long.parseLong(words[1]));
                    }
                    default -> {}
                }
            } catch (NumberFormatException notANumber) {
                throw new IllegalArgumentException("'" + line + "' is no order: " + words[1] + " is not a number");
            }
        }
        throw new IllegalArgumentException(
                "'" + line + "' is no order: expected slow-disk MS, full-disk true|false or" + " step-clock MS");
    }

    private static boolean parseFlag(String word) {
        if (!word.equals("true") && !word.equals("false")) {
            throw new IllegalArgumentException("full-disk is true or false, not " + word);
        }
        return word.equals("true");
    }

    /** The order in a line; the inverse of {@link #parse}. */
    default String line() {
        if (this instanceof SlowDisk slow) {
            return "slow-disk " + slow.millis;
        } else if (this instanceof FullDisk disk) {
            return "full-disk " + disk.full;
        }
        return "step-clock " + ((StepClock) this).millis;
    }
}
