package dev.quorate.sim.check;

import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What must be known about a history besides its operations.
 *
 * @param initial the pairs that were in the store before the first operation
 * @param sessions what the operations of one client were promised about each other
 * @param promises what the workload keeps true by itself
 * @param recordedFrom when present: the revision of the store before the first operation, and the history holds
 *     everything that wrote to the store since, so that each later revision was made by one of its operations
 */
public record HistoryRules(
        SortedMap<String, String> initial,
        SessionGuarantee sessions,
        List<Promise> promises,
        OptionalLong recordedFrom) {
    /** An empty store, and nothing promised beyond linearizability. */
    public static final HistoryRules PLAIN =
            new HistoryRules(new TreeMap<>(), SessionGuarantee.NONE, List.of(), OptionalLong.empty());

    public HistoryRules {
        initial = Collections.unmodifiableSortedMap(new TreeMap<>(initial));
        promises = List.copyOf(promises);
        if (recordedFrom.isPresent() && recordedFrom.getAsLong() < 0) {
            throw new IllegalArgumentException("a revision is not negative: " + recordedFrom.getAsLong());
        }
    }

    /** The same with these pairs in the store at the beginning. */
    public HistoryRules startingWith(SortedMap<String, String> pairs) {
        return new HistoryRules(pairs, sessions, promises, recordedFrom);
    }

    /** The same with this promise to the operations of one client. */
    public HistoryRules withSessions(SessionGuarantee guarantee) {
        return new HistoryRules(initial, guarantee, promises, recordedFrom);
    }

    /** The same with these promises of the workload. */
    public HistoryRules promising(Promise... kept) {
        return new HistoryRules(initial, sessions, List.of(kept), recordedFrom);
    }

    /** The same, knowing that everything which wrote to the store after a revision is in the history. */
    public HistoryRules recordedFrom(long revision) {
        return new HistoryRules(initial, sessions, promises, OptionalLong.of(revision));
    }
}
