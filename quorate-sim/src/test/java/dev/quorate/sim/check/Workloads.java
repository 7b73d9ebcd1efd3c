package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Long histories of real workloads, from an atomic store that can be made to have one fault. The operations take effect
 * one after the other; around each of these moments lies the time from its call to its end, so that about as many are
 * under way at once as there are clients.
 */
final class Workloads {
    private static final int ACCOUNTS = 5;
    private static final int BALANCE = 100;

    private final SplittableRandom random;
    private final Plan plan;
    private final TreeMap<String, Seen> store = new TreeMap<>();
    private final List<TreeMap<String, Seen>> past = new ArrayList<>();
    private final PriorityQueue<long[]> clients = new PriorityQueue<>((a, b) -> Long.compare(a[1], b[1]));
    private long revision = 1;
    private long nextClient;
    private boolean wasFaulty;

    /** What the clients do. */
    enum Kind {
        REGISTERS,
        COUNTERS,
        BANK,
        LISTS,
        SETS
    }

    /** What the store does wrong, once. */
    enum Bug {
        NONE,
        /** Acknowledges a write and forgets it. */
        FORGETS_WRITE,
        /** Answers a read from an old state. */
        STALE_READ,
        /** Does the first half of a transaction. */
        HALF_TRANSACTION,
        /** Says that a compare-and-set or a transaction succeeded whose condition does not hold, and does it. */
        BLIND_COMPARE,
        /** Does an old write once more, long after its answer. */
        REPEATS_WRITE,
        /** Gives an answer with an old revision. */
        OLD_REVISION
    }

    /**
     * What to record.
     *
     * @param concurrency about how many operations are under way at once
     * @param revisions whether answers carry revisions
     * @param faultyAt from which operation on the bug may strike
     */
    record Plan(
            Kind kind,
            int operations,
            int concurrency,
            int unknownPercent,
            boolean revisions,
            Bug bug,
            int faultyAt,
            long seed) {}

    private Workloads(Plan plan) {
        this.plan = plan;
        this.random = new SplittableRandom(plan.seed());
    }

    static History record(Plan plan) {
        return new Workloads(plan).run();
    }

    private History run() {
        TreeMap<String, String> initial = new TreeMap<>();
        HistoryRules rules = HistoryRules.PLAIN;
        if (plan.kind() == Kind.BANK) {
            Set<String> accounts = new TreeSet<>();
            for (int i = 0; i < ACCOUNTS; i++) {
                accounts.add("account" + i);
                initial.put("account" + i, String.valueOf(BALANCE));
                store.put("account" + i, seen(String.valueOf(BALANCE), 1));
            }
            rules = rules.promising(new Promise.BankTotal(accounts, (long) ACCOUNTS * BALANCE));
        } else if (plan.kind() == Kind.LISTS) {
            rules = rules.promising(
                    new Promise.GrowingList("list3", ","),
                    new Promise.GrowingList("list4", ","),
                    new Promise.GrowingList("list5", ","));
        } else if (plan.kind() == Kind.SETS) {
            rules = rules.promising(new Promise.GrowingKeys("set/"));
        }
        past.add(new TreeMap<>(store));
        List<Operation> operations = new ArrayList<>();
        for (int i = 0; i < plan.operations(); i++) {
            operations.add(operation(i));
        }
        return new History(rules.startingWith(initial), operations);
    }

    private Operation operation(int number) {
        long moment = 1_000_000 + 10L * number;
        long spread = 10L * plan.concurrency();
        long invoked = moment - random.nextLong(spread);
        long ended = moment + random.nextLong(spread);
        String client = client(invoked, ended);
        Action action = action(number);
        if (!action.onlyReads() && random.nextInt(100) < plan.unknownPercent()) {
            if (random.nextBoolean()) {
                run(action);
            }
            return Operation.unknown(client, invoked, ended, action);
        }
        boolean faulty = number >= plan.faultyAt() && !wasFaulty;
        if (faulty && plan.bug() == Bug.REPEATS_WRITE) {
            repeatWrite();
        }
        Answer answer = faulty ? runFaulty(action) : run(action);
        boolean old = faulty && plan.bug() == Bug.OLD_REVISION && revision > 60;
        wasFaulty |= old;
        OptionalLong shown = plan.revisions() ? OptionalLong.of(old ? revision - 50 : revision) : OptionalLong.empty();
        return new Operation(
                client, invoked, ended, action, new Outcome.Answered(answer, shown), Consistency.LINEARIZABLE);
    }

    /** A client that is free at the time of the call. */
    private String client(long invoked, long ended) {
        long[] free = clients.peek();
        if (free == null || free[1] >= invoked) {
            free = new long[] {nextClient++, 0};
        } else {
            clients.remove();
        }
        free[1] = ended;
        clients.add(free);
        return "c" + free[0];
    }

    private Action action(int number) {
        boolean reads = random.nextInt(100) < 50;
        return switch (plan.kind()) {
            case REGISTERS -> {
                String key = "register" + random.nextInt(5);
                yield reads ? new Action.Get(key) : new Action.Put(key, "v" + number);
            }
            case COUNTERS -> {
                String key = "counter" + random.nextInt(4);
                Optional<String> seen = value(random.nextInt(4) == 0 ? anyPast() : store, key);
                String next = String.valueOf(seen.map(Integer::parseInt).orElse(0) + 1);
                yield reads ? new Action.Get(key) : new Action.CompareAndSet(key, seen, next);
            }
            case BANK -> reads ? new Action.Range("account", Optional.empty()) : transfer();
            case LISTS -> {
                String key = "list" + (number / 600 * 3 + random.nextInt(3));
                Optional<String> seen = value(store, key);
                String next = seen.map(list -> list + ",").orElse("") + number;
                yield reads || next.length() > 800 ? new Action.Get(key) : new Action.CompareAndSet(key, seen, next);
            }
            case SETS -> {
                String set = "set/" + number / 500 + "/" + random.nextInt(10) + "/";
                yield reads ? Action.Range.prefix(set) : new Action.Put(set + number, "");
            }
        };
    }

    private Action transfer() {
        int from = random.nextInt(ACCOUNTS);
        int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
        Map<String, Seen> state = random.nextInt(4) == 0 ? anyPast() : store;
        String before = value(state, "account" + from).orElse("0");
        String beforeThere = value(state, "account" + to).orElse("0");
        int amount = 1 + random.nextInt(5);
        return new Action.Txn(
                List.of(
                        new Condition.ValueIs("account" + from, before),
                        new Condition.ValueIs("account" + to, beforeThere)),
                List.of(
                        new Action.Put("account" + from, String.valueOf(Integer.parseInt(before) - amount)),
                        new Action.Put("account" + to, String.valueOf(Integer.parseInt(beforeThere) + amount))),
                List.of(new Action.Get("account" + from)));
    }

    private Map<String, Seen> anyPast() {
        return past.get(Math.max(0, past.size() - 1 - random.nextInt(10)));
    }

    private static Optional<String> value(Map<String, Seen> state, String key) {
        return Optional.ofNullable(state.get(key)).map(Seen::value);
    }

    private Seen seen(String value, long writtenAt) {
        return plan.revisions() ? Seen.of(value, writtenAt) : Seen.of(value);
    }

    private Answer run(Action action) {
        Answer answer = apply(action, store, revision + 1, holds(action, store), 2);
        if (changes(action, answer)) {
            revision++;
            past.add(new TreeMap<>(store));
            if (past.size() > 200) {
                past.remove(0);
            }
        }
        return answer;
    }

    private Answer runFaulty(Action action) {
        boolean writes = !action.onlyReads();
        switch (plan.bug()) {
            case FORGETS_WRITE -> {
                if (writes && holds(action, store)) {
                    wasFaulty = true;
                    return apply(action, new TreeMap<>(store), ++revision, true, 2);
                }
            }
            case STALE_READ -> {
                Answer now = run(action);
                TreeMap<String, Seen> old = past.get(Math.max(0, past.size() - 150));
                Answer then = writes ? now : apply(action, old, revision, true, 2);
                wasFaulty = !then.equals(now);
                return then;
            }
            case HALF_TRANSACTION -> {
                if (action instanceof Action.Txn && holds(action, store)) {
                    wasFaulty = true;
                    return apply(action, store, ++revision, true, 1);
                }
            }
            case BLIND_COMPARE -> {
                if (writes && !holds(action, store)) {
                    wasFaulty = true;
                    return apply(action, store, ++revision, true, 2);
                }
            }
            default -> {}
        }
        return run(action);
    }

    /** Puts the pairs of an old state back, as writes that are done once more do. */
    private void repeatWrite() {
        TreeMap<String, Seen> old = past.get(Math.max(0, past.size() - 150));
        for (String key : old.keySet()) {
            if (!value(old, key).equals(value(store, key))) {
                store.put(key, old.get(key));
                wasFaulty = true;
                return;
            }
        }
    }

    private static boolean holds(Action action, Map<String, Seen> state) {
        if (action instanceof Action.CompareAndSet cas) {
            return value(state, cas.key()).equals(cas.expected());
        }
        if (action instanceof Action.Txn txn) {
            return txn.conditions().stream().allMatch(condition -> {
                Condition.ValueIs is = (Condition.ValueIs) condition;
                return value(state, is.key()).equals(Optional.of(is.value()));
            });
        }
        return true;
    }

    private static boolean changes(Action action, Answer answer) {
        return action instanceof Action.Put
                || (answer instanceof Answer.Swapped swapped && swapped.swapped())
                || (answer instanceof Answer.Decided decided && decided.succeeded());
    }

    private Answer apply(Action action, Map<String, Seen> state, long at, boolean holds, int writesMax) {
        if (action instanceof Action.Get get) {
            return new Answer.Found(Optional.ofNullable(state.get(get.key())));
        }
        if (action instanceof Action.Range range) {
            TreeMap<String, Seen> pairs = new TreeMap<>(state);
            pairs.keySet().removeIf(key -> !range.holds(key));
            return new Answer.Listed(pairs);
        }
        if (action instanceof Action.Put put) {
            state.put(put.key(), seen(put.value(), at));
            return new Answer.Done();
        }
        if (action instanceof Action.CompareAndSet cas) {
            if (holds) {
                state.put(cas.key(), seen(cas.value(), at));
            }
            return new Answer.Swapped(holds);
        }
        List<Answer> answers = new ArrayList<>();
        int writes = 0;
        for (Action.Step step : ((Action.Txn) action).branch(holds)) {
            boolean write = !step.onlyReads();
            boolean skipped = write && writes >= writesMax;
            writes += write ? 1 : 0;
            answers.add(skipped ? new Answer.Done() : apply(step, state, at, true, 2));
        }
        return new Answer.Decided(holds, answers);
    }
}
