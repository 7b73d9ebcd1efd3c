package dev.quorate.sim.check;

import java.util.List;

/**
 * For each value of a key that some move needs: how many moves that need it, and that may write it, are not placed yet.
 * A value that is needed, is not there and cannot come back ends the way.
 */
final class Supply {
    private final Demand demand;
    private final int[][] consumed;
    private final int[][] produced;
    private final int[] keys;
    private final int[] values;
    private final int[] consumersLeft;
    private final int[] producersLeft;

    Supply(List<Move> moves) {
        this.demand = new Demand(moves);
        List<Demand.Slot> slots = demand.slots();
        this.keys = slots.stream().mapToInt(Demand.Slot::key).toArray();
        this.values = slots.stream().mapToInt(Demand.Slot::value).toArray();
        this.consumersLeft =
                slots.stream().mapToInt(slot -> slot.consumers().size()).toArray();
        this.producersLeft =
                slots.stream().mapToInt(slot -> slot.producers().size()).toArray();
        this.consumed = new int[moves.size()][];
        this.produced = new int[moves.size()][];
        for (int i = 0; i < moves.size(); i++) {
            consumed[i] = needed(demand.needs(i).consumed());
            produced[i] = needed(demand.produced(i));
        }
    }

    Demand demand() {
        return demand;
    }

    void place(int move) {
        for (int slot : consumed[move]) {
            consumersLeft[slot]--;
        }
        for (int slot : produced[move]) {
            producersLeft[slot]--;
        }
    }

    void unplace(int move) {
        for (int slot : consumed[move]) {
            consumersLeft[slot]++;
        }
        for (int slot : produced[move]) {
            producersLeft[slot]++;
        }
    }

    /**
     * Whether a needed value is gone for good, given the changes of the store since a mark and the move just placed.
     */
    boolean isLost(Store store, int mark, int move) {
        for (int entry = mark; entry < store.mark(); entry++) {
            if (store.changedKey(entry) >= 0
                    && isLost(store, demand.find(store.changedKey(entry), store.valueBefore(entry)))) {
                return true;
            }
        }
        for (int slot : produced[move]) {
            if (isLost(store, slot)) {
                return true;
            }
        }
        return false;
    }

    /** Whether some value is needed that is not there and that no move writes. */
    boolean isHopeless(Store store) {
        for (int slot = 0; slot < keys.length; slot++) {
            if (isLost(store, slot)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a move consumes a value that is not there, and none of the others writes it. */
    boolean isStuck(Store store, int move, List<Integer> others) {
        for (int slot : consumed[move]) {
            if (store.value(keys[slot]) != values[slot]
                    && others.stream().noneMatch(other -> contains(produced[other], slot))) {
                return true;
            }
        }
        return false;
    }

    /** Whether a move consumes a value that is not there now and that another one may write. */
    boolean waitsFor(Store store, int move, int other) {
        for (int slot : consumed[move]) {
            if (store.value(keys[slot]) != values[slot] && contains(produced[other], slot)) {
                return true;
            }
        }
        return false;
    }

    private boolean isLost(Store store, int slot) {
        return slot >= 0
                && producersLeft[slot] == 0
                && consumersLeft[slot] > 0
                && store.value(keys[slot]) != values[slot];
    }

    /** Those of the slots that anybody consumes. */
    private int[] needed(List<Integer> slots) {
        return slots.stream()
                .mapToInt(Integer::intValue)
                .filter(slot -> consumersLeft[slot] > 0)
                .toArray();
    }

    private static boolean contains(int[] slots, int wanted) {
        for (int slot : slots) {
            if (slot == wanted) {
                return true;
            }
        }
        return false;
    }
}
