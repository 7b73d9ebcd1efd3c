package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One order of all operations from the orders of the parts. Time alone always allows one; revisions and sessions that
 * reach across parts may not, and then only a search of the whole can tell.
 */
final class Weaving {
    private final List<Move> moves = new ArrayList<>();
    private final List<Placed> places = new ArrayList<>();
    private final List<Integer> heads = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();
    private final Precedence precedence;
    private final int[] byLatest;
    private final boolean[] placed;
    private int firstLatest;

    /**
     * Prepares to weave.
     *
     * @param known every operation with what is known about it
     */
    Weaving(List<Move> known, List<List<Placed>> orders) {
        Map<Integer, Move> byOperation = new HashMap<>();
        known.forEach(move -> byOperation.put(move.operation(), move));
        for (List<Placed> order : orders) {
            heads.add(moves.size());
            for (Placed place : order) {
                places.add(place);
                moves.add(byOperation.get(place.operation()));
            }
            ends.add(moves.size());
        }
        this.precedence = new Precedence(moves);
        this.byLatest = IntStream.range(0, moves.size())
                .boxed()
                .sorted(Comparator.comparingLong(i -> moves.get(i).latest()))
                .mapToInt(Integer::intValue)
                .toArray();
        this.placed = new boolean[moves.size()];
    }

    Optional<List<Placed>> weave() {
        List<Placed> woven = new ArrayList<>();
        while (woven.size() < moves.size()) {
            int part = nextPart();
            if (part < 0) {
                return Optional.empty();
            }
            int move = heads.get(part);
            heads.set(part, move + 1);
            placed[move] = true;
            precedence.place(move);
            woven.add(places.get(move));
        }
        return Optional.of(List.copyOf(woven));
    }

    /** Of the parts whose next operation may come now, the one where it may wait the least. */
    private int nextPart() {
        while (placed[byLatest[firstLatest]]) {
            firstLatest++;
        }
        long end = moves.get(byLatest[firstLatest]).latest();
        int best = -1;
        for (int part = 0; part < heads.size(); part++) {
            int move = heads.get(part);
            boolean may = move < ends.get(part) && moves.get(move).earliest() <= end && precedence.allows(move);
            if (may
                    && (best < 0
                            || moves.get(move).latest()
                                    < moves.get(heads.get(best)).latest())) {
                best = part;
            }
        }
        return best;
    }
}
