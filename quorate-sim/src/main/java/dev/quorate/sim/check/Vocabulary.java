package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The keys and the values of a history as small numbers: keys in their order, and values with 0 for a missing key. */
final class Vocabulary {
    /** The value of a key that is not there. */
    static final int MISSING = 0;

    private final NavigableMap<String, Integer> keys = new TreeMap<>();
    private final List<String> keyNames = new ArrayList<>();
    private final Map<String, Integer> values = new HashMap<>();
    private final List<String> valueNames = new ArrayList<>();

    private Vocabulary() {
        valueNames.add("");
    }

    static Vocabulary of(History history) {
        Collector collector = new Collector();
        history.rules().initial().forEach(collector::pair);
        for (Operation operation : history.operations()) {
            operation.action().accept(collector);
            operation.answer().ifPresent(answer -> answer.accept(collector));
        }
        for (String key : collector.keys) {
            collector.vocabulary.keys.put(key, collector.vocabulary.keyNames.size());
            collector.vocabulary.keyNames.add(key);
        }
        return collector.vocabulary;
    }

    int keyCount() {
        return keyNames.size();
    }

    int key(String name) {
        return known(keys.get(name), name);
    }

    /** The number of a key, if the history mentions it. */
    OptionalInt find(String name) {
        Integer number = keys.get(name);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    String keyName(int key) {
        return keyNames.get(key);
    }

    int value(String name) {
        return known(values.get(name), name);
    }

    /** The text of a value, which is not {@link #MISSING}. */
    String valueName(int value) {
        return valueNames.get(value);
    }

    /** Every key of the history that lies in the range. */
    NavigableMap<String, Integer> keysIn(Action.Range range) {
        NavigableMap<String, Integer> tail = keys.tailMap(range.from(), true);
        return range.to().isEmpty() ? tail : tail.headMap(range.to().get(), false);
    }

    /** The value of each key before the first operation. */
    int[] initial(HistoryRules rules) {
        int[] initial = new int[keyCount()];
        rules.initial().forEach((key, value) -> initial[key(key)] = value(value));
        return initial;
    }

    private static int known(@Nullable Integer number, String name) {
        if (number == null) {
            throw new IllegalArgumentException("not in this history: " + name);
        }
        return number;
    }

    /** Gathers every key and value that a history mentions. */
    private static final class Collector
            implements Action.Visitor<Boolean>, Condition.Visitor<Boolean>, Answer.Visitor<Boolean> {
        private final Vocabulary vocabulary = new Vocabulary();
        private final TreeSet<String> keys = new TreeSet<>();

        private boolean pair(String key, String value) {
            keys.add(key);
            return value(value);
        }

        private boolean value(String value) {
            if (vocabulary.values.putIfAbsent(value, vocabulary.valueNames.size()) == null) {
                vocabulary.valueNames.add(value);
            }
            return true;
        }

        @Override
        public Boolean get(Action.Get action) {
            return keys.add(action.key());
        }

        @Override
        public Boolean put(Action.Put action) {
            return pair(action.key(), action.value());
        }

        @Override
        public Boolean delete(Action.Delete action) {
            return keys.add(action.key());
        }

        @Override
        public Boolean range(Action.Range action) {
            return true;
        }

        @Override
        public Boolean compareAndSet(Action.CompareAndSet action) {
            action.expected().ifPresent(this::value);
            return pair(action.key(), action.value());
        }

        @Override
        public Boolean txn(Action.Txn action) {
            action.conditions().forEach(condition -> condition.accept(this));
            action.then().forEach(step -> step.accept(this));
            action.otherwise().forEach(step -> step.accept(this));
            return true;
        }

        @Override
        public Boolean valueIs(Condition.ValueIs condition) {
            return pair(condition.key(), condition.value());
        }

        @Override
        public Boolean valueIsNot(Condition.ValueIsNot condition) {
            return pair(condition.key(), condition.value());
        }

        @Override
        public Boolean exists(Condition.Exists condition) {
            return keys.add(condition.key());
        }

        @Override
        public Boolean missing(Condition.Missing condition) {
            return keys.add(condition.key());
        }

        @Override
        public Boolean modRevisionIs(Condition.ModRevisionIs condition) {
            return keys.add(condition.key());
        }

        @Override
        public Boolean done(Answer.Done answer) {
            return true;
        }

        @Override
        public Boolean found(Answer.Found answer) {
            answer.seen().ifPresent(seen -> value(seen.value()));
            return true;
        }

        @Override
        public Boolean removed(Answer.Removed answer) {
            return true;
        }

        @Override
        public Boolean swapped(Answer.Swapped answer) {
            return true;
        }

        @Override
        public Boolean listed(Answer.Listed answer) {
            answer.pairs().forEach((key, seen) -> pair(key, seen.value()));
            return true;
        }

        @Override
        public Boolean decided(Answer.Decided answer) {
            answer.answers().forEach(inner -> inner.accept(this));
            return true;
        }
    }
}
