package dev.quorate.sim.check;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What follows about single moves before any order is tried. None of it changes whether an order exists:
 *
 * <ul>
 *   <li>a move that may never have happened, and of which nobody can see anything, is left out;
 *   <li>a move that may never have happened, but alone can have written what somebody saw, happened, and before the end
 *       of that observation;
 *   <li>a write that alone can have written what somebody saw with its revision, made that revision;
 *   <li>a stale read took effect after the earliest moment at which what it saw can have been written.
 * </ul>
 */
final class Narrowing {
    private Narrowing() {}

    static List<Move> narrow(List<Move> moves, int[] initial) {
        List<Move> narrowed = moves;
        while (true) {
            List<Move> seen = withoutUnseen(narrowed);
            Demand demand = new Demand(seen);
            List<Move> next = withHappened(seen, demand, initial);
            if (next.equals(seen)) {
                return withLaterStaleReads(withRevisions(next, demand, initial), demand, initial);
            }
            narrowed = next;
        }
    }

    /** Keeps what took effect for sure, and what that may depend on, directly or through others. */
    private static List<Move> withoutUnseen(List<Move> moves) {
        Demand demand = new Demand(moves);
        Map<Integer, List<Integer>> writers = writersByKey(moves, demand);
        BitSet kept = new BitSet(moves.size());
        Deque<Integer> unexplored = new ArrayDeque<>();
        for (int i = 0; i < moves.size(); i++) {
            if (moves.get(i).required()) {
                kept.set(i);
                unexplored.add(i);
            }
        }
        while (!unexplored.isEmpty()) {
            Demand.Needs needs = demand.needs(unexplored.remove());
            List<Integer> found = new ArrayList<>();
            needs.consumed().forEach(slot -> found.addAll(demand.slot(slot).producers()));
            needs.wanted().forEach(slot -> found.addAll(demand.slot(slot).producers()));
            needs.contested().forEach(key -> found.addAll(writers.getOrDefault(key, List.of())));
            for (int move : found) {
                if (!kept.get(move)) {
                    kept.set(move);
                    unexplored.add(move);
                }
            }
        }
        return kept.stream().mapToObj(moves::get).toList();
    }

    /** The moves that may never have happened, by the keys that they may write. */
    private static Map<Integer, List<Integer>> writersByKey(List<Move> moves, Demand demand) {
        Map<Integer, List<Integer>> writers = new HashMap<>();
        for (int i = 0; i < moves.size(); i++) {
            if (!moves.get(i).required()) {
                for (int slot : demand.produced(i)) {
                    writers.computeIfAbsent(demand.slot(slot).key(), key -> new ArrayList<>())
                            .add(i);
                }
            }
        }
        return writers;
    }

    private static List<Move> withHappened(List<Move> moves, Demand demand, int[] initial) {
        List<Move> known = new ArrayList<>(moves);
        for (Demand.Slot slot : demand.slots()) {
            boolean explained = initial[slot.key()] == slot.value();
            if (slot.producers().size() != 1 || slot.consumers().isEmpty() || explained) {
                continue;
            }
            int producer = slot.producers().get(0);
            Move move = known.get(producer);
            boolean held = move.mayHold() && leaves(move.then(), slot);
            boolean failed = move.mayFail() && leaves(move.otherwise(), slot);
            if (!moves.get(producer).required() && (held || failed)) {
                long seenBy = slot.consumers().stream()
                        .mapToLong(consumer -> moves.get(consumer).latest())
                        .min()
                        .orElse(Move.NEVER);
                known.set(producer, move.happenedBy(Math.min(move.latest(), seenBy), held, failed));
            }
        }
        return known;
    }

    private static boolean leaves(List<Act> acts, Demand.Slot slot) {
        return Integer.valueOf(slot.value()).equals(Demand.lastWrites(acts).get(slot.key()));
    }

    private static List<Move> withRevisions(List<Move> moves, Demand demand, int[] initial) {
        List<Move> known = new ArrayList<>(moves);
        for (Move observer : moves) {
            if (!isSure(observer)) {
                continue;
            }
            for (Act act : observer.acts()) {
                int number = act.modRevision() == 0 ? -1 : demand.find(act.key(), act.value());
                if (number < 0 || initial[act.key()] == act.value()) {
                    continue;
                }
                List<Integer> producers = demand.slot(number).producers();
                int producer = producers.size() == 1 ? producers.get(0) : -1;
                if (producer >= 0
                        && isSure(known.get(producer))
                        && known.get(producer).revision() == 0) {
                    known.set(producer, known.get(producer).at(act.modRevision()));
                }
            }
        }
        return known;
    }

    private static boolean isSure(Move move) {
        return move.required() && move.decided();
    }

    private static List<Move> withLaterStaleReads(List<Move> moves, Demand demand, int[] initial) {
        List<Move> raised = new ArrayList<>(moves);
        for (int i = 0; i < moves.size(); i++) {
            if (moves.get(i).required() && moves.get(i).earliest() == Move.BEGINNING) {
                long earliest = Move.BEGINNING;
                for (int number : demand.needs(i).consumed()) {
                    Demand.Slot slot = demand.slot(number);
                    if (initial[slot.key()] != slot.value()) {
                        earliest = Math.max(earliest, earliestOf(slot, moves));
                    }
                }
                if (earliest != Move.BEGINNING) {
                    raised.set(i, moves.get(i).notBefore(earliest));
                }
            }
        }
        return raised;
    }

    private static long earliestOf(Demand.Slot slot, List<Move> moves) {
        return slot.producers().stream()
                .mapToLong(producer -> moves.get(producer).earliest())
                .min()
                .orElse(Move.BEGINNING);
    }
}
