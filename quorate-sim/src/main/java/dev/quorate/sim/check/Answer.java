package dev.quorate.sim.check;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the store answered to an {@link Action}. */
public sealed interface Answer {
    /** Calls the method of the visitor that belongs to this answer. */
    <R> R accept(Visitor<R> visitor);

    /** Whether an answer of this kind and shape can belong to the action. */
    default boolean fits(Action action) {
        return action.accept(new Fit(this));
    }

    /** One method an answer. */
    interface Visitor<R> {
        R done(Done answer);

        R found(Found answer);

        R removed(Removed answer);

        R swapped(Swapped answer);

        R listed(Listed answer);

        R decided(Decided answer);
    }

    /** It is done: to a put, and to a delete that does not say whether there was something. */
    record Done() implements Answer {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.done(this);
        }
    }

    /** To a get: what was there; empty when the key was missing. */
    record Found(Optional<Seen> seen) implements Answer {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.found(this);
        }
    }

    /** To a delete: whether there was something to delete. */
    record Removed(boolean existed) implements Answer {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.removed(this);
        }
    }

    /** To a compare-and-set: whether the expected value was there, and so the new one is now. */
    record Swapped(boolean swapped) implements Answer {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.swapped(this);
        }
    }

    /** To a range: all pairs that were in it. */
    record Listed(SortedMap<String, Seen> pairs) implements Answer {
        public Listed {
            pairs = Collections.unmodifiableSortedMap(new TreeMap<>(pairs));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.listed(this);
        }
    }

    /**
     * To a transaction.
     *
     * @param succeeded whether its conditions held
     * @param answers one to each step of the branch that ran, in order
     */
    record Decided(boolean succeeded, List<Answer> answers) implements Answer {
        public Decided {
            answers = List.copyOf(answers);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.decided(this);
        }
    }

    /** The visitor behind {@link #fits}. */
    final class Fit implements Action.Visitor<Boolean> {
        private final Answer answer;

        private Fit(Answer answer) {
            this.answer = answer;
        }

        @Override
        public Boolean get(Action.Get action) {
            return answer instanceof Found;
        }

        @Override
        public Boolean put(Action.Put action) {
            return answer instanceof Done;
        }

        @Override
        public Boolean delete(Action.Delete action) {
            return answer instanceof Done || answer instanceof Removed;
        }

        @Override
        public Boolean range(Action.Range action) {
            return answer instanceof Listed listed
                    && listed.pairs().keySet().stream().allMatch(action::holds);
        }

        @Override
        public Boolean compareAndSet(Action.CompareAndSet action) {
            return answer instanceof Swapped;
        }

        @Override
        public Boolean txn(Action.Txn action) {
            if (!(answer instanceof Decided decided)) {
                return false;
            }
            List<Action.Step> steps = action.branch(decided.succeeded());
            boolean fits = steps.size() == decided.answers().size();
            for (int i = 0; fits && i < steps.size(); i++) {
                fits = decided.answers().get(i).fits(steps.get(i));
            }
            return fits;
        }
    }
}
