package dev.quorate.kv;

import dev.quorate.spi.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * A 128-bit hash of one change, over every field of it. It tells replicas apart that differ by accident; it does not
 * resist someone who chooses content in order to collide. Used again for each change; APPLY.
 *
 * <p>Two chains of 64x64→128-bit multiplications, folded, over different constants, with each length mixed in before
 * its bytes.
 */
final class PairHash {
    // Odd constants with half of their bits set, from the digits of pi.
    private static final long P0 = 0x243f6a8885a308d3L;
    private static final long P1 = 0x13198a2e03707345L;
    private static final long P2 = 0xa4093822299f31d1L;
    private static final long P3 = 0x082efa98ec4e6c89L;

    private long low;
    private long high;

    /** Hashes what a key became at a revision, or its end. */
    void of(Bytes key, long revision, @Nullable KvPair pair) {
        low = P0;
        high = P1;
        bytes(key);
        if (pair == null) {
            numbers(revision, -1);
        } else {
            bytes(pair.value());
            numbers(revision, pair.createRevision());
            numbers(pair.version(), pair.leaseId());
        }
        low = fold(low ^ P2, high ^ P3);
        high = fold(high ^ P0, low ^ P1);
    }

    /** The first half of the last hash. */
    long low() {
        return low;
    }

    /** The second half of the last hash. */
    long high() {
        return high;
    }

    private void bytes(Bytes bytes) {
        int length = bytes.length();
        number(length);
        int at = 0;
        for (; at + 2 * Long.BYTES <= length; at += 2 * Long.BYTES) {
            numbers(bytes.longAt(at), bytes.longAt(at + Long.BYTES));
        }
        if (at + Long.BYTES <= length) {
            number(bytes.longAt(at));
            at += Long.BYTES;
        }
        if (at < length) {
            long rest = 0;
            for (int i = length - 1; i >= at; i--) {
                rest = (rest << Byte.SIZE) | (bytes.at(i) & 0xff);
            }
            number(rest);
        }
    }

    private void number(long number) {
        low = fold(low ^ number, P2) + P1;
        high = fold(high ^ number, P3) + P0;
    }

    private void numbers(long first, long second) {
        low = fold(low ^ first, second ^ P2) + P1;
        high = fold(high ^ second, first ^ P3) + P0;
    }

    private static long fold(long a, long b) {
        return a * b ^ Math.multiplyHigh(a, b);
    }
}
