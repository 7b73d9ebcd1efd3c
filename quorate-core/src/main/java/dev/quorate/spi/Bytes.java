package dev.quorate.spi;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * An immutable sequence of bytes, compared as unsigned bytes from left to right. May be a view of a larger array, which
 * it then keeps alive: {@link #compact()} before storing a small part of a large buffer for long.
 */
public final class Bytes implements Comparable<Bytes> {
    /** No bytes. */
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    private static final int PRINTED_MAX = 32;
    private static final long HASH_FACTOR = 0x9e3779b97f4a7c15L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] array;
    private final int offset;
    private final int length;
    private int hash;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    /** A view of the whole array, which nobody may change from now on. */
    public static Bytes wrap(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array, 0, array.length);
    }

    /** A view of a part of the array, which nobody may change from now on. */
    public static Bytes wrap(byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        return length == 0 ? EMPTY : new Bytes(array, offset, length);
    }

    /** A copy of the array. */
    public static Bytes copyOf(byte[] array) {
        return wrap(array.clone());
    }

    /** A copy of what remains in the buffer, whose position is left alone. */
    public static Bytes copyOf(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(buffer.position(), copy);
        return wrap(copy);
    }

    /** The UTF-8 form of a text. */
    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The number of bytes. */
    public int length() {
        return length;
    }

    /** True when there are none. */
    public boolean isEmpty() {
        return length == 0;
    }

    /** The byte at this place, counted from 0. */
    public byte at(int index) {
        return array[offset + Objects.checkIndex(index, length)];
    }

    /** The eight bytes from this place on as one number, the least significant byte first. */
    public long longAt(int index) {
        return (long) LONGS.get(array, offset + Objects.checkFromIndexSize(index, Long.BYTES, length));
    }

    /** The part from {@code from} on; shares the array. */
    public Bytes slice(int from) {
        return slice(from, length);
    }

    /** The part from {@code from} to before {@code to}; shares the array. */
    public Bytes slice(int from, int to) {
        Objects.checkFromToIndex(from, to, length);
        return from == to ? EMPTY : new Bytes(array, offset + from, to - from);
    }

    /** The same bytes in an array of exactly their size. */
    public Bytes compact() {
        return length == array.length ? this : wrap(toByteArray());
    }

    /** Copies all bytes into the target from this place on. */
    public void copyTo(byte[] target, int at) {
        System.arraycopy(array, offset, target, at, length);
    }

    /** Writes all bytes at the position of the buffer and moves it. */
    public void copyTo(ByteBuffer target) {
        target.put(array, offset, length);
    }

    /** Writes all bytes to the stream. */
    public void writeTo(OutputStream out) throws IOException {
        out.write(array, offset, length);
    }

    /** A new array with all bytes. */
    public byte[] toByteArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    /** A new read-only buffer over all bytes. */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    /** The text whose UTF-8 form this is; malformed parts become the replacement character. */
    public String toUtf8() {
        return new String(array, offset, length, StandardCharsets.UTF_8);
    }

    /** True when the first bytes are these. */
    public boolean startsWith(Bytes prefix) {
        return length >= prefix.length
                && Arrays.equals(
                        array,
                        offset,
                        offset + prefix.length,
                        prefix.array,
                        prefix.offset,
                        prefix.offset + prefix.length);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(
                array, offset, offset + length, other.array, other.offset, other.offset + other.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes
                && Arrays.equals(
                        array, offset, offset + length, bytes.array, bytes.offset, bytes.offset + bytes.length);
    }

    /** Mixes eight bytes at a time: keys that count upwards in binary must not fall on few values. */
    @Override
    public int hashCode() {
        int h = hash;
        if (h == 0) {
            long mixed = length;
            int at = offset;
            int end = offset + length;
            for (; at + Long.BYTES <= end; at += Long.BYTES) {
                mixed = mix(mixed ^ (long) LONGS.get(array, at));
            }
            for (; at < end; at++) {
                mixed = mix(mixed ^ array[at]);
            }
            h = (int) (mixed ^ (mixed >>> 32));
            hash = h;
        }
        return h;
    }

    private static long mix(long bits) {
        return bits * HASH_FACTOR ^ Math.multiplyHigh(bits, HASH_FACTOR);
    }

    /** The length and the first bytes in hexadecimal. */
    @Override
    public String toString() {
        String hex = HexFormat.of().formatHex(array, offset, offset + Math.min(length, PRINTED_MAX));
        return "Bytes[" + length + ": " + hex + (length > PRINTED_MAX ? "…" : "") + "]";
    }
}
