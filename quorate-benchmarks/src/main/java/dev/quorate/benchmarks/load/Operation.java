package dev.quorate.benchmarks.load;

import java.util.Arrays;
import java.util.stream.Collectors;

/** What one slot of the closed loop does again and again. */
public enum Operation {
    /** Stores a value; answered when it is durable on a quorum and applied. */
    PUT("put"),
    /** Reads a key as fresh as any acknowledged write, confirmed by a round to a quorum. */
    GET_LINEARIZABLE("get-linearizable"),
    /** As fresh, by the leader's lease. */
    GET_LEASE("get-lease"),
    /** Reads what the node holds. */
    GET_LOCAL("get-local");

    private final String label;

    Operation(String label) {
        this.label = label;
    }

    /** The name on the command line and in reports. */
    public String label() {
        return label;
    }

    /** The operation of this name; {@link IllegalArgumentException} with the known names when there is none. */
    public static Operation ofLabel(String label) {
        return Arrays.stream(values())
                .filter(operation -> operation.label.equals(label))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("unknown operation " + label + ", known are " + labels()));
    }

    private static String labels() {
        return Arrays.stream(values()).map(Operation::label).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return label;
    }
}
