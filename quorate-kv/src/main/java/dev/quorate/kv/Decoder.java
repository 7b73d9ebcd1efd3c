package dev.quorate.kv;

import dev.quorate.spi.Bytes;

/**
 * Reads what {@link Encoder} wrote, from any bytes: whatever is wrong with them is a {@link KvException} of kind
 * {@code MALFORMED}, and nothing is allocated for a length or a count that the bytes cannot hold. Bytes that are read
 * share the array.
 */
final class Decoder {
    private static final int CONTINUED = 0x80;

    private final Bytes source;
    private int at;

    Decoder(Bytes source) {
        this.source = source;
    }

    static KvException malformed(String what) {
        return new KvException(KvException.Kind.MALFORMED, what);
    }

    int octet() {
        if (at == source.length()) {
            throw malformed("it ends in the middle");
        }
        return source.at(at++) & 0xff;
    }

    boolean flag() {
        int value = octet();
        if (value > 1) {
            throw malformed("a flag of " + value);
        }
        return value == 1;
    }

    /** A set of flags of which only those in the mask may be set. */
    int flags(int mask) {
        int value = octet();
        if ((value & ~mask) != 0) {
            throw malformed("unknown flags " + value);
        }
        return value;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int octet = octet();
            value |= (long) (octet & ~CONTINUED) << shift;
            if (octet < CONTINUED) {
                boolean canonical = (octet > 0 || shift == 0) && (shift < 63 || octet == 1);
                if (!canonical) {
                    throw malformed("a number in a longer form than needed");
                }
                return value;
            }
        }
        throw malformed("a number of more than ten bytes");
    }

    Bytes bytes() {
        long length = number();
        if (length < 0 || length > source.length() - at) {
            throw malformed("a length of " + length + " with " + (source.length() - at) + " bytes left");
        }
        int from = at;
        at += (int) length;
        return source.slice(from, at);
    }

    /** A count of things that take at least so many bytes each. */
    int count(int bytesMin) {
        long count = number();
        if (count < 0 || count > (source.length() - at) / bytesMin) {
            throw malformed("a count of " + count + " with " + (source.length() - at) + " bytes left");
        }
        return (int) count;
    }

    /** One of these, by its place. */
    <T> T one(T[] of) {
        int value = octet();
        if (value >= of.length) {
            throw malformed("an unknown choice " + value);
        }
        return of[value];
    }

    /** Checks that nothing is left. */
    void end() {
        if (at < source.length()) {
            throw malformed((source.length() - at) + " bytes too many");
        }
    }
}
