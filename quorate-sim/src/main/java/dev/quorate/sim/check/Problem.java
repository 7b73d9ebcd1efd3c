package dev.quorate.sim.check;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Some moves to be put in order, with the keys that they touch numbered from 0.
 *
 * @param keys the number of each key in the vocabulary of the history, ascending
 * @param initial the value of each key at the beginning
 * @param floor a revision that the store had reached at the beginning: the highest that was seen of a pair that nobody
 *     wrote since; 0 when none was
 */
record Problem(List<Integer> keys, List<Integer> initial, long floor, List<Move> moves) {
    Problem {
        keys = List.copyOf(keys);
        initial = List.copyOf(initial);
        moves = List.copyOf(moves);
    }

    /** The problem of these moves, whose keys are those of the vocabulary, after what follows about each was drawn. */
    static Problem of(List<Move> moves, int[] initialOfAll) {
        return ofNarrowed(Narrowing.narrow(moves, initialOfAll), initialOfAll);
    }

    static Problem ofNarrowed(List<Move> moves, int[] initialOfAll) {
        Set<Integer> touched = new HashSet<>();
        moves.forEach(move -> move.keys().forEach(touched::add));
        int[] keys = touched.stream().mapToInt(Integer::intValue).sorted().toArray();
        List<Move> local = moves.stream()
                .map(move -> move.withKeys(key -> Arrays.binarySearch(keys, key)))
                .toList();
        return new Problem(
                Arrays.stream(keys).boxed().toList(),
                Arrays.stream(keys).map(key -> initialOfAll[key]).boxed().toList(),
                floor(moves, initialOfAll),
                local);
    }

    private static long floor(List<Move> moves, int[] initial) {
        if (moves.stream().noneMatch(Move::asksForRevisions)) {
            return 0;
        }
        Demand demand = new Demand(moves);
        return moves.stream()
                .filter(move -> move.required() && move.decided())
                .flatMap(move -> move.acts().stream())
                .filter(act -> act.modRevision() != 0 && act.testsOneValue() && initial[act.key()] == act.value())
                .filter(act -> isUnwritten(demand, act))
                .mapToLong(Act::modRevision)
                .max()
                .orElse(0);
    }

    private static boolean isUnwritten(Demand demand, Act act) {
        int slot = demand.find(act.key(), act.value());
        return slot >= 0 && demand.slot(slot).producers().isEmpty();
    }

    int[] initialValues() {
        return initial.stream().mapToInt(Integer::intValue).toArray();
    }

    boolean asksForRevisions() {
        return moves.stream().anyMatch(Move::asksForRevisions);
    }
}
