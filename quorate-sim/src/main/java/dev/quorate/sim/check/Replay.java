package dev.quorate.sim.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * The judge of an order that a search proposes: runs the operations one after the other on a plain map, and compares
 * every answer with the recorded one. Shares nothing with the search, so that a mistake there cannot pass for an order.
 */
final class Replay {
    private final History history;
    private final TreeMap<String, Cell> cells = new TreeMap<>();
    private final Map<String, Integer> lastOfSession = new HashMap<>();
    private final boolean[] placed;
    private long latestCall = Long.MIN_VALUE;
    private long floor;
    /** The keys that the present operation wrote, and the revision that it made as its own reads show; or 0. */
    private final Set<String> writtenHere = new HashSet<>();

    private long madeHere;

    /** A value with the revision of its last write; not positive when that is unknown, then minus its lower bound. */
    private record Cell(String value, long writtenAt) {}

    /** An operation that does not fit where the order has it; caught within this class. */
    private static final class Misfit extends RuntimeException {
        private static final long serialVersionUID = 1;

        Misfit(String message) {
            super(message);
        }
    }

    private Replay(History history, long floor) {
        this.history = history;
        this.floor = floor;
        this.placed = new boolean[history.operations().size()];
        history.rules().initial().forEach((key, value) -> cells.put(key, new Cell(value, 0)));
    }

    /**
     * What is wrong with an order of all operations; empty when nothing is.
     *
     * @param floor a revision that the store had reached before the first of them
     */
    static Optional<String> flaw(History history, long floor, List<Placed> order) {
        Replay replay = new Replay(history, floor);
        try {
            order.forEach(replay::place);
            replay.checkNoneIsMissing();
            return Optional.empty();
        } catch (Misfit e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private void place(Placed place) {
        int number = place.operation();
        Operation operation = history.operations().get(number);
        demand(!placed[number], number, "stands twice");
        placed[number] = true;
        checkTime(number, operation);
        checkSession(number, operation);
        operation.outcome().accept(new Outcome.Visitor<Boolean>() {
            @Override
            public Boolean answered(Outcome.Answered outcome) {
                run(number, operation.action(), Optional.of(outcome.answer()), outcome.revision(), place.held());
                return true;
            }

            @Override
            public Boolean unknown(Outcome.Unknown outcome) {
                run(number, operation.action(), Optional.empty(), OptionalLong.empty(), place.held());
                return true;
            }

            @Override
            public Boolean failed(Outcome.Failed outcome) {
                throw new Misfit("#" + (number + 1) + " failed, and stands in the order");
            }
        });
    }

    private void checkTime(int number, Operation operation) {
        if (!(operation.outcome() instanceof Outcome.Unknown)) {
            demand(operation.ended() >= latestCall, number, "ended before the call of one placed before it");
        }
        if (operation.consistency() == Consistency.LINEARIZABLE) {
            latestCall = Math.max(latestCall, operation.invoked());
        }
    }

    private void checkSession(int number, Operation operation) {
        SessionGuarantee sessions = history.rules().sessions();
        boolean bound = operation.answer().isPresent()
                && (sessions == SessionGuarantee.PROGRAM_ORDER
                        || (sessions == SessionGuarantee.MONOTONIC_READS
                                && operation.action().onlyReads()));
        if (bound) {
            Integer before = lastOfSession.put(operation.client(), number);
            boolean inOrder = before == null || calledBefore(before, number);
            demand(inOrder, number, "stands after a later operation of its client");
        }
    }

    private boolean calledBefore(int one, int other) {
        long first = history.operations().get(one).invoked();
        long second = history.operations().get(other).invoked();
        return first < second || (first == second && one < other);
    }

    private void run(int number, Action action, Optional<Answer> answer, OptionalLong revision, boolean held) {
        long own = revision.orElse(0);
        demand(own == 0 || own >= floor, number, "has a revision below one before it");
        Runner runner = new Runner(number, answer, own, held);
        writtenHere.clear();
        madeHere = own;
        action.accept(runner);
        if (madeHere == 0) {
            floor += runner.wrote ? 1 : 0;
        } else {
            demand(!runner.wrote || madeHere > floor, number, "wrote at a revision that was there already");
            floor = Math.max(floor, madeHere);
        }
    }

    private void checkNoneIsMissing() {
        for (int i = 0; i < placed.length; i++) {
            boolean needed = history.operations().get(i).answer().isPresent();
            demand(!needed || placed[i], i, "is missing");
        }
    }

    private static void demand(boolean holds, int number, String otherwise) {
        if (!holds) {
            throw new Misfit("#" + (number + 1) + " " + otherwise);
        }
    }

    /** Runs one action. The answer is empty where none is known. */
    private final class Runner implements Action.Visitor<Boolean>, Condition.Visitor<Boolean> {
        private final int number;
        private final Optional<Answer> answer;
        private final long revision;
        private final boolean held;
        private boolean wrote;

        Runner(int number, Optional<Answer> answer, long revision, boolean held) {
            this.number = number;
            this.answer = answer;
            this.revision = revision;
            this.held = held;
        }

        @Override
        public Boolean get(Action.Get action) {
            answer.ifPresent(given -> {
                if (given instanceof Answer.Found found) {
                    compare(action.key(), found.seen());
                }
            });
            return true;
        }

        @Override
        public Boolean put(Action.Put action) {
            cells.put(action.key(), new Cell(action.value(), revision != 0 ? revision : -(floor + 1)));
            writtenHere.add(action.key());
            wrote = true;
            return true;
        }

        @Override
        public Boolean delete(Action.Delete action) {
            boolean existed = cells.remove(action.key()) != null;
            boolean asSaid = answer.isEmpty()
                    || !(answer.get() instanceof Answer.Removed removed)
                    || removed.existed() == existed;
            demand(asSaid, number, "deleted otherwise");
            wrote |= existed;
            return true;
        }

        @Override
        public Boolean range(Action.Range action) {
            if (answer.isPresent() && answer.get() instanceof Answer.Listed listed) {
                listed.pairs().forEach((key, seen) -> compare(key, Optional.of(seen)));
                long there = cells.tailMap(action.from()).keySet().stream()
                        .takeWhile(action::holds)
                        .count();
                demand(there == listed.pairs().size(), number, "missed a key of its range");
            }
            return true;
        }

        @Override
        public Boolean compareAndSet(Action.CompareAndSet action) {
            Cell cell = cells.get(action.key());
            boolean matches = Optional.ofNullable(cell).map(Cell::value).equals(action.expected());
            demand(matches == held, number, "compared otherwise");
            if (answer.isPresent() && answer.get() instanceof Answer.Swapped swapped) {
                demand(swapped.swapped() == held, number, "swapped otherwise");
            }
            return held && put(new Action.Put(action.key(), action.value()));
        }

        @Override
        public Boolean txn(Action.Txn action) {
            if (held) {
                action.conditions()
                        .forEach(condition -> demand(condition.accept(this), number, "had a false condition"));
            } else {
                demand(action.conditions().stream().anyMatch(this::canFail), number, "had no false condition");
            }
            List<Action.Step> steps = action.branch(held);
            List<Answer> answers = List.of();
            if (answer.isPresent() && answer.get() instanceof Answer.Decided decided) {
                demand(decided.succeeded() == held, number, "decided otherwise");
                answers = decided.answers();
            }
            for (int i = 0; i < steps.size(); i++) {
                Optional<Answer> given = answers.isEmpty() ? Optional.empty() : Optional.of(answers.get(i));
                Runner inner = new Runner(number, given, revision, held);
                steps.get(i).accept(inner);
                wrote |= inner.wrote;
            }
            return true;
        }

        @Override
        public Boolean valueIs(Condition.ValueIs condition) {
            Cell cell = cells.get(condition.key());
            return cell != null && cell.value().equals(condition.value());
        }

        @Override
        public Boolean valueIsNot(Condition.ValueIsNot condition) {
            Cell cell = cells.get(condition.key());
            return cell != null && !cell.value().equals(condition.value());
        }

        @Override
        public Boolean exists(Condition.Exists condition) {
            return cells.containsKey(condition.key());
        }

        @Override
        public Boolean missing(Condition.Missing condition) {
            return !cells.containsKey(condition.key());
        }

        @Override
        public Boolean modRevisionIs(Condition.ModRevisionIs condition) {
            Cell cell = cells.get(condition.key());
            return cell != null && learn(condition.key(), cell, condition.revision());
        }

        /** Whether a condition is false, or may be because the revision of the last write is not known. */
        private boolean canFail(Condition condition) {
            if (condition instanceof Condition.ModRevisionIs asked) {
                Cell cell = cells.get(asked.key());
                return cell == null || cell.writtenAt() != asked.revision();
            }
            return !condition.accept(this);
        }

        private void compare(String key, Optional<Seen> seen) {
            Cell cell = cells.get(key);
            boolean same = Optional.ofNullable(cell).map(Cell::value).equals(seen.map(Seen::value));
            demand(same, number, "saw another value");
            if (cell != null && seen.isPresent() && seen.get().modRevision().isPresent()) {
                long writtenAt = seen.get().modRevision().getAsLong();
                demand(learn(key, cell, writtenAt), number, "saw another revision");
            }
        }

        private boolean learn(String key, Cell cell, long writtenAt) {
            if (cell.writtenAt() > 0) {
                return cell.writtenAt() == writtenAt;
            }
            if (writtenAt < -cell.writtenAt() || (revision != 0 && writtenAt > revision)) {
                return false;
            }
            cells.put(key, new Cell(cell.value(), writtenAt));
            if (!writtenHere.contains(key)) {
                floor = Math.max(floor, writtenAt);
                return true;
            }
            boolean fits = madeHere == 0 || madeHere == writtenAt;
            madeHere = writtenAt;
            return fits;
        }
    }
}
