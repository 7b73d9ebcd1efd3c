package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import java.util.Arrays;

/**
 * Writes numbers and bytes one after the other into a growing array.
 *
 * <pre>
 *   number  seven bits a byte, the least significant first, the top bit set in all but the last; up to ten bytes
 *   fixed   eight bytes, the most significant first
 *   bytes   the length as a number, then the bytes
 * </pre>
 */
final class Encoder {
    private static final int CONTINUED = 0x80;

    private final int limit;
    private byte[] array;
    private int length;

    /**
     * An empty one.
     *
     * @param expected the size to begin with
     * @param limit the size above which writing fails with {@link TooLongException}
     */
    Encoder(int expected, int limit) {
        this.limit = limit;
        this.array = new byte[expected];
    }

    /** More was written than the limit allows. */
    static final class TooLongException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int limit;

        TooLongException(int limit) {
            super("longer than " + limit + " bytes");
            this.limit = limit;
        }

        int limit() {
            return limit;
        }
    }

    int length() {
        return length;
    }

    /** What was written; the encoder must not be used any more. */
    Bytes toBytes() {
        return Bytes.wrap(array, 0, length);
    }

    /** The array, of which {@link #length()} bytes are written. */
    byte[] array() {
        return array;
    }

    /** Begins again at length 0. */
    void clear() {
        length = 0;
    }

    Encoder octet(int value) {
        reserve(1);
        array[length++] = (byte) value;
        return this;
    }

    Encoder flag(boolean value) {
        return octet(value ? 1 : 0);
    }

    Encoder number(long value) {
        reserve(1 + (Long.SIZE - 1 - Long.numberOfLeadingZeros(value | 1)) / 7);
        long rest = value;
        while ((rest & -CONTINUED) != 0) {
            array[length++] = (byte) (rest | CONTINUED);
            rest >>>= 7;
        }
        array[length++] = (byte) rest;
        return this;
    }

    Encoder fixed(long value) {
        reserve(Long.BYTES);
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
            array[length++] = (byte) (value >>> shift);
        }
        return this;
    }

    Encoder bytes(Bytes value) {
        number(value.length());
        reserve(value.length());
        value.copyTo(array, length);
        length += value.length();
        return this;
    }

    private void reserve(int more) {
        if (array.length - length >= more) {
            return;
        }
        if (more > limit - length) {
            throw new TooLongException(limit);
        }
        long doubled = Math.min(limit, 2L * array.length);
        array = Arrays.copyOf(array, (int) Math.max(doubled, length + more));
    }
}
