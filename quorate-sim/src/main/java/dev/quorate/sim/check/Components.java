package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The parts of a history that have no key in common. As each part is linearizable by itself exactly when the whole is
 * (Herlihy and Wing 1990, §3.3), each is searched alone; operations on several keys hold theirs together.
 */
final class Components {
    private final int[] parents;

    private Components(int keyCount) {
        this.parents = new int[keyCount];
        for (int i = 0; i < keyCount; i++) {
            parents[i] = i;
        }
    }

    /** The moves of each part, in the order of the first of each; moves without any key are one part of their own. */
    static Collection<List<Move>> of(List<Move> moves, int keyCount) {
        Components components = new Components(keyCount);
        for (Move move : moves) {
            Iterator<Integer> keys = move.keys().iterator();
            int first = keys.hasNext() ? keys.next() : -1;
            while (keys.hasNext()) {
                components.join(first, keys.next());
            }
        }
        Map<Integer, List<Move>> parts = new TreeMap<>();
        for (Move move : moves) {
            int part = move.keys().findFirst().map(components::root).orElse(-1);
            parts.computeIfAbsent(part, root -> new ArrayList<>()).add(move);
        }
        return parts.values();
    }

    private void join(int one, int other) {
        parents[root(one)] = root(other);
    }

    private int root(int key) {
        int root = key;
        while (parents[root] != root) {
            parents[root] = parents[parents[root]];
            root = parents[root];
        }
        return root;
    }
}
