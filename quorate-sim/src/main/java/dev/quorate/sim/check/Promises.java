package dev.quorate.sim.check;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Finds answers that show a promise of the workload broken. */
final class Promises implements Promise.Visitor<List<Finding>> {
    private final Evidence evidence;
    private final List<Sight> sights = new ArrayList<>();

    /**
     * What one operation showed of the state in which it took effect.
     *
     * @param move its place among the moves
     * @param values by key: the number of the value, 0 when the key was missing
     */
    record Sight(int move, Map<Integer, Integer> values) {}

    private Promises(Evidence evidence) {
        this.evidence = evidence;
        for (int i = 0; i < evidence.moves().size(); i++) {
            Map<Integer, Integer> values = new TreeMap<>();
            for (int number : evidence.demand().needs(i).consumed()) {
                Demand.Slot slot = evidence.demand().slot(number);
                values.put(slot.key(), slot.value());
            }
            if (!values.isEmpty()) {
                sights.add(new Sight(i, values));
            }
        }
    }

    static List<Finding> find(Evidence evidence) {
        List<Finding> findings = new ArrayList<>();
        if (!evidence.history().rules().promises().isEmpty()) {
            Promises promises = new Promises(evidence);
            evidence.history()
                    .rules()
                    .promises()
                    .forEach(promise -> findings.addAll(promise.accept(promises).stream()
                            .limit(Evidence.FINDINGS_MAX)
                            .toList()));
        }
        return findings;
    }

    @Override
    public List<Finding> bankTotal(Promise.BankTotal promise) {
        Set<Integer> keys = new HashSet<>();
        promise.keys().forEach(key -> evidence.vocabulary().find(key).ifPresent(keys::add));
        List<Finding> findings = new ArrayList<>();
        for (Sight sight : sights) {
            Map<Integer, Integer> accounts = new TreeMap<>(sight.values());
            accounts.keySet().retainAll(keys);
            BigInteger sum = accounts.values().stream().map(this::balance).reduce(BigInteger.ZERO, BigInteger::add);
            if (accounts.size() == keys.size() && !sum.equals(BigInteger.valueOf(promise.total()))) {
                String message = evidence.name(sight.move()) + " saw accounts with a sum of " + sum + ", not "
                        + promise.total() + ": " + names(accounts);
                findings.add(evidence.finding(Fault.TOTAL_CHANGED, message, sight.move()));
            }
        }
        return findings;
    }

    private BigInteger balance(int value) {
        if (value == Vocabulary.MISSING) {
            return BigInteger.ZERO;
        }
        String text = evidence.vocabulary().valueName(value);
        try {
            return new BigInteger(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("an account holds a whole number, not " + Wording.value(text), e);
        }
    }

    private String names(Map<Integer, Integer> accounts) {
        TreeMap<String, String> pairs = new TreeMap<>();
        accounts.forEach((key, value) -> pairs.put(
                evidence.vocabulary().keyName(key),
                value == Vocabulary.MISSING ? "missing" : evidence.vocabulary().valueName(value)));
        return Wording.pairs(pairs);
    }

    @Override
    public List<Finding> growingList(Promise.GrowingList promise) {
        return evidence.vocabulary().find(promise.key()).stream()
                .boxed()
                .flatMap(key -> new GrowingLists(evidence, promise, key).find(sights).stream())
                .toList();
    }

    @Override
    public List<Finding> growingKeys(Promise.GrowingKeys promise) {
        return new GrowingKeySets(evidence, promise).find(sights);
    }
}
