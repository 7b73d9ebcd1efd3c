package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds keys that were lost although keys that begin so are never deleted. */
final class GrowingKeySets {
    private final Evidence evidence;
    private final String prefix;

    /** The moment by which an operation had put a key or seen it. */
    private record Known(int key, int move) {}

    GrowingKeySets(Evidence evidence, Promise.GrowingKeys promise) {
        this.evidence = evidence;
        this.prefix = promise.prefix();
    }

    List<Finding> find(List<Promises.Sight> sights) {
        List<Known> known = new ArrayList<>();
        for (int i = 0; i < evidence.moves().size(); i++) {
            if (evidence.isSure(i)) {
                add(i, Demand.lastWrites(evidence.move(i).acts()), known);
            }
        }
        sights.forEach(sight -> add(sight.move(), sight.values(), known));
        known.sort(Comparator.comparingLong(fact -> evidence.move(fact.move()).latest()));

        List<Promises.Sight> byCall = new ArrayList<>(sights);
        byCall.sort(
                Comparator.comparingLong(sight -> evidence.move(sight.move()).earliest()));
        List<Finding> findings = new ArrayList<>();
        Map<Integer, Integer> since = new HashMap<>();
        int next = 0;
        for (Promises.Sight sight : byCall) {
            long time = evidence.move(sight.move()).earliest();
            while (next < known.size() && evidence.move(known.get(next).move()).latest() < time) {
                since.putIfAbsent(known.get(next).key(), known.get(next).move());
                next++;
            }
            for (Map.Entry<Integer, Integer> pair : sight.values().entrySet()) {
                Integer knower = pair.getValue() == Vocabulary.MISSING ? since.get(pair.getKey()) : null;
                if (knower != null) {
                    findings.add(lost(sight.move(), pair.getKey(), knower));
                    break;
                }
            }
        }
        return findings;
    }

    private void add(int move, Map<Integer, Integer> values, List<Known> known) {
        values.forEach((key, value) -> {
            if (value != Vocabulary.MISSING
                    && evidence.vocabulary().keyName(key).startsWith(prefix)) {
                known.add(new Known(key, move));
            }
        });
    }

    private Finding lost(int reader, int key, int knower) {
        String name = Wording.value(evidence.vocabulary().keyName(key));
        String message = evidence.name(reader) + " saw that " + name + " is missing, which " + evidence.name(knower)
                + " had put or seen before; keys with " + Wording.value(prefix) + " are never deleted";
        return evidence.finding(Fault.ELEMENT_LOST, message, knower, reader);
    }
}
