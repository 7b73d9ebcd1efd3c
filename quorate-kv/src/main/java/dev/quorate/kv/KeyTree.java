package dev.quorate.kv;

import dev.quorate.raft.Invariant;
import dev.quorate.spi.Bytes;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The keys in order: a B+ tree of histories whose nodes also count the keys that exist.
 *
 * <p>APPLY changes it; {@link #seal} gives out a root that never changes again, because from then on the nodes below it
 * are copied before they are changed (the copies once, not at every change). Readers walk a sealed root without a lock.
 * The tree changes when a key appears, ends, comes back or is freed, not when it gets a new value.
 */
final class KeyTree {
    static final int FANOUT = 32;
    private static final int SPARSE = FANOUT / 4;
    private static final int MERGED_MAX = FANOUT * 3 / 4;

    /** Nodes of this epoch belong to the writer alone. */
    private long epoch = 1;

    private Node root = new Leaf(epoch);

    /** A node of the tree; immutable for everyone once its epoch is over. */
    abstract static sealed class Node permits Leaf, Inner {
        final long epoch;
        int size;
        /** How many keys below exist, at the revision that the root was sealed at. */
        long live;

        Node(long epoch) {
            this.epoch = epoch;
        }

        abstract Node copy(long newEpoch);

        /** Moves what is behind {@code at} into a new node. */
        abstract Node split(int at);
    }

    private static final class Leaf extends Node {
        final @Nullable KeyHistory[] histories = new @Nullable KeyHistory[FANOUT];

        Leaf(long epoch) {
            super(epoch);
        }

        KeyHistory at(int i) {
            KeyHistory history = histories[i];
            if (history == null) {
                throw new IllegalStateException("a leaf of " + size + " keys has none at " + i);
            }
            return history;
        }

        /** The place of the first key that is not below this one. */
        int ceiling(Bytes key) {
            int low = 0;
            int high = size;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (at(middle).key.compareTo(key) < 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }

        void insert(int i, KeyHistory added) {
            System.arraycopy(histories, i, histories, i + 1, size - i);
            histories[i] = added;
            size++;
            live++;
        }

        void remove(int i) {
            System.arraycopy(histories, i + 1, histories, i, size - i - 1);
            histories[--size] = null;
        }

        void append(Leaf right) {
            System.arraycopy(right.histories, 0, histories, size, right.size);
            size += right.size;
            live += right.live;
        }

        @Override
        Leaf copy(long newEpoch) {
            Leaf copy = new Leaf(newEpoch);
            copy.append(this);
            return copy;
        }

        @Override
        Leaf split(int at) {
            Leaf right = new Leaf(epoch);
            right.size = size - at;
            System.arraycopy(histories, at, right.histories, 0, right.size);
            Arrays.fill(histories, at, size, null);
            size = at;
            for (int i = 0; i < right.size; i++) {
                right.live += right.at(i).head().pair == null ? 0 : 1;
            }
            live -= right.live;
            return right;
        }
    }

    private static final class Inner extends Node {
        /** No key below child {@code i} is under {@code lows[i]}; the first one is not looked at. */
        final @Nullable Bytes[] lows = new @Nullable Bytes[FANOUT];

        final @Nullable Node[] children = new @Nullable Node[FANOUT];

        Inner(long epoch) {
            super(epoch);
        }

        Node child(int i) {
            Node child = children[i];
            if (child == null) {
                throw new IllegalStateException("a node of " + size + " children has none at " + i);
            }
            return child;
        }

        Bytes low(int i) {
            Bytes low = lows[i];
            if (low == null) {
                throw new IllegalStateException("a node of " + size + " children has no bound at " + i);
            }
            return low;
        }

        /** The child below which the key is, or would be. */
        int childOf(Bytes key) {
            int low = 0;
            int high = size - 1;
            while (low < high) {
                int middle = (low + high + 1) >>> 1;
                if (low(middle).compareTo(key) <= 0) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            return low;
        }

        /** The child, made changeable. */
        Node edit(int i) {
            Node child = child(i);
            if (child.epoch == epoch) {
                return child;
            }
            Node copy = child.copy(epoch);
            children[i] = copy;
            return copy;
        }

        void insert(int i, Bytes low, Node child) {
            System.arraycopy(lows, i, lows, i + 1, size - i);
            System.arraycopy(children, i, children, i + 1, size - i);
            lows[i] = low;
            children[i] = child;
            size++;
        }

        void remove(int i) {
            System.arraycopy(lows, i + 1, lows, i, size - i - 1);
            System.arraycopy(children, i + 1, children, i, size - i - 1);
            lows[--size] = null;
            children[size] = null;
        }

        /** Takes over the children of the node to the right, whose keys begin at {@code low}. */
        void append(Bytes low, Inner right) {
            System.arraycopy(right.lows, 0, lows, size, right.size);
            System.arraycopy(right.children, 0, children, size, right.size);
            if (right.size > 0) {
                lows[size] = low;
            }
            size += right.size;
            live += right.live;
        }

        @Override
        Inner copy(long newEpoch) {
            Inner copy = new Inner(newEpoch);
            if (size > 0) {
                copy.append(low(0), this);
            }
            return copy;
        }

        @Override
        Inner split(int at) {
            Inner right = new Inner(epoch);
            right.size = size - at;
            System.arraycopy(lows, at, right.lows, 0, right.size);
            System.arraycopy(children, at, right.children, 0, right.size);
            Arrays.fill(lows, at, size, null);
            Arrays.fill(children, at, size, null);
            size = at;
            for (int i = 0; i < right.size; i++) {
                right.live += right.child(i).live;
            }
            live -= right.live;
            return right;
        }
    }

    /** Ends the writer's ownership of all nodes. The root does not change from here on. */
    Node seal() {
        epoch++;
        return root;
    }

    /** The root as it is; changes with the next write. */
    Node root() {
        return root;
    }

    /** Adds a key that is not there; it exists. */
    void insert(KeyHistory added) {
        if (edit().size == FANOUT) {
            Inner grown = new Inner(epoch);
            grown.insert(0, added.key, root);
            grown.live = root.live;
            split(grown, 0, added.key);
            root = grown;
        }
        Node node = root;
        while (node instanceof Inner inner) {
            inner.live++;
            int i = inner.childOf(added.key);
            if (inner.edit(i).size == FANOUT) {
                split(inner, i, added.key);
                i = inner.childOf(added.key);
            }
            node = inner.child(i);
        }
        Leaf leaf = (Leaf) node;
        leaf.insert(leaf.ceiling(added.key), added);
    }

    /** Counts that a key ended (-1) or came back (1). */
    void count(Bytes key, int change) {
        Node node = edit();
        while (node instanceof Inner inner) {
            inner.live += change;
            node = inner.edit(inner.childOf(key));
        }
        node.live += change;
    }

    /** Removes a key that is there and does not exist any more. */
    void remove(Bytes key) {
        remove(edit(), key);
        while (root instanceof Inner inner && inner.size == 1) {
            root = inner.child(0);
        }
    }

    private Node edit() {
        if (root.epoch != epoch) {
            root = root.copy(epoch);
        }
        return root;
    }

    /** Splits a full child; keys that come in ascending order leave full nodes behind. */
    private static void split(Inner parent, int i, Bytes added) {
        Node left = parent.edit(i);
        boolean ascending = i == parent.size - 1 && lowest(left, left.size - 1).compareTo(added) < 0;
        int at = ascending ? left.size - 1 : left.size / 2;
        Bytes low = lowest(left, at);
        parent.insert(i + 1, low, left.split(at));
    }

    private static Bytes lowest(Node node, int i) {
        return node instanceof Inner inner ? inner.low(i) : ((Leaf) node).at(i).key;
    }

    private static void remove(Node node, Bytes key) {
        if (node instanceof Inner inner) {
            int i = inner.childOf(key);
            remove(inner.edit(i), key);
            if (inner.child(i).size < SPARSE && inner.size > 1) {
                merge(inner, i < inner.size - 1 ? i : i - 1);
            }
            return;
        }
        Leaf leaf = (Leaf) node;
        int i = leaf.ceiling(key);
        Invariant.check(i < leaf.size && leaf.at(i).key.equals(key), "a key to be freed is not in the tree");
        leaf.remove(i);
    }

    /** Makes one of a child and its right neighbour, when they are small enough or one is empty. */
    private static void merge(Inner parent, int i) {
        Node left = parent.child(i);
        Node right = parent.child(i + 1);
        if (left.size + right.size > MERGED_MAX && left.size > 0 && right.size > 0) {
            return;
        }
        Node target = parent.edit(i);
        if (target instanceof Inner inner) {
            inner.append(parent.low(i + 1), (Inner) right);
        } else {
            ((Leaf) target).append((Leaf) right);
        }
        parent.remove(i + 1);
    }

    /**
     * Shows the histories of a range in key order until the taker says no more.
     *
     * @param livingOnly passes over parts of the tree in which no key exists
     * @return false when the taker ended it
     */
    static boolean scan(Node node, KeyRange keys, boolean livingOnly, Predicate<KeyHistory> taker) {
        if (node instanceof Leaf leaf) {
            int end = leaf.size;
            if (end > 0 && !keys.isOpen() && leaf.at(end - 1).key.compareTo(keys.end()) >= 0) {
                end = leaf.ceiling(keys.end());
            }
            for (int i = leaf.ceiling(keys.key()); i < end; i++) {
                if (!taker.test(leaf.at(i))) {
                    return false;
                }
            }
            return true;
        }
        Inner inner = (Inner) node;
        int first = inner.childOf(keys.key());
        for (int i = first; i < inner.size; i++) {
            if (i > first && !keys.isOpen() && inner.low(i).compareTo(keys.end()) >= 0) {
                return true;
            }
            Node child = inner.child(i);
            if ((!livingOnly || child.live > 0) && !scan(child, keys, livingOnly, taker)) {
                return false;
            }
        }
        return true;
    }

    /** How many keys below this one existed at the revision that the root was sealed at. */
    static long countBelow(Node root, Bytes key, long revision) {
        long count = 0;
        Node node = root;
        while (node instanceof Inner inner) {
            int child = inner.childOf(key);
            for (int i = 0; i < child; i++) {
                count += inner.child(i).live;
            }
            node = inner.child(child);
        }
        Leaf leaf = (Leaf) node;
        int end = leaf.ceiling(key);
        for (int i = 0; i < end; i++) {
            count += leaf.at(i).at(revision) == null ? 0 : 1;
        }
        return count;
    }
}
