package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who needs which value of which key, and who may write it. A slot is a key with one value of it.
 *
 * <p>A move <em>consumes</em> a slot when it took effect for sure, and the key had for sure that value just before: a
 * read that saw it, a compare-and-set that succeeded. It <em>wants</em> a slot when it can only have an effect there,
 * but may have had none. It <em>contests</em> a key when it depends on it in any other way, as a compare-and-set that
 * failed does; then even a value that nobody consumes may matter.
 */
final class Demand {
    private final Map<Long, Integer> slots = new HashMap<>();
    private final List<Slot> all = new ArrayList<>();
    private final List<Needs> needs = new ArrayList<>();
    private final List<List<Integer>> produced = new ArrayList<>();
    private final Set<Integer> contested = new HashSet<>();

    /** A key and a value, with the moves that consume, want and may produce it, by their places in the list. */
    record Slot(int key, int value, List<Integer> consumers, List<Integer> wanters, List<Integer> producers) {}

    /** What one move needs: slots that it consumes, slots that it wants, keys that it contests. */
    record Needs(List<Integer> consumed, List<Integer> wanted, Set<Integer> contested) {}

    Demand(List<Move> moves) {
        for (int i = 0; i < moves.size(); i++) {
            Move move = moves.get(i);
            Needs own = new Needs(new ArrayList<>(), new ArrayList<>(), new HashSet<>());
            needs.add(own);
            if (move.required() && move.decided()) {
                addCertain(move, i, own);
            } else {
                addPossible(move, i, own);
            }
            contested.addAll(own.contested());
            List<Integer> produces = new ArrayList<>();
            produced.add(produces);
            int producer = i;
            move.branches()
                    .forEach(acts -> lastWrites(acts)
                            .forEach((key, value) -> link(slot(key, value), producer, produces, Slot::producers)));
        }
    }

    /** The slots that some move consumes, wants or may produce. */
    List<Slot> slots() {
        return all;
    }

    /** The number of a slot, or -1 when no move has to do with it. */
    int find(int key, int value) {
        return slots.getOrDefault(pair(key, value), -1);
    }

    Slot slot(int number) {
        return all.get(number);
    }

    Needs needs(int move) {
        return needs.get(move);
    }

    /** The slots that a move may leave behind. */
    List<Integer> produced(int move) {
        return produced.get(move);
    }

    /** Whether some move contests the key. */
    boolean isContested(int key) {
        return contested.contains(key);
    }

    /** Whether no move can see anything of what this one may write. */
    boolean isUnseen(int move) {
        return produced.get(move).stream()
                .map(all::get)
                .allMatch(slot ->
                        slot.consumers().isEmpty() && slot.wanters().isEmpty() && !contested.contains(slot.key()));
    }

    /** What a list of acts leaves behind: the last write of each key that it writes. */
    static Map<Integer, Integer> lastWrites(List<Act> acts) {
        Map<Integer, Integer> last = new TreeMap<>();
        for (Act act : acts) {
            if (act.writes()) {
                last.put(act.key(), act.written());
            }
        }
        return last;
    }

    private void addCertain(Move move, int index, Needs own) {
        for (Act guard : move.guards()) {
            if (move.mayHold() && guard.testsOneValue()) {
                link(slot(guard.key(), guard.value()), index, own.consumed(), Slot::consumers);
            } else {
                own.contested().add(guard.key());
            }
        }
        Set<Integer> written = new HashSet<>();
        for (Act act : move.acts()) {
            if (act.tests() && !written.contains(act.key())) {
                if (act.testsOneValue()) {
                    link(slot(act.key(), act.value()), index, own.consumed(), Slot::consumers);
                } else {
                    own.contested().add(act.key());
                }
            }
            if (act.writes()) {
                written.add(act.key());
            }
        }
    }

    private void addPossible(Move move, int index, Needs own) {
        boolean failureMatters =
                move.mayFail() && (move.required() || move.otherwise().stream().anyMatch(Act::writes));
        for (Act guard : move.guards()) {
            if (guard.testsOneValue() && !failureMatters) {
                link(slot(guard.key(), guard.value()), index, own.wanted(), Slot::wanters);
            } else {
                own.contested().add(guard.key());
            }
        }
        move.branches()
                .flatMap(List::stream)
                .filter(Act::tests)
                .forEach(act -> own.contested().add(act.key()));
    }

    private interface Side {
        List<Integer> of(Slot slot);
    }

    /** Joins a move with a slot, once; the moves come in order. */
    private void link(int slot, int move, List<Integer> ofMove, Side side) {
        List<Integer> ofSlot = side.of(all.get(slot));
        if (ofSlot.isEmpty() || ofSlot.get(ofSlot.size() - 1) != move) {
            ofSlot.add(move);
            ofMove.add(slot);
        }
    }

    private int slot(int key, int value) {
        return slots.computeIfAbsent(pair(key, value), unused -> {
            all.add(new Slot(key, value, new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
            return all.size() - 1;
        });
    }

    private static long pair(int key, int value) {
        return ((long) key << Integer.SIZE) | value;
    }
}
