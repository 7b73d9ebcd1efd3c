package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds pairs of operations of which neither can come before the other, by values that were there only once: two
 * updates of the same value, two transactions that undo each other's conditions, and reads of half a transaction.
 */
final class Conflicts {
    private final Evidence evidence;
    private final List<Finding> findings = new ArrayList<>();
    /** By slot that was there only once: the moves that found it and replaced it. */
    private final Map<Integer, List<Integer>> replacers = new HashMap<>();

    private Conflicts(Evidence evidence) {
        this.evidence = evidence;
    }

    static List<Finding> find(Evidence evidence) {
        Conflicts conflicts = new Conflicts(evidence);
        conflicts.findReplacers();
        conflicts.replacers.forEach(conflicts::findSecondReplacer);
        conflicts.replacers.forEach(conflicts::findSkew);
        conflicts.findHalfTransactions();
        return conflicts.findings;
    }

    private void findReplacers() {
        for (int i = 0; i < evidence.moves().size(); i++) {
            if (evidence.isSure(i)) {
                Map<Integer, Integer> left = Demand.lastWrites(evidence.move(i).acts());
                for (int number : evidence.demand().needs(i).consumed()) {
                    Demand.Slot slot = evidence.demand().slot(number);
                    Integer value = left.get(slot.key());
                    if (value != null && value != slot.value() && evidence.isOnce(slot)) {
                        replacers
                                .computeIfAbsent(number, unused -> new ArrayList<>())
                                .add(i);
                    }
                }
            }
        }
    }

    private void findSecondReplacer(int number, List<Integer> moves) {
        if (moves.size() < 2 || isFull()) {
            return;
        }
        Demand.Slot slot = evidence.demand().slot(number);
        int first = moves.get(0);
        int second = moves.get(1);
        boolean same = action(first).equals(action(second));
        String message = evidence.name(first) + " and " + evidence.name(second) + " both found " + evidence.pair(slot)
                + " and replaced it, though it was there only once, from " + evidence.origin(slot)
                + (same ? "; they ask for the same, as a repeated request does" : "");
        Fault fault = same ? Fault.DUPLICATED_WRITE : Fault.LOST_UPDATE;
        findings.add(evidence.finding(fault, message, evidence.onlyProducer(slot), first, second));
    }

    private void findSkew(int number, List<Integer> moves) {
        int first = moves.get(0);
        Demand.Slot slot = evidence.demand().slot(number);
        for (int second : slot.consumers()) {
            for (int otherNumber : evidence.demand().needs(second).consumed()) {
                Demand.Slot other = evidence.demand().slot(otherNumber);
                boolean skewed = second > first
                        && otherNumber != number
                        && replacers.getOrDefault(otherNumber, List.of()).contains(second)
                        && evidence.demand().needs(first).consumed().contains(otherNumber);
                if (skewed && !isFull()) {
                    String message = evidence.name(first) + " and " + evidence.name(second) + " both found "
                            + evidence.pair(slot) + " and " + evidence.pair(other) + "; then "
                            + evidence.name(first) + " replaced the first and " + evidence.name(second)
                            + " the second, so neither can have come after the other";
                    findings.add(evidence.finding(
                            Fault.WRITE_SKEW,
                            message,
                            evidence.onlyProducer(slot),
                            evidence.onlyProducer(other),
                            first,
                            second));
                    return;
                }
            }
        }
    }

    private void findHalfTransactions() {
        for (int reader = 0; reader < evidence.moves().size() && !isFull(); reader++) {
            List<Integer> consumed = evidence.demand().needs(reader).consumed();
            if (consumed.size() > 1) {
                Map<Integer, Demand.Slot> byKey = new HashMap<>();
                consumed.forEach(number -> {
                    Demand.Slot slot = evidence.demand().slot(number);
                    byKey.put(slot.key(), slot);
                });
                for (int number : consumed) {
                    if (findOtherHalf(reader, evidence.demand().slot(number), byKey)) {
                        break;
                    }
                }
            }
        }
    }

    /** Looks for another key of the transaction that wrote this slot, where the reader saw what was there before. */
    private boolean findOtherHalf(int reader, Demand.Slot slot, Map<Integer, Demand.Slot> seenByKey) {
        int writer = evidence.onlyProducer(slot);
        if (writer < 0 || writer == reader) {
            return false;
        }
        for (Map.Entry<Integer, Integer> left :
                Demand.lastWrites(evidence.move(writer).acts()).entrySet()) {
            Demand.Slot seen = seenByKey.get(left.getKey());
            if (seen != null && seen.value() != left.getValue() && isGoneAfter(seen, writer)) {
                String message = evidence.name(reader) + " saw " + evidence.pair(slot) + " from "
                        + evidence.name(writer) + ", and with it " + evidence.pair(seen)
                        + ", which was there only before " + evidence.name(writer) + " replaced it";
                findings.add(
                        evidence.finding(Fault.NON_ATOMIC_READ, message, evidence.onlyProducer(seen), writer, reader));
                return true;
            }
        }
        return false;
    }

    /** Whether a move that writes the key of a slot surely came after the only stretch of time of that slot. */
    private boolean isGoneAfter(Demand.Slot slot, int writer) {
        if (!evidence.isOnce(slot)) {
            return false;
        }
        int origin = evidence.onlyProducer(slot);
        return origin < 0
                || slot.consumers().contains(writer)
                || evidence.move(origin).latest() < evidence.move(writer).earliest();
    }

    private Action action(int move) {
        return evidence.history()
                .operations()
                .get(evidence.move(move).operation())
                .action();
    }

    private boolean isFull() {
        return findings.size() >= Evidence.FINDINGS_MAX;
    }
}
