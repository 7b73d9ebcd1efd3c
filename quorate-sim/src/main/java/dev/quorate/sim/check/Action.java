package dev.quorate.sim.check;

import java.util.List;
import java.util.Optional;

/** What a client asked of the store. Keys and values are text; what is binary, the recorder encodes. */
public sealed interface Action {
    /** Calls the method of the visitor that belongs to this action. */
    <R> R accept(Visitor<R> visitor);

    /** Whether the action can never change the store, whatever it finds there. */
    default boolean onlyReads() {
        return accept(new ReadOnly());
    }

    /** One method an action. */
    interface Visitor<R> {
        R get(Get action);

        R put(Put action);

        R delete(Delete action);

        R range(Range action);

        R compareAndSet(CompareAndSet action);

        R txn(Txn action);
    }

    /** An action that may also stand in a transaction. */
    sealed interface Step extends Action permits Get, Put, Delete, Range {}

    /** Reads one key. */
    record Get(String key) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.get(this);
        }
    }

    /** Stores a value under a key, whatever is there. */
    record Put(String key, String value) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.put(this);
        }
    }

    /** Deletes a key; nothing happens when it is missing. */
    record Delete(String key) implements Step {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.delete(this);
        }
    }

    /**
     * Reads all pairs of a range of keys from one state of the store.
     *
     * @param from the first key of the range
     * @param to the first key behind it, by the order of {@link String#compareTo}; empty for no end
     */
    record Range(String from, Optional<String> to) implements Step {
        public Range {
            if (to.isPresent() && from.compareTo(to.get()) >= 0) {
                throw new IllegalArgumentException("a range from " + from + " to " + to.get() + " holds no key");
            }
        }

        /** All keys that begin so. */
        public static Range prefix(String prefix) {
            return new Range(prefix, Optional.of(prefix + Character.MAX_VALUE));
        }

        /** Whether the range holds the key. */
        public boolean holds(String key) {
            return key.compareTo(from) >= 0 && (to.isEmpty() || key.compareTo(to.get()) < 0);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.range(this);
        }
    }

    /**
     * Stores a value if the key has the expected one.
     *
     * @param expected the value that must be there; empty when the key must be missing
     */
    record CompareAndSet(String key, Optional<String> expected, String value) implements Action {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.compareAndSet(this);
        }
    }

    /**
     * Runs one list of steps when all conditions hold, and otherwise the other one; atomically. A step sees what the
     * steps before it wrote.
     */
    record Txn(List<Condition> conditions, List<Step> then, List<Step> otherwise) implements Action {
        public Txn {
            conditions = List.copyOf(conditions);
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }

        /** A transaction without conditions. */
        public static Txn of(Step... steps) {
            return new Txn(List.of(), List.of(steps), List.of());
        }

        /** The steps that run when the conditions hold, or when they do not. */
        public List<Step> branch(boolean succeeded) {
            return succeeded ? then : otherwise;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.txn(this);
        }
    }

    /** The visitor behind {@link #onlyReads}. */
    final class ReadOnly implements Visitor<Boolean> {
        private ReadOnly() {}

        @Override
        public Boolean get(Get action) {
            return true;
        }

        @Override
        public Boolean put(Put action) {
            return false;
        }

        @Override
        public Boolean delete(Delete action) {
            return false;
        }

        @Override
        public Boolean range(Range action) {
            return true;
        }

        @Override
        public Boolean compareAndSet(CompareAndSet action) {
            return false;
        }

        @Override
        public Boolean txn(Txn action) {
            return action.then().stream().allMatch(Action::onlyReads)
                    && action.otherwise().stream().allMatch(Action::onlyReads);
        }
    }
}
