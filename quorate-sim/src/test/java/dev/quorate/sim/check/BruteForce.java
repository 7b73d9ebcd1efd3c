package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The simplest checker there is, for tiny histories: tries every order of the operations that took effect and of any of
 * those that may have, and compares all answers. Written from the documentation of the values alone, to be compared
 * with the real checker.
 */
final class BruteForce {
    private final History history;
    private final List<Operation> operations;
    private final boolean[] used;
    private final List<Integer> order = new ArrayList<>();

    /** A pair in the store, with the place in the order of the write that made it; -1 for the beginning. */
    private record Cell(String value, int writer) {}

    private BruteForce(History history) {
        this.history = history;
        this.operations = history.operations();
        this.used = new boolean[operations.size()];
    }

    static boolean isLinearizable(History history) {
        return new BruteForce(history).extend();
    }

    private boolean extend() {
        boolean complete = true;
        for (int i = 0; i < used.length; i++) {
            complete &= used[i] || operations.get(i).answer().isEmpty();
        }
        if (complete && explains()) {
            return true;
        }
        for (int i = 0; i < used.length; i++) {
            if (!used[i] && !(operations.get(i).outcome() instanceof Outcome.Failed) && mayBeNext(i)) {
                used[i] = true;
                order.add(i);
                boolean found = explains() && extend();
                order.remove(order.size() - 1);
                used[i] = false;
                if (found) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Nothing that is still to come had ended before this one was called, and its session allows it. */
    private boolean mayBeNext(int candidate) {
        Operation next = operations.get(candidate);
        for (int i = 0; i < used.length; i++) {
            Operation other = operations.get(i);
            boolean open = !used[i] && i != candidate && other.answer().isPresent();
            boolean linearizable = next.consistency() == Consistency.LINEARIZABLE;
            if (open && linearizable && other.ended() < next.invoked()) {
                return false;
            }
            boolean sameSession =
                    isBound(next) && isBound(other) && next.client().equals(other.client());
            boolean called = other.invoked() < next.invoked() || (other.invoked() == next.invoked() && i < candidate);
            if (open && sameSession && called) {
                return false;
            }
        }
        return true;
    }

    private boolean isBound(Operation operation) {
        return operation.answer().isPresent()
                && switch (history.rules().sessions()) {
                    case NONE -> false;
                    case MONOTONIC_READS -> operation.action().onlyReads();
                    case PROGRAM_ORDER -> true;
                };
    }

    /** Whether all answers of the order so far come out, for some choice of the unknown revisions. */
    private boolean explains() {
        Map<String, Cell> cells = new TreeMap<>();
        history.rules().initial().forEach((key, value) -> cells.put(key, new Cell(value, -1)));
        Revisions revisions = new Revisions();
        for (int place = 0; place < order.size(); place++) {
            Operation operation = operations.get(order.get(place));
            boolean wrote = false;
            Action action = operation.action();
            Optional<Answer> answer = operation.answer();
            List<Action.Step> steps;
            List<Answer> answers = List.of();
            if (action instanceof Action.Txn txn) {
                boolean holds = true;
                for (Condition condition : txn.conditions()) {
                    holds &= holds(condition, cells);
                }
                if (answer.isPresent()) {
                    Answer.Decided decided = (Answer.Decided) answer.get();
                    if (decided.succeeded() != holds) {
                        return false;
                    }
                    answers = decided.answers();
                }
                steps = txn.branch(holds);
            } else if (action instanceof Action.CompareAndSet cas) {
                boolean holds = Optional.ofNullable(cells.get(cas.key()))
                        .map(Cell::value)
                        .equals(cas.expected());
                if (answer.isPresent() && ((Answer.Swapped) answer.get()).swapped() != holds) {
                    return false;
                }
                steps = holds ? List.of(new Action.Put(cas.key(), cas.value())) : List.of();
            } else {
                steps = List.of((Action.Step) action);
                answers = answer.map(List::of).orElse(List.of());
            }
            for (int i = 0; i < steps.size(); i++) {
                Optional<Answer> given = answers.isEmpty() ? Optional.empty() : Optional.of(answers.get(i));
                Optional<Boolean> step = step(steps.get(i), given, cells, place, revisions);
                if (step.isEmpty()) {
                    return false;
                }
                wrote |= step.get();
            }
            revisions.add(place, operation.revision(), wrote);
        }
        return revisions.fit();
    }

    private static boolean holds(Condition condition, Map<String, Cell> cells) {
        Cell cell = cells.get(condition.key());
        if (condition instanceof Condition.ValueIs is) {
            return cell != null && cell.value().equals(is.value());
        }
        if (condition instanceof Condition.ValueIsNot isNot) {
            return cell != null && !cell.value().equals(isNot.value());
        }
        if (condition instanceof Condition.Exists) {
            return cell != null;
        }
        if (condition instanceof Condition.Missing) {
            return cell == null;
        }
        throw new IllegalArgumentException("not tried by brute force: " + condition);
    }

    /** Runs one step: whether it wrote, or nothing when its answer comes out otherwise. */
    private static Optional<Boolean> step(
            Action.Step step, Optional<Answer> answer, Map<String, Cell> cells, int place, Revisions revisions) {
        if (step instanceof Action.Put put) {
            cells.put(put.key(), new Cell(put.value(), place));
            return Optional.of(true);
        }
        if (step instanceof Action.Delete delete) {
            boolean existed = cells.remove(delete.key()) != null;
            boolean fits = answer.isEmpty()
                    || !(answer.get() instanceof Answer.Removed removed)
                    || removed.existed() == existed;
            return fits ? Optional.of(existed) : Optional.empty();
        }
        Map<String, Seen> seen = new TreeMap<>();
        Map<String, Cell> there = new TreeMap<>();
        if (step instanceof Action.Get get) {
            if (cells.containsKey(get.key())) {
                there.put(get.key(), cells.get(get.key()));
            }
            if (answer.isPresent()) {
                ((Answer.Found) answer.get()).seen().ifPresent(pair -> seen.put(get.key(), pair));
            }
        } else if (step instanceof Action.Range range) {
            cells.forEach((key, cell) -> {
                if (range.holds(key)) {
                    there.put(key, cell);
                }
            });
            answer.ifPresent(given -> seen.putAll(((Answer.Listed) given).pairs()));
        }
        if (answer.isPresent()) {
            if (!seen.keySet().equals(there.keySet())) {
                return Optional.empty();
            }
            for (Map.Entry<String, Seen> pair : seen.entrySet()) {
                Cell cell = there.get(pair.getKey());
                if (cell == null || !cell.value().equals(pair.getValue().value())) {
                    return Optional.empty();
                }
                pair.getValue()
                        .modRevision()
                        .ifPresent(revision -> revisions.addWriter(pair.getKey(), cell.writer(), revision));
            }
        }
        return Optional.of(false);
    }

    /** What is known of the revisions along an order, and whether whole numbers exist that fit. */
    private static final class Revisions {
        private final List<long[]> known = new ArrayList<>();
        private final Map<Integer, Long> ofWriters = new HashMap<>();
        private final Map<String, Long> ofInitial = new HashMap<>();
        private boolean contradict;

        void add(int place, long revision, boolean wrote) {
            known.add(new long[] {place, revision, wrote ? 1 : 0});
        }

        void addWriter(String key, int writer, long revision) {
            Long before = writer < 0 ? ofInitial.put(key, revision) : ofWriters.put(writer, revision);
            contradict |= before != null && before != revision;
        }

        boolean fit() {
            long reached =
                    ofInitial.values().stream().mapToLong(Long::longValue).max().orElse(0);
            for (long[] entry : known) {
                long revision = entry[1];
                Long written = ofWriters.get((int) entry[0]);
                if (written != null) {
                    contradict |= revision != 0 && revision != written;
                    revision = written;
                }
                if (entry[2] == 1) {
                    contradict |= revision != 0 && revision <= reached;
                    reached = revision != 0 ? revision : reached + 1;
                } else if (revision != 0) {
                    contradict |= revision < reached;
                    reached = Math.max(reached, revision);
                }
            }
            return !contradict;
        }
    }
}
