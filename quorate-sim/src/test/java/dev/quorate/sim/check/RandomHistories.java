package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Histories of a store that really is atomic: clients call, each call takes effect at a random moment before its
 * answer, and some answers never come. Everything is drawn from a seed.
 */
final class RandomHistories {
    private final SplittableRandom random;
    private final Shape shape;
    private final TreeMap<String, Seen> store = new TreeMap<>();
    private final List<TreeMap<String, Seen>> past = new ArrayList<>();
    private final List<Long> pastRevisions = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private final List<Call> abandoned = new ArrayList<>();
    private long revision = 1;
    private long time;
    private int nextValue;

    /**
     * How the histories look.
     *
     * @param values how many different values are written; 0 for a new one each time
     * @param unknownPercent how many calls never get an answer
     * @param stalePercent how many reads may be stale
     * @param revisionPercent how many answers carry their revision
     * @param modRevisions whether pairs carry theirs
     * @param multiKeyPercent how many operations touch several keys
     * @param sessions what stale reads of one client keep
     */
    record Shape(
            int operations,
            int clients,
            int keys,
            int values,
            int unknownPercent,
            int stalePercent,
            int revisionPercent,
            boolean modRevisions,
            int multiKeyPercent,
            SessionGuarantee sessions) {}

    /** A call under way. */
    private static final class Call {
        private final String client;
        private final long invoked;
        private final Action action;
        private final Consistency consistency;
        private Optional<Answer> answer = Optional.empty();
        private long revision;

        Call(String client, long invoked, Action action, Consistency consistency) {
            this.client = client;
            this.invoked = invoked;
            this.action = action;
            this.consistency = consistency;
        }
    }

    private RandomHistories(long seed, Shape shape) {
        this.random = new SplittableRandom(seed);
        this.shape = shape;
    }

    static History generate(long seed, Shape shape) {
        return new RandomHistories(seed, shape).run();
    }

    private History run() {
        TreeMap<String, String> initial = new TreeMap<>();
        for (int key = 0; key < shape.keys(); key++) {
            if (chance(30)) {
                String value = newValue();
                initial.put(key(key), value);
                store.put(key(key), seen(value, 1));
            }
        }
        remember();
        Call[] calls = new Call[shape.clients()];
        int[] sessionFloor = new int[shape.clients()];
        int started = 0;
        while (started < shape.operations() || IntStream.range(0, calls.length).anyMatch(i -> calls[i] != null)) {
            time++;
            int client = random.nextInt(calls.length);
            Call call = calls[client];
            if (call == null) {
                if (started < shape.operations()) {
                    started++;
                    calls[client] = begin(client);
                }
            } else if (call.answer.isEmpty() && chance(60)) {
                if (!call.action.onlyReads() && chance(shape.unknownPercent())) {
                    abandoned.add(call);
                    operations.add(end(call, new Outcome.Unknown()));
                    calls[client] = null;
                } else {
                    takeEffect(call, client, sessionFloor);
                }
            } else if (call.answer.isPresent() && chance(60)) {
                boolean numbered = chance(shape.revisionPercent());
                OptionalLong shown = numbered ? OptionalLong.of(call.revision) : OptionalLong.empty();
                operations.add(end(call, new Outcome.Answered(call.answer.get(), shown)));
                calls[client] = null;
            }
            if (!abandoned.isEmpty() && chance(20)) {
                Call late = abandoned.remove(random.nextInt(abandoned.size()));
                if (chance(60)) {
                    apply(late);
                }
            }
        }
        return new History(HistoryRules.PLAIN.startingWith(initial).withSessions(shape.sessions()), operations);
    }

    private Operation end(Call call, Outcome outcome) {
        return new Operation(call.client, call.invoked, time, call.action, outcome, call.consistency);
    }

    private Call begin(int client) {
        Action action = action();
        boolean stale = !(action instanceof Action.Txn) && action.onlyReads() && chance(shape.stalePercent());
        return new Call("c" + client, time, action, stale ? Consistency.SERIALIZABLE : Consistency.LINEARIZABLE);
    }

    private void takeEffect(Call call, int client, int[] sessionFloor) {
        if (call.consistency == Consistency.SERIALIZABLE) {
            int from = shape.sessions() == SessionGuarantee.NONE ? 0 : sessionFloor[client];
            int at = from + random.nextInt(past.size() - from);
            call.answer = Optional.of(read(call.action, past.get(at)));
            call.revision = pastRevisions.get(at);
            sessionFloor[client] = at;
        } else {
            apply(call);
            sessionFloor[client] = past.size() - 1;
        }
    }

    private void apply(Call call) {
        long before = revision;
        call.answer = Optional.of(run(call.action));
        call.revision = revision;
        if (revision != before) {
            remember();
        }
    }

    private void remember() {
        past.add(new TreeMap<>(store));
        pastRevisions.add(revision);
    }

    private static Answer read(Action action, Map<String, Seen> state) {
        if (action instanceof Action.Get get) {
            return new Answer.Found(Optional.ofNullable(state.get(get.key())));
        }
        Action.Range range = (Action.Range) action;
        TreeMap<String, Seen> pairs = new TreeMap<>(state);
        pairs.keySet().removeIf(key -> !range.holds(key));
        return new Answer.Listed(pairs);
    }

    /** Runs an action at a new revision, and takes that back when nothing was written. */
    private Answer run(Action action) {
        long own = revision + 1;
        boolean[] wrote = new boolean[1];
        Answer answer;
        if (action instanceof Action.CompareAndSet cas) {
            boolean holds = valueOf(cas.key()).equals(cas.expected());
            if (holds) {
                step(new Action.Put(cas.key(), cas.value()), own, wrote);
            }
            answer = new Answer.Swapped(holds);
        } else if (action instanceof Action.Txn txn) {
            boolean holds = txn.conditions().stream().allMatch(this::holds);
            List<Answer> answers = new ArrayList<>();
            for (Action.Step step : txn.branch(holds)) {
                answers.add(step(step, own, wrote));
            }
            answer = new Answer.Decided(holds, answers);
        } else {
            answer = step((Action.Step) action, own, wrote);
        }
        revision = wrote[0] ? own : revision;
        return answer;
    }

    private Answer step(Action.Step step, long own, boolean[] wrote) {
        if (step instanceof Action.Put put) {
            store.put(put.key(), seen(put.value(), own));
            wrote[0] = true;
            return new Answer.Done();
        }
        if (step instanceof Action.Delete delete) {
            boolean existed = store.remove(delete.key()) != null;
            wrote[0] |= existed;
            return chance(50) ? new Answer.Removed(existed) : new Answer.Done();
        }
        return read(step, store);
    }

    private boolean holds(Condition condition) {
        Optional<String> value = valueOf(condition.key());
        if (condition instanceof Condition.ValueIs is) {
            return value.equals(Optional.of(is.value()));
        }
        if (condition instanceof Condition.ValueIsNot isNot) {
            return value.isPresent() && !value.get().equals(isNot.value());
        }
        return condition instanceof Condition.Exists ? value.isPresent() : value.isEmpty();
    }

    private Optional<String> valueOf(String key) {
        return Optional.ofNullable(store.get(key)).map(Seen::value);
    }

    private Seen seen(String value, long writtenAt) {
        return shape.modRevisions() ? Seen.of(value, writtenAt) : Seen.of(value);
    }

    private Action action() {
        if (chance(shape.multiKeyPercent())) {
            return chance(35) ? range() : txn();
        }
        String key = anyKey();
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> new Action.Put(key, newValue());
            case 3 -> new Action.Delete(key);
            case 4, 5 -> new Action.CompareAndSet(key, expected(key), newValue());
            default -> new Action.Get(key);
        };
    }

    private Action.Range range() {
        int from = random.nextInt(shape.keys());
        return new Action.Range(key(from), chance(50) ? Optional.empty() : Optional.of(key(from) + "~"));
    }

    private Action.Txn txn() {
        List<Condition> conditions = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            String key = anyKey();
            conditions.add(
                    switch (random.nextInt(5)) {
                        case 0 -> new Condition.Exists(key);
                        case 1 -> new Condition.Missing(key);
                        case 2 -> new Condition.ValueIsNot(key, expected(key).orElse("0"));
                        default -> new Condition.ValueIs(key, expected(key).orElse("0"));
                    });
        }
        return new Action.Txn(conditions, steps(1 + random.nextInt(3)), steps(random.nextInt(3)));
    }

    private List<Action.Step> steps(int count) {
        List<Action.Step> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            steps.add(
                    switch (random.nextInt(6)) {
                        case 0, 1 -> new Action.Put(anyKey(), newValue());
                        case 2 -> new Action.Delete(anyKey());
                        case 3 -> range();
                        default -> new Action.Get(anyKey());
                    });
        }
        return steps;
    }

    private Optional<String> expected(String key) {
        if (chance(70)) {
            return valueOf(key);
        }
        return chance(30) ? Optional.empty() : Optional.of(oldValue());
    }

    private String newValue() {
        return shape.values() == 0 ? "v" + nextValue++ : "v" + random.nextInt(shape.values());
    }

    private String oldValue() {
        return "v" + random.nextInt(Math.max(1, shape.values() == 0 ? nextValue : shape.values()));
    }

    private String anyKey() {
        return key(random.nextInt(shape.keys()));
    }

    private static String key(int number) {
        return "k" + number;
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /** The same history with one or two things changed in it; most of them then cannot have happened. */
    static History mutated(History history, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Operation> operations = new ArrayList<>(history.operations());
        for (int i = 1 + random.nextInt(2); i > 0 && !operations.isEmpty(); i--) {
            int at = random.nextInt(operations.size());
            operations.set(at, mutated(operations.get(at), operations, random));
        }
        return new History(history.rules(), operations);
    }

    private static Operation mutated(Operation operation, List<Operation> all, SplittableRandom random) {
        if (!(operation.outcome() instanceof Outcome.Answered answered) || random.nextInt(8) == 0) {
            long invoked = Math.max(0, operation.invoked() + random.nextInt(-6, 7));
            long ended = Math.max(invoked, operation.ended() + random.nextInt(-6, 7));
            return new Operation(
                    operation.client(),
                    invoked,
                    ended,
                    operation.action(),
                    operation.outcome(),
                    operation.consistency());
        }
        if (random.nextInt(12) == 0) {
            return new Operation(
                    operation.client(),
                    operation.invoked(),
                    operation.ended(),
                    operation.action(),
                    random.nextBoolean() && !operation.action().onlyReads()
                            ? new Outcome.Unknown()
                            : new Outcome.Failed(),
                    Consistency.LINEARIZABLE);
        }
        OptionalLong revision = answered.revision();
        if (revision.isPresent() && random.nextInt(3) == 0) {
            revision = OptionalLong.of(Math.max(1, revision.getAsLong() + random.nextInt(-2, 3)));
        }
        Answer answer = mutated(answered.answer(), all, random);
        return new Operation(
                operation.client(),
                operation.invoked(),
                operation.ended(),
                operation.action(),
                new Outcome.Answered(answer, revision),
                operation.consistency());
    }

    private static Answer mutated(Answer answer, List<Operation> all, SplittableRandom random) {
        if (answer instanceof Answer.Found) {
            return new Answer.Found(random.nextInt(5) == 0 ? Optional.empty() : Optional.of(anySeen(all, random)));
        }
        if (answer instanceof Answer.Removed removed) {
            return new Answer.Removed(!removed.existed());
        }
        if (answer instanceof Answer.Swapped swapped) {
            return new Answer.Swapped(!swapped.swapped());
        }
        if (answer instanceof Answer.Listed listed && !listed.pairs().isEmpty()) {
            TreeMap<String, Seen> pairs = new TreeMap<>(listed.pairs());
            List<String> keys = List.copyOf(pairs.keySet());
            String key = keys.get(random.nextInt(keys.size()));
            if (random.nextInt(3) == 0) {
                pairs.remove(key);
            } else {
                pairs.put(key, anySeen(all, random));
            }
            return new Answer.Listed(pairs);
        }
        if (answer instanceof Answer.Decided decided && !decided.answers().isEmpty()) {
            List<Answer> answers = new ArrayList<>(decided.answers());
            int at = random.nextInt(answers.size());
            answers.set(at, mutated(answers.get(at), all, random));
            return new Answer.Decided(decided.succeeded(), answers);
        }
        return answer;
    }

    /** A pair that some answer of the history has shown, or one that none has. */
    private static Seen anySeen(List<Operation> all, SplittableRandom random) {
        List<Seen> seen = new ArrayList<>(List.of(Seen.of("v" + random.nextInt(4))));
        for (Operation operation : all) {
            operation.answer().ifPresent(answer -> addSeen(answer, seen));
        }
        return seen.get(random.nextInt(seen.size()));
    }

    private static void addSeen(Answer answer, List<Seen> seen) {
        if (answer instanceof Answer.Found found) {
            found.seen().ifPresent(seen::add);
        } else if (answer instanceof Answer.Listed listed) {
            Map<String, Seen> pairs = listed.pairs();
            seen.addAll(pairs.values());
        } else if (answer instanceof Answer.Decided decided) {
            decided.answers().forEach(inner -> addSeen(inner, seen));
        }
    }
}
