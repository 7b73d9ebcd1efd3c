package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The operations of a history in the form of the search, as they were recorded or with less known about them. */
final class Moves {
    private final History history;
    private final Vocabulary vocabulary;
    private final int[] ranks;
    private final Map<String, Integer> clients = new HashMap<>();

    Moves(History history, Vocabulary vocabulary) {
        this.history = history;
        this.vocabulary = vocabulary;
        List<Operation> operations = history.operations();
        this.ranks = new int[operations.size()];
        int[] byCall = IntStream.range(0, ranks.length)
                .boxed()
                .sorted(Comparator.comparingLong(i -> operations.get(i).invoked()))
                .mapToInt(Integer::intValue)
                .toArray();
        for (int rank = 0; rank < byCall.length; rank++) {
            ranks[byCall[rank]] = rank;
        }
    }

    /** Every operation that may have taken effect and matters to others. */
    List<Move> all() {
        List<Move> all = new ArrayList<>();
        for (int i = 0; i < ranks.length; i++) {
            recorded(i).ifPresent(all::add);
        }
        return all;
    }

    /** An operation with all that is known; empty when it had no effect and showed nothing. */
    Optional<Move> recorded(int operation) {
        Operation recorded = history.operations().get(operation);
        return recorded.outcome().accept(new Outcome.Visitor<>() {
            @Override
            public Optional<Move> answered(Outcome.Answered outcome) {
                Shape shape = recorded.action().accept(new Shaping(vocabulary, Optional.of(outcome.answer())));
                boolean stale = recorded.consistency() == Consistency.SERIALIZABLE;
                return Optional.of(new Move(
                        operation,
                        session(recorded),
                        ranks[operation],
                        stale ? Move.BEGINNING : recorded.invoked(),
                        recorded.ended(),
                        true,
                        shape.guards(),
                        shape.then(),
                        shape.otherwise(),
                        shape.mayHold(),
                        shape.mayFail(),
                        outcome.revision().orElse(0)));
            }

            @Override
            public Optional<Move> unknown(Outcome.Unknown outcome) {
                return pending(operation);
            }

            @Override
            public Optional<Move> failed(Outcome.Failed outcome) {
                return Optional.empty();
            }
        });
    }

    /** An operation that was called, as if its answer had not come yet; empty when it cannot write. */
    Optional<Move> pending(int operation) {
        Operation recorded = history.operations().get(operation);
        Shape shape = recorded.action().accept(new Shaping(vocabulary, Optional.empty()));
        Move move = optional(operation, recorded.invoked(), shape);
        return move.onlyReads() ? Optional.empty() : Optional.of(move);
    }

    /**
     * An operation of which nothing is believed but what it cannot have written: each single write that its answer
     * leaves possible may have happened at any time, or never.
     */
    List<Move> relaxed(int operation) {
        return recorded(operation).stream()
                .flatMap(Move::branches)
                .flatMap(List::stream)
                .filter(Act::writes)
                .distinct()
                .map(act ->
                        optional(operation, Move.BEGINNING, Shape.plain(List.of(Act.write(act.key(), act.written())))))
                .toList();
    }

    /** What an action may write, a list for each of its branches. */
    static Stream<List<Act>> writes(Action action, Vocabulary vocabulary) {
        Shape shape = action.accept(new Shaping(vocabulary, Optional.empty()));
        return Stream.of(shape.then(), shape.otherwise());
    }

    private Move optional(int operation, long earliest, Shape shape) {
        return new Move(
                operation,
                Move.NO_SESSION,
                ranks[operation],
                earliest,
                Move.NEVER,
                false,
                shape.guards(),
                shape.then(),
                shape.otherwise(),
                shape.mayHold(),
                shape.mayFail(),
                0);
    }

    private int session(Operation recorded) {
        boolean bound = switch (history.rules().sessions()) {
            case NONE -> false;
            case MONOTONIC_READS -> recorded.action().onlyReads();
            case PROGRAM_ORDER -> true;
        };
        return bound ? clients.computeIfAbsent(recorded.client(), client -> clients.size()) : Move.NO_SESSION;
    }

    /** What an action tests and writes, and which of its branches may have run. */
    private record Shape(List<Act> guards, List<Act> then, List<Act> otherwise, boolean mayHold, boolean mayFail) {
        static Shape plain(List<Act> acts) {
            return new Shape(List.of(), acts, List.of(), true, false);
        }
    }

    /** Gives an action and its answer, if there was one, their shape. */
    private record Shaping(Vocabulary vocabulary, Optional<Answer> answer) implements Action.Visitor<Shape> {
        @Override
        public Shape get(Action.Get action) {
            int key = vocabulary.key(action.key());
            if (answer.isPresent() && answer.get() instanceof Answer.Found found) {
                return Shape.plain(List.of(saw(key, found.seen())));
            }
            return Shape.plain(List.of());
        }

        @Override
        public Shape put(Action.Put action) {
            return Shape.plain(List.of(Act.write(vocabulary.key(action.key()), vocabulary.value(action.value()))));
        }

        @Override
        public Shape delete(Action.Delete action) {
            int key = vocabulary.key(action.key());
            if (answer.isPresent() && answer.get() instanceof Answer.Removed removed) {
                return Shape.plain(
                        List.of(removed.existed() ? Act.deletePresent(key) : Act.is(key, Vocabulary.MISSING)));
            }
            return Shape.plain(List.of(Act.write(key, Vocabulary.MISSING)));
        }

        @Override
        public Shape range(Action.Range action) {
            List<Act> acts = new ArrayList<>();
            if (answer.isPresent() && answer.get() instanceof Answer.Listed listed) {
                vocabulary
                        .keysIn(action)
                        .forEach((name, key) -> acts.add(
                                saw(key, Optional.ofNullable(listed.pairs().get(name)))));
            }
            return Shape.plain(acts);
        }

        @Override
        public Shape compareAndSet(Action.CompareAndSet action) {
            int key = vocabulary.key(action.key());
            int expected = action.expected().map(vocabulary::value).orElse(Vocabulary.MISSING);
            boolean known = answer.isPresent();
            boolean swapped = known && answer.get() instanceof Answer.Swapped given && given.swapped();
            return new Shape(
                    List.of(Act.is(key, expected)),
                    List.of(Act.write(key, vocabulary.value(action.value()))),
                    List.of(),
                    !known || swapped,
                    !known || !swapped);
        }

        @Override
        public Shape txn(Action.Txn action) {
            GuardShaping guarding = new GuardShaping(vocabulary);
            List<Act> guards = action.conditions().stream()
                    .map(condition -> condition.accept(guarding))
                    .toList();
            if (answer.isPresent() && answer.get() instanceof Answer.Decided decided) {
                List<Act> acts = acts(action.branch(decided.succeeded()), decided.answers());
                return decided.succeeded()
                        ? new Shape(guards, acts, List.of(), true, false)
                        : new Shape(guards, List.of(), acts, false, true);
            }
            boolean mayFail = !guards.isEmpty();
            return new Shape(
                    guards, acts(action.then(), List.of()), acts(action.otherwise(), List.of()), true, mayFail);
        }

        private List<Act> acts(List<Action.Step> steps, List<Answer> answers) {
            List<Act> acts = new ArrayList<>();
            for (int i = 0; i < steps.size(); i++) {
                Optional<Answer> given = answers.isEmpty() ? Optional.empty() : Optional.of(answers.get(i));
                acts.addAll(steps.get(i).accept(new Shaping(vocabulary, given)).then());
            }
            return acts;
        }

        private Act saw(int key, Optional<Seen> seen) {
            return seen.map(pair -> Act.isAt(
                            key,
                            vocabulary.value(pair.value()),
                            pair.modRevision().orElse(0)))
                    .orElse(Act.is(key, Vocabulary.MISSING));
        }
    }

    /** Gives a condition its form. */
    private record GuardShaping(Vocabulary vocabulary) implements Condition.Visitor<Act> {
        @Override
        public Act valueIs(Condition.ValueIs condition) {
            return Act.is(vocabulary.key(condition.key()), vocabulary.value(condition.value()));
        }

        @Override
        public Act valueIsNot(Condition.ValueIsNot condition) {
            return Act.isNot(vocabulary.key(condition.key()), vocabulary.value(condition.value()));
        }

        @Override
        public Act exists(Condition.Exists condition) {
            return Act.present(vocabulary.key(condition.key()));
        }

        @Override
        public Act missing(Condition.Missing condition) {
            return Act.is(vocabulary.key(condition.key()), Vocabulary.MISSING);
        }

        @Override
        public Act modRevisionIs(Condition.ModRevisionIs condition) {
            return Act.writtenAt(vocabulary.key(condition.key()), condition.revision());
        }
    }
}
