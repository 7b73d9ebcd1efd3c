package dev.quorate.sim.workload;

import dev.quorate.sim.check.Action;
import dev.quorate.sim.check.Answer;
import dev.quorate.sim.check.Condition;
import dev.quorate.sim.check.HistoryRules;
import dev.quorate.sim.check.Promise;
import dev.quorate.sim.check.Seen;
import dev.quorate.sim.kernel.Chance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What clients do: registers, counters by compare-and-set, a bank, a set that only grows, reads across keys. How much
 * of each is drawn once for a world.
 */
public final class Workload {
    /** The keys of the bank; all accounts are opened by one transaction, whose repetition has no effect. */
    public static final Set<String> ACCOUNTS = new TreeSet<>(List.of("bank/a", "bank/b", "bank/c"));

    /** What is in the bank at any time after it was opened: nothing, since accounts may be overdrawn. */
    public static final long BANK_TOTAL = 0;

    /** The prefix of the set. */
    public static final String SET = "set/";

    private static final String[] COUNTERS = {"count/a", "count/b"};

    private final int registers;
    private final int[] weights;
    private int values;

    /** What a client knows of one key from its last read of it. */
    private record Known(String key, Optional<String> value) {}

    /** One client's memory. */
    public static final class Memory {
        private @Nullable Known counter;
        private @Nullable SortedMap<String, Seen> bank;
    }

    private enum Kind {
        READ_REGISTER,
        WRITE_REGISTER,
        DELETE_REGISTER,
        SWAP_REGISTER,
        COUNT,
        TRANSFER,
        ADD_TO_SET,
        READ_SET,
        READ_ACROSS,
        WRITE_ACROSS
    }

    /** What its histories promise; the store is empty at first, and nobody else writes to it. */
    public static HistoryRules rules() {
        return HistoryRules.PLAIN
                .promising(new Promise.BankTotal(ACCOUNTS, BANK_TOTAL), new Promise.GrowingKeys(SET))
                .recordedFrom(1);
    }

    /** A mix drawn by chance. */
    public Workload(Chance chance) {
        registers = 1 + chance.below(5);
        weights = new int[Kind.values().length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = chance.happens(0.75) ? 1 + chance.below(8) : 0;
        }
        List<Kind> kinds = List.of(Kind.values());
        weights[kinds.indexOf(Kind.WRITE_REGISTER)]++;
        weights[kinds.indexOf(Kind.READ_REGISTER)]++;
    }

    /** What the client does next. */
    public Action next(Chance chance, Memory memory) {
        int total = 0;
        for (int weight : weights) {
            total += weight;
        }
        int at = chance.below(total);
        int kind = 0;
        while (at >= weights[kind]) {
            at -= weights[kind++];
        }
        return action(Kind.values()[kind], chance, memory);
    }

    private Action action(Kind kind, Chance chance, Memory memory) {
        return switch (kind) {
            case READ_REGISTER -> new Action.Get(register(chance));
            case WRITE_REGISTER -> new Action.Put(register(chance), value());
            case DELETE_REGISTER -> new Action.Delete(register(chance));
            case SWAP_REGISTER ->
                new Action.Txn(
                        List.of(new Condition.Exists(register(chance))),
                        List.of(new Action.Put(register(chance), value()), new Action.Get(register(chance))),
                        List.of(new Action.Get(register(chance))));
            case COUNT -> count(chance, memory);
            case TRANSFER -> transfer(chance, memory);
            case ADD_TO_SET -> new Action.Put(SET + value(), "");
            case READ_SET -> Action.Range.prefix(SET);
            case READ_ACROSS -> new Action.Range("r", Optional.of("s"));
            case WRITE_ACROSS -> writeAcross(chance);
        };
    }

    /** What an answer teaches a client. */
    public void learn(Action action, Answer answer, Memory memory) {
        if (action instanceof Action.Get get && answer instanceof Answer.Found found) {
            if (get.key().startsWith("count/")) {
                memory.counter = new Known(get.key(), found.seen().map(Seen::value));
            }
        } else if (action instanceof Action.Range range && answer instanceof Answer.Listed listed) {
            if (range.from().equals("bank/")) {
                memory.bank = listed.pairs();
            }
        }
    }

    private Action count(Chance chance, Memory memory) {
        Known known = memory.counter;
        memory.counter = null;
        if (known == null) {
            return new Action.Get(COUNTERS[chance.below(COUNTERS.length)]);
        }
        long next = Long.parseLong(known.value().orElse("0")) + 1;
        return new Action.CompareAndSet(known.key(), known.value(), Long.toString(next));
    }

    /** Reads the whole bank, then moves money between two accounts if both are still as they were. */
    private Action transfer(Chance chance, Memory memory) {
        SortedMap<String, Seen> bank = memory.bank;
        memory.bank = null;
        if (bank == null) {
            return Action.Range.prefix("bank/");
        }
        List<String> accounts = new ArrayList<>(ACCOUNTS);
        String from = accounts.remove(chance.below(accounts.size()));
        String to = accounts.remove(chance.below(accounts.size()));
        long amount = 1L + chance.below(9);
        return new Action.Txn(
                List.of(unchanged(from, bank), unchanged(to, bank)),
                List.of(
                        new Action.Put(from, Long.toString(balance(from, bank) - amount)),
                        new Action.Put(to, Long.toString(balance(to, bank) + amount))),
                List.of(Action.Range.prefix("bank/")));
    }

    private static Condition unchanged(String account, SortedMap<String, Seen> bank) {
        Seen seen = bank.get(account);
        return seen == null ? new Condition.Missing(account) : new Condition.ValueIs(account, seen.value());
    }

    private static long balance(String account, SortedMap<String, Seen> bank) {
        Seen seen = bank.get(account);
        return seen == null ? 0 : Long.parseLong(seen.value());
    }

    private Action writeAcross(Chance chance) {
        List<Action.Step> steps = new ArrayList<>();
        for (int i = 0; i < registers; i++) {
            if (chance.happens(0.6)) {
                steps.add(new Action.Put("r" + i, value()));
            }
        }
        steps.add(new Action.Range("r", Optional.of("s")));
        return new Action.Txn(List.of(), steps, List.of());
    }

    private String register(Chance chance) {
        return "r" + chance.below(registers);
    }

    private String value() {
        return "v" + values++;
    }
}
