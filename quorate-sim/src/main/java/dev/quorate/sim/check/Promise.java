package dev.quorate.sim.check;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/** Something that a workload keeps true by itself, so that any read which shows otherwise shows a fault. */
public sealed interface Promise {
    /** Calls the method of the visitor that belongs to this promise. */
    <R> R accept(Visitor<R> visitor);

    /** One method a promise. */
    interface Visitor<R> {
        R bankTotal(BankTotal promise);

        R growingList(GrowingList promise);

        R growingKeys(GrowingKeys promise);
    }

    /**
     * The whole numbers under these keys always have this sum; a missing key counts as 0. Judged by every answer that
     * shows all of them from one state.
     */
    record BankTotal(Set<String> keys, long total) implements Promise {
        public BankTotal {
            keys = Collections.unmodifiableSet(new TreeSet<>(keys));
            if (keys.isEmpty()) {
                throw new IllegalArgumentException("a bank has an account");
            }
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.bankTotal(this);
        }
    }

    /** The value of the key is a list that only grows, and in which no element stands twice. A missing key is empty. */
    record GrowingList(String key, String separator) implements Promise {
        public GrowingList {
            if (separator.isEmpty()) {
                throw new IllegalArgumentException("a separator is not empty");
            }
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.growingList(this);
        }
    }

    /** A key that begins with the prefix is never deleted once it was put: the keys are an append-only set. */
    record GrowingKeys(String prefix) implements Promise {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.growingKeys(this);
        }
    }
}
