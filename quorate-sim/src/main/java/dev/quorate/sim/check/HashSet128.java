package dev.quorate.sim.check;

/** A growing set of 128-bit hashes in two arrays' worth of memory, 16 bytes a place, at most half full. */
final class HashSet128 {
    private static final int FIRST_PLACES = 64;

    private long[] places = new long[2 * FIRST_PLACES];
    private int size;

    /** Adds a hash, and says whether it was new. */
    boolean add(long low, long high) {
        // The place of both halves 0 is an empty one.
        long storedHigh = low == 0 && high == 0 ? 1 : high;
        if (!insert(places, low, storedHigh)) {
            return false;
        }
        size++;
        if (4L * size > places.length) {
            grow();
        }
        return true;
    }

    int size() {
        return size;
    }

    private void grow() {
        long[] larger = new long[Math.multiplyExact(places.length, 2)];
        for (int i = 0; i < places.length; i += 2) {
            if (places[i] != 0 || places[i + 1] != 0) {
                insert(larger, places[i], places[i + 1]);
            }
        }
        places = larger;
    }

    private static boolean insert(long[] places, long low, long high) {
        int mask = places.length - 1;
        int at = (int) (low << 1) & mask;
        while (places[at] != 0 || places[at + 1] != 0) {
            if (places[at] == low && places[at + 1] == high) {
                return false;
            }
            at = (at + 2) & mask;
        }
        places[at] = low;
        places[at + 1] = high;
        return true;
    }
}
