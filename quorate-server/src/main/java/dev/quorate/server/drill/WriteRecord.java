package dev.quorate.server.drill;

import com.google.protobuf.ByteString;
import dev.quorate.etcd.wire.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What was written and what was acknowledged, held against what is there. At most one write of a key is under way at a
 * time. One thread, or hand-overs between threads that order its calls.
 *
 * <p>The rule: a key holds what the last acknowledged write made of it, or what the one write made of it whose outcome
 * nobody knows; that one happened for all of its keys or for none.
 */
final class WriteRecord {
    private final Map<ByteString, Key> keys = new HashMap<>();
    private final List<Attempt> unknown = new ArrayList<>();
    private long revisionSeen;
    private long acknowledged;

    /** A key as it was last known for certain, and the write on its way, if any. */
    private static final class Key {
        private Optional<ByteString> value = Optional.empty();
        private long modRevision;
        private Optional<Attempt> underWay = Optional.empty();
    }

    /** A write is sent. */
    void begin(Attempt attempt) {
        for (ByteString key : attempt.keys()) {
            Key state = keys.computeIfAbsent(key, absent -> new Key());
            if (state.underWay.isPresent()) {
                throw new IllegalStateException("two writes of " + key.toStringUtf8() + " at a time");
            }
            state.underWay = Optional.of(attempt);
        }
        unknown.add(attempt);
    }

    /** It was acknowledged, with this revision of the store. */
    void acknowledged(Attempt attempt, long revision) {
        for (ByteString key : attempt.keys()) {
            settle(known(key), attempt.value(), revision);
        }
        unknown.remove(attempt);
        revisionSeen = Math.max(revisionSeen, revision);
        acknowledged++;
    }

    /** How many writes were acknowledged so far. */
    long acknowledgedCount() {
        return acknowledged;
    }

    /** How many writes have an outcome that nobody knows. */
    int unknownCount() {
        return unknown.size();
    }

    /**
     * Compares the whole store with the record, and takes what is there as the truth from here on.
     *
     * @param found every pair of the store
     * @param revision the store's revision
     * @return what is wrong, in one sentence each
     */
    List<String> check(SortedMap<String, KeyValue> found, long revision) {
        List<String> wrong = new ArrayList<>();
        if (revision < revisionSeen) {
            wrong.add("the revision went back from " + revisionSeen + " to " + revision);
        }
        for (String name : found.keySet()) {
            if (!keys.containsKey(ByteString.copyFromUtf8(name))) {
                wrong.add(name + " is there and was never written");
            }
        }
        for (Attempt attempt : unknown) {
            checkAllOrNone(attempt, found, wrong);
        }
        keys.forEach((key, state) -> check(key, state, found.get(key.toStringUtf8()), wrong));
        unknown.clear();
        revisionSeen = Math.max(revisionSeen, revision);
        return wrong;
    }

    private static void checkAllOrNone(Attempt attempt, SortedMap<String, KeyValue> found, List<String> wrong) {
        long happened = attempt.keys().stream()
                .filter(key -> value(found.get(key.toStringUtf8())).equals(attempt.value()))
                .count();
        if (attempt.value().isPresent()
                && happened != 0
                && happened != attempt.keys().size()) {
            wrong.add("the transaction over " + names(attempt) + " happened in part");
        }
    }

    private static void check(ByteString key, Key state, @Nullable KeyValue pair, List<String> wrong) {
        Optional<ByteString> value = value(pair);
        long modRevision = pair == null ? 0 : pair.getModRevision();
        boolean isUnderWay =
                state.underWay.isPresent() && state.underWay.get().value().equals(value);
        boolean isKnown = state.value.equals(value);
        if (!isKnown && !isUnderWay) {
            wrong.add(key.toStringUtf8() + " holds " + describe(value) + " and was acknowledged with "
                    + describe(state.value)
                    + state.underWay
                            .map(attempt -> ", or perhaps " + describe(attempt.value()))
                            .orElse(""));
        } else if (isKnown && !isUnderWay && value.isPresent() && modRevision != state.modRevision) {
            wrong.add(key.toStringUtf8() + " has revision " + modRevision + " and was acknowledged with "
                    + state.modRevision);
        }
        settle(state, value, modRevision);
    }

    private static void settle(Key state, Optional<ByteString> value, long modRevision) {
        state.value = value;
        state.modRevision = modRevision;
        state.underWay = Optional.empty();
    }

    private Key known(ByteString key) {
        Key state = keys.get(key);
        if (state == null) {
            throw new IllegalStateException(key.toStringUtf8() + " was acknowledged and never sent");
        }
        return state;
    }

    private static Optional<ByteString> value(@Nullable KeyValue pair) {
        return pair == null ? Optional.empty() : Optional.of(pair.getValue());
    }

    private static String names(Attempt attempt) {
        return String.join(
                ", ", attempt.keys().stream().map(ByteString::toStringUtf8).toList());
    }

    private static String describe(Optional<ByteString> value) {
        if (value.isEmpty()) {
            return "nothing";
        }
        String text = value.get().toStringUtf8();
        return "'" + (text.length() <= 40 ? text : text.substring(0, 40) + "…") + "'";
    }
}
