package dev.quorate.raft;

/**
 * The identity of a node, stable for its whole life and independent of its address.
 *
 * @param value any number but 0; printed in hexadecimal, as the field does for member ids
 */
public record NodeId(long value) implements Comparable<NodeId> {
    public NodeId {
        if (value == 0) {
            throw new IllegalArgumentException("a node id must not be 0");
        }
    }

    /** The id with this number. */
    public static NodeId of(long value) {
        return new NodeId(value);
    }

    /** Unsigned order, the order in which ids are printed. */
    @Override
    public int compareTo(NodeId other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toHexString(value);
    }
}
