package dev.quorate.sim.check;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What must come before what for other reasons than time: moves with revisions in the order of these, and the moves of
 * a session in the order of their calls.
 *
 * <p>Among moves with the same revision the one that surely made it is first; the others only saw it, or deleted
 * nothing, and stand in any order.
 */
final class Precedence {
    private final int[] sessionBefore;
    private final long[] revisions;
    private final boolean[] makes;
    private final int[] byRevision;
    private final int[] placeByRevision;
    private final boolean[] placed;
    private int firstUnplaced;

    Precedence(List<Move> moves) {
        int count = moves.size();
        this.placed = new boolean[count];
        this.revisions = moves.stream().mapToLong(Move::revision).toArray();
        this.makes = new boolean[count];
        for (int i = 0; i < count; i++) {
            makes[i] = moves.get(i).surelyWrites();
        }
        this.byRevision = IntStream.range(0, count)
                .filter(i -> revisions[i] != 0)
                .boxed()
                .sorted(Comparator.comparingLong((Integer i) -> revisions[i]).thenComparing(i -> !makes[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        this.placeByRevision = new int[count];
        for (int place = 0; place < byRevision.length; place++) {
            placeByRevision[byRevision[place]] = place;
        }
        this.sessionBefore = sessionBefore(moves);
    }

    private static int[] sessionBefore(List<Move> moves) {
        int[] before = new int[moves.size()];
        Map<Integer, Integer> last = new HashMap<>();
        IntStream.range(0, before.length)
                .boxed()
                .sorted(Comparator.comparingInt(i -> moves.get(i).rank()))
                .forEach(i -> {
                    int session = moves.get(i).session();
                    Integer previous = session == Move.NO_SESSION ? null : last.put(session, i);
                    before[i] = previous == null ? -1 : previous;
                });
        return before;
    }

    /** Whether everything that must come before the move is placed. */
    boolean allows(int move) {
        if (sessionBefore[move] >= 0 && !placed[sessionBefore[move]]) {
            return false;
        }
        if (revisions[move] == 0) {
            return true;
        }
        int first = byRevision[firstUnplaced];
        return first == move || (!makes[move] && !makes[first] && revisions[first] == revisions[move]);
    }

    void place(int move) {
        placed[move] = true;
        while (firstUnplaced < byRevision.length && placed[byRevision[firstUnplaced]]) {
            firstUnplaced++;
        }
    }

    void unplace(int move) {
        placed[move] = false;
        if (revisions[move] != 0) {
            firstUnplaced = Math.min(firstUnplaced, placeByRevision[move]);
        }
    }
}
