package dev.quorate.sim.check;

import java.util.OptionalLong;

/** How an operation ended for the client that called it. */
public sealed interface Outcome {
    /** Calls the method of the visitor that belongs to this outcome. */
    <R> R accept(Visitor<R> visitor);

    /** One method an outcome. */
    interface Visitor<R> {
        R answered(Answered outcome);

        R unknown(Unknown outcome);

        R failed(Failed outcome);
    }

    /**
     * The store answered.
     *
     * @param revision the revision of the store that came with the answer, 1 or more: that of the write itself when the
     *     operation wrote, and otherwise that of the state which it read
     */
    record Answered(Answer answer, OptionalLong revision) implements Outcome {
        public Answered {
            if (revision.isPresent() && revision.getAsLong() < 1) {
                throw new IllegalArgumentException("a revision is at least 1, not " + revision.getAsLong());
            }
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.answered(this);
        }
    }

    /** Nobody knows: it may have taken effect, may yet take effect at any later time, or never. */
    record Unknown() implements Outcome {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.unknown(this);
        }
    }

    /** The store said that it did not and will not take effect. */
    record Failed() implements Outcome {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.failed(this);
        }
    }

    /** An answer without a revision. */
    static Outcome answered(Answer answer) {
        return new Answered(answer, OptionalLong.empty());
    }

    /** An answer at a revision of the store. */
    static Outcome answered(Answer answer, long revision) {
        return new Answered(answer, OptionalLong.of(revision));
    }
}
