package dev.quorate.sim.workload;

import dev.quorate.sim.check.History;
import dev.quorate.sim.check.Operation;
import java.util.ArrayList;
import java.util.List;

/** The history of a world while it is written. */
public final class Recorder {
    private final List<Operation> operations = new ArrayList<>();

    void add(Operation operation) {
        operations.add(operation);
    }

    /** How many operations were recorded. */
    public int count() {
        return operations.size();
    }

    /** What all clients saw. */
    public History history() {
        return new History(Workload.rules(), operations);
    }
}
