package dev.quorate.sim.check;

import java.util.List;

/** What a check found out about a history. */
public sealed interface Verdict {
    /** Calls the method of the visitor that belongs to this verdict. */
    <R> R accept(Visitor<R> visitor);

    /** One method a verdict. */
    interface Visitor<R> {
        R linearizable(Linearizable verdict);

        R violation(Violation verdict);

        R undecided(Undecided verdict);
    }

    /**
     * One atomic store explains all answers, and every promise was kept.
     *
     * @param order the positions of the operations that took effect, in one order that explains everything; an
     *     operation of unknown outcome that is not in it need not have taken effect
     * @param configurations how many the search visited
     */
    record Linearizable(List<Integer> order, long configurations) implements Verdict {
        public Linearizable {
            order = List.copyOf(order);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.linearizable(this);
        }
    }

    /** No atomic store explains all answers, or a promise was broken. */
    record Violation(Explanation explanation) implements Verdict {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.violation(this);
        }
    }

    /**
     * The limit was reached before an order was found or excluded. This is no good news: the history may be wrong.
     *
     * @param keys the keys for which it is open, ascending
     * @param operations how many operations on them there are
     * @param configurations how many the search visited
     */
    record Undecided(List<String> keys, int operations, long configurations) implements Verdict {
        public Undecided {
            keys = List.copyOf(keys);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.undecided(this);
        }
    }
}
