package dev.quorate.sim.check;

/** A condition of a transaction on one key, judged before its first step. */
public sealed interface Condition {
    /** The key that the condition is about. */
    String key();

    /** Calls the method of the visitor that belongs to this condition. */
    <R> R accept(Visitor<R> visitor);

    /** One method a condition. */
    interface Visitor<R> {
        R valueIs(ValueIs condition);

        R valueIsNot(ValueIsNot condition);

        R exists(Exists condition);

        R missing(Missing condition);

        R modRevisionIs(ModRevisionIs condition);
    }

    /** The key has this value. */
    record ValueIs(String key, String value) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.valueIs(this);
        }
    }

    /** The key exists, with another value. */
    record ValueIsNot(String key, String value) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.valueIsNot(this);
        }
    }

    /** The key exists. */
    record Exists(String key) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.exists(this);
        }
    }

    /** The key does not exist. */
    record Missing(String key) implements Condition {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.missing(this);
        }
    }

    /** The key exists, and was last written at this revision, 1 or more. */
    record ModRevisionIs(String key, long revision) implements Condition {
        public ModRevisionIs {
            if (revision < 1) {
                throw new IllegalArgumentException("a revision is at least 1, not " + revision);
            }
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.modRevisionIs(this);
        }
    }
}
