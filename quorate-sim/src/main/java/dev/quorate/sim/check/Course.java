package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One way through a problem: the moves placed so far, the store that they left, and what may come next. Everything can
 * be taken back. Owned by one search.
 */
final class Course {
    private static final int PLACED_TOKEN = 4;
    private static final int UNRELATED = Integer.MAX_VALUE;

    private final List<Move> moves;
    private final Store store;
    private final Timeline timeline;
    private final Supply supply;
    private final Precedence precedence;
    private final Act[][] guards;
    private final Act[][] then;
    private final Act[][] otherwise;
    private final boolean[] reads;
    private final boolean[] canHide;
    private final int[][] coveredKeys;

    private final int[] placedMoves;
    private final boolean[] placedHeld;
    private final int[] placedMarks;
    private int placedCount;
    private int requiredLeft;
    private long looks;
    private long placedLow;
    private long placedHigh;

    Course(Problem problem) {
        this.moves = problem.moves();
        boolean tracksRevisions = problem.asksForRevisions();
        this.store = new Store(problem.initialValues(), problem.floor(), tracksRevisions);
        this.timeline = new Timeline(moves);
        this.supply = new Supply(moves);
        this.precedence = new Precedence(moves);
        int count = moves.size();
        this.guards = new Act[count][];
        this.then = new Act[count][];
        this.otherwise = new Act[count][];
        this.reads = new boolean[count];
        this.canHide = new boolean[count];
        this.coveredKeys = new int[count][];
        for (int i = 0; i < count; i++) {
            Move move = moves.get(i);
            guards[i] = move.guards().toArray(new Act[0]);
            then[i] = move.then().toArray(new Act[0]);
            otherwise[i] = move.otherwise().toArray(new Act[0]);
            reads[i] = move.onlyReads();
            canHide[i] =
                    !tracksRevisions && isUnseenPut(move) && supply.demand().isUnseen(i);
            coveredKeys[i] = tracksRevisions ? new int[0] : coveredKeys(move);
            requiredLeft += move.required() ? 1 : 0;
        }
        this.placedMoves = new int[count];
        this.placedHeld = new boolean[count];
        this.placedMarks = new int[count];
    }

    private static boolean isUnseenPut(Move move) {
        return move.required()
                && move.decided()
                && move.guards().isEmpty()
                && move.session() == Move.NO_SESSION
                && move.acts().size() == 1
                && !move.acts().get(0).tests();
    }

    /** The keys that the move writes without a look at them, when its guards hold. */
    private static int[] coveredKeys(Move move) {
        Set<Integer> looked = new HashSet<>();
        move.guards().forEach(guard -> looked.add(guard.key()));
        Set<Integer> covered = new HashSet<>();
        for (Act act : move.mayHold() ? move.then() : List.<Act>of()) {
            if (act.writes() && !act.tests() && looked.add(act.key())) {
                covered.add(act.key());
            }
            looked.add(act.key());
        }
        return covered.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Whether there can be no order, as some move has no time or needs what nobody writes. */
    boolean isHopeless() {
        return supply.isHopeless(store)
                || moves.stream().anyMatch(move -> move.required() && move.earliest() > move.latest());
    }

    /** Whether every move that took effect for sure is placed. */
    boolean isComplete() {
        return requiredLeft == 0;
    }

    int placedCount() {
        return placedCount;
    }

    /** How often a pending move was looked at: what the time of a search is proportional to. */
    long looks() {
        return looks;
    }

    /** Two configurations are the same when both halves are the same. */
    long hashLow() {
        return placedLow ^ store.hashLow();
    }

    long hashHigh() {
        return placedHigh ^ store.hashHigh();
    }

    List<Placed> order() {
        List<Placed> order = new ArrayList<>();
        for (int i = 0; i < placedCount; i++) {
            order.add(new Placed(moves.get(placedMoves[i]).operation(), placedHeld[i]));
        }
        return List.copyOf(order);
    }

    List<Integer> state() {
        return Arrays.stream(store.values()).boxed().toList();
    }

    /** Takes moves back until that many are placed. */
    void backTo(int count) {
        while (placedCount > count) {
            placedCount--;
            int move = placedMoves[placedCount];
            timeline.putBack(move);
            supply.unplace(move);
            precedence.unplace(move);
            store.undo(placedMarks[placedCount]);
            requiredLeft += moves.get(move).required() ? 1 : 0;
            togglePlaced(move);
        }
    }

    /** Places every read that finds here what it saw, as long as that changes nothing. */
    void placeReads() {
        boolean again = true;
        while (again) {
            again = false;
            for (int node = timeline.first(); Timeline.isCall(node); node = timeline.after(node)) {
                int move = Timeline.move(node);
                looks++;
                if (reads[move] && precedence.allows(move)) {
                    int mark = store.mark();
                    boolean held = moves.get(move).mayHold();
                    if (runs(move, held) && store.mark() == mark) {
                        place(move, held, mark);
                        again = true;
                    } else {
                        store.undo(mark);
                    }
                }
            }
        }
    }

    /** What may come next, the most promising first; each choice is for {@link #take}. */
    int[] choices() {
        List<Integer> pending = new ArrayList<>();
        List<Integer> choices = new ArrayList<>();
        int node = timeline.first();
        for (; Timeline.isCall(node); node = timeline.after(node)) {
            int move = Timeline.move(node);
            looks++;
            pending.add(move);
            if (precedence.allows(move)) {
                addChoices(move, choices);
            }
        }
        int urgent = Timeline.move(node);
        if (urgent < moves.size() && supply.isStuck(store, urgent, pending)) {
            return new int[0];
        }
        if (choices.size() > 1 && urgent < moves.size()) {
            Map<Integer, Integer> distances = distances(urgent, pending);
            choices.sort(Comparator.comparingInt((Integer choice) -> distances.getOrDefault(choice / 2, UNRELATED))
                    .thenComparingLong(choice -> moves.get(choice / 2).latest())
                    .thenComparingInt(choice -> choice));
        }
        return choices.stream().mapToInt(Integer::intValue).toArray();
    }

    private void addChoices(int move, List<Integer> choices) {
        for (int held = 0; held <= 1; held++) {
            int mark = store.mark();
            boolean allowed =
                    held == 1 ? moves.get(move).mayHold() : moves.get(move).mayFail();
            if (allowed && hasPoint(move, held == 1) && runs(move, held == 1)) {
                choices.add(2 * move + held);
            }
            store.undo(mark);
        }
    }

    /** A move that need not happen is of no use where it writes nothing. */
    private boolean hasPoint(int move, boolean held) {
        return moves.get(move).required()
                || Arrays.stream(held ? then[move] : otherwise[move]).anyMatch(Act::writes);
    }

    /** How many pending moves away each one is from what must be placed first: 0 for that itself. */
    private Map<Integer, Integer> distances(int urgent, List<Integer> pending) {
        Map<Integer, Integer> distances = new HashMap<>();
        distances.put(urgent, 0);
        List<Integer> reached = List.of(urgent);
        for (int distance = 1; !reached.isEmpty(); distance++) {
            List<Integer> found = new ArrayList<>();
            for (int waiting : reached) {
                looks += pending.size();
                for (int move : pending) {
                    if (!distances.containsKey(move) && supply.waitsFor(store, waiting, move)) {
                        distances.put(move, distance);
                        found.add(move);
                    }
                }
            }
            reached = found;
        }
        return distances;
    }

    /** Places a choice. Says whether the way can still lead to an end; what was placed stays until taken back. */
    boolean take(int choice) {
        int move = choice / 2;
        boolean held = choice % 2 == 1;
        int mark = store.mark();
        if (held) {
            placeHidden(move);
        }
        int own = store.mark();
        if (!runs(move, held)) {
            return false;
        }
        place(move, held, own);
        return !supply.isLost(store, mark, move);
    }

    /** Places, just before the move that covers them, pending writes that nobody sees. */
    private void placeHidden(int move) {
        for (int key : coveredKeys[move]) {
            for (int node = timeline.first(); Timeline.isCall(node); node = timeline.after(node)) {
                int hidden = Timeline.move(node);
                looks++;
                if (canHide[hidden] && hidden != move && then[hidden][0].key() == key) {
                    int mark = store.mark();
                    if (runs(hidden, true)) {
                        place(hidden, true, mark);
                    }
                }
            }
        }
    }

    private boolean runs(int move, boolean held) {
        return store.run(
                guards[move],
                held,
                held ? then[move] : otherwise[move],
                moves.get(move).revision());
    }

    private void place(int move, boolean held, int mark) {
        placedMoves[placedCount] = move;
        placedHeld[placedCount] = held;
        placedMarks[placedCount] = mark;
        placedCount++;
        timeline.take(move);
        supply.place(move);
        precedence.place(move);
        requiredLeft -= moves.get(move).required() ? 1 : 0;
        togglePlaced(move);
    }

    private void togglePlaced(int move) {
        placedLow ^= Mixing.low(PLACED_TOKEN, move, 0);
        placedHigh ^= Mixing.high(PLACED_TOKEN, move, 0);
    }
}
