package dev.quorate.benchmarks.load;

/**
 * One cell of the table.
 *
 * @param nodes the number of replicas
 * @param inFlight the number of operations that are open at any time
 */
public record Scenario(int nodes, Operation operation, int inFlight) {
    @Override
    public String toString() {
        return nodes + (nodes == 1 ? " node, " : " nodes, ") + operation.label() + ", " + inFlight + " in flight";
    }
}
