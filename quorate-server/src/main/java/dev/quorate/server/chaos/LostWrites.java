package dev.quorate.server.chaos;

import dev.quorate.sim.check.Action;
import dev.quorate.sim.check.Answer;
import dev.quorate.sim.check.History;
import dev.quorate.sim.check.Operation;
import dev.quorate.sim.check.Outcome;
import dev.quorate.sim.check.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/**
 * Looks for acknowledged writes that are gone, in what is in the store when everything is over. The checker of
 * histories finds these too; this counts them.
 *
 * <p>A write is lost when its key was last written before it, or when the key is missing and nothing can have deleted
 * it since.
 */
final class LostWrites {
    /** The newest acknowledged write of a key. */
    private record Write(String value, long revision) {}

    private final Map<String, Write> newest = new HashMap<>();
    private final Map<String, Long> deletedAt = new HashMap<>();
    private final Set<String> mayBeDeleted = new HashSet<>();

    private LostWrites() {}

    /**
     * What is lost.
     *
     * @param end all pairs of the store in the end
     * @return a line for each
     */
    static List<String> of(History history, SortedMap<String, Seen> end) {
        LostWrites writes = new LostWrites();
        history.operations().forEach(writes::take);
        List<String> lost = new ArrayList<>();
        writes.newest.forEach((key, write) -> {
            Seen seen = end.get(key);
            boolean gone = seen == null
                    ? !writes.mayBeDeleted.contains(key) && writes.deletedAt.getOrDefault(key, 0L) <= write.revision
                    : seen.modRevision().orElse(0) < write.revision
                            || (seen.modRevision().orElse(0) == write.revision
                                    && !seen.value().equals(write.value));
            if (gone) {
                lost.add("lost: " + key + " = " + write.value + " of revision " + write.revision + ", there is "
                        + (seen == null ? "nothing" : seen));
            }
        });
        return List.copyOf(lost);
    }

    private void take(Operation operation) {
        Action action = operation.action();
        if (operation.outcome() instanceof Outcome.Unknown) {
            unknown(action);
        } else if (operation.outcome() instanceof Outcome.Answered told) {
            long revision = told.revision().orElse(0);
            if (action instanceof Action.CompareAndSet swap) {
                if (((Answer.Swapped) told.answer()).swapped()) {
                    write(swap.key(), swap.value(), revision);
                }
            } else if (action instanceof Action.Txn txn) {
                txn.branch(((Answer.Decided) told.answer()).succeeded()).forEach(step -> take(step, revision));
            } else if (action instanceof Action.Step step) {
                take(step, revision);
            }
        }
    }

    private void take(Action.Step step, long revision) {
        if (step instanceof Action.Put put) {
            write(put.key(), put.value(), revision);
        } else if (step instanceof Action.Delete delete) {
            deletedAt.merge(delete.key(), revision, Math::max);
        }
    }

    private void write(String key, String value, long revision) {
        Write last = newest.get(key);
        if (last == null || last.revision <= revision) {
            newest.put(key, new Write(value, revision));
        }
    }

    private void unknown(Action action) {
        if (action instanceof Action.Delete delete) {
            mayBeDeleted.add(delete.key());
        } else if (action instanceof Action.Txn txn) {
            txn.then().forEach(this::unknown);
            txn.otherwise().forEach(this::unknown);
        }
    }
}
