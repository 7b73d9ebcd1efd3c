package dev.quorate.sim.check;

import java.util.List;

/**
 * One fault of a history, proved by a few of its operations.
 *
 * @param message one sentence that names the operations by their numbers
 * @param operations their positions in the history, ascending
 */
public record Finding(Fault fault, String message, List<Integer> operations) {
    public Finding {
        operations = operations.stream().distinct().sorted().toList();
    }
}
