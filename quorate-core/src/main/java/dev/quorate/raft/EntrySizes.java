package dev.quorate.raft;

import java.util.Arrays;

/**
 * The sizes of a batch of entries, in bytes, in the order of their indexes: what flow control by bytes needs to know of
 * payloads. Immutable; the array given to {@link #of} belongs to the value from then on.
 */
public final class EntrySizes {
    /** No entries. */
    public static final EntrySizes NONE = new EntrySizes(new int[0]);

    private final int[] bytes;

    private EntrySizes(int[] bytes) {
        this.bytes = bytes;
    }

    /** Sizes of entries, each at least 0; the caller must not change the array afterwards. */
    public static EntrySizes of(int... bytes) {
        for (int size : bytes) {
            if (size < 0) {
                throw new IllegalArgumentException("negative entry size " + size);
            }
        }
        return bytes.length == 0 ? NONE : new EntrySizes(bytes);
    }

    /** The number of entries. */
    public int count() {
        return bytes.length;
    }

    /** The size in bytes of the entry at this place, counted from 0. */
    public int bytes(int place) {
        return bytes[place];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EntrySizes sizes && Arrays.equals(bytes, sizes.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return Arrays.toString(bytes);
    }
}
