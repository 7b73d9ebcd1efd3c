package dev.quorate.sim.check;

import java.util.List;

/**
 * All operations that the clients of one store called while it was recorded. An operation is named by its number: the
 * first one is #1, and stands in line 2 of a file.
 */
public record History(HistoryRules rules, List<Operation> operations) {
    public History {
        operations = List.copyOf(operations);
    }

    /** A history of a store that was empty, with nothing promised beyond linearizability. */
    public static History of(Operation... operations) {
        return new History(HistoryRules.PLAIN, List.of(operations));
    }
}
