package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The earliest and latest moments of the moves that are not placed yet, in the order of time, as a list from which a
 * move can be taken out and put back at once. Moves must be put back in the reverse order.
 *
 * <pre>
 *   head ⇄ call 0 ⇄ call 1 ⇄ end 0 ⇄ call 2 ⇄ end 2 ⇄ end 1 ⇄ tail        a move that need not happen has no end
 *          └── may be next ┘ └ what must be placed first
 * </pre>
 */
final class Timeline {
    private final int count;
    private final boolean[] ends;
    private final int[] next;
    private final int[] previous;

    Timeline(List<Move> moves) {
        this.count = moves.size();
        this.ends = new boolean[count];
        this.next = new int[2 * count + 2];
        this.previous = new int[2 * count + 2];
        List<Integer> nodes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            nodes.add(2 * i);
            ends[i] = moves.get(i).required() && moves.get(i).latest() != Move.NEVER;
            if (ends[i]) {
                nodes.add(2 * i + 1);
            }
        }
        nodes.sort(Comparator.comparingLong((Integer node) -> time(moves, node))
                .thenComparingInt(node -> node & 1)
                .thenComparingInt(node -> node));
        int last = head();
        for (int node : nodes) {
            join(last, node);
            last = node;
        }
        join(last, tail());
    }

    private static long time(List<Move> moves, int node) {
        Move move = moves.get(node / 2);
        return isCall(node) ? move.earliest() : move.latest();
    }

    /** The first node; calls come before the first end. */
    int first() {
        return next[head()];
    }

    /** The node after one, which may have been taken out meanwhile. */
    int after(int node) {
        return next[node];
    }

    static boolean isCall(int node) {
        return (node & 1) == 0;
    }

    /** The move of a node; for the last node, the number of moves. */
    static int move(int node) {
        return node / 2;
    }

    void take(int move) {
        unlink(2 * move);
        if (ends[move]) {
            unlink(2 * move + 1);
        }
    }

    void putBack(int move) {
        if (ends[move]) {
            relink(2 * move + 1);
        }
        relink(2 * move);
    }

    private int head() {
        return 2 * count;
    }

    private int tail() {
        return 2 * count + 1;
    }

    private void join(int left, int right) {
        next[left] = right;
        previous[right] = left;
    }

    private void unlink(int node) {
        next[previous[node]] = next[node];
        previous[next[node]] = previous[node];
    }

    private void relink(int node) {
        next[previous[node]] = node;
        previous[next[node]] = node;
    }
}
