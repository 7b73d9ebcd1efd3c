package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The keys that some operations name, and the ranges that they read. */
final class Footprint {
    private final Set<String> keys = new HashSet<>();
    private final List<Action.Range> ranges = new ArrayList<>();

    static Footprint of(Operation operation) {
        Footprint footprint = new Footprint();
        footprint.add(operation);
        return footprint;
    }

    void add(Operation operation) {
        operation.action().accept(new Gathering());
    }

    /** Whether both have a key in common, or one names a key in a range of the other, or both read the same range. */
    boolean meets(Footprint other) {
        return keys.stream().anyMatch(other::holds)
                || other.keys.stream().anyMatch(this::holds)
                || ranges.stream().anyMatch(other.ranges::contains);
    }

    private boolean holds(String key) {
        return keys.contains(key) || ranges.stream().anyMatch(range -> range.holds(key));
    }

    private final class Gathering implements Action.Visitor<Boolean> {
        @Override
        public Boolean get(Action.Get action) {
            return keys.add(action.key());
        }

        @Override
        public Boolean put(Action.Put action) {
            return keys.add(action.key());
        }

        @Override
        public Boolean delete(Action.Delete action) {
            return keys.add(action.key());
        }

        @Override
        public Boolean range(Action.Range action) {
            return ranges.add(action);
        }

        @Override
        public Boolean compareAndSet(Action.CompareAndSet action) {
            return keys.add(action.key());
        }

        @Override
        public Boolean txn(Action.Txn action) {
            action.conditions().forEach(condition -> keys.add(condition.key()));
            action.then().forEach(step -> step.accept(this));
            action.otherwise().forEach(step -> step.accept(this));
            return true;
        }
    }
}
