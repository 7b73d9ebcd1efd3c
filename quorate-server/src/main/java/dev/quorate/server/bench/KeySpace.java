package dev.quorate.server.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.quorate.server.console.Prefixes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * The keys of a load by their numbers, and the values that are written to them. Immutable.
 *
 * <pre>
 *   key    prefix │ number in decimal, zeros before it
 *   value  ticket of the write (8) │ number of the key (8) │ filler, the same for all      cut off at its size
 * </pre>
 */
final class KeySpace {
    private static final int TICKET_BYTES = Long.BYTES;
    private static final int HEAD_BYTES = TICKET_BYTES + Long.BYTES;

    private final byte[] keyTemplate;
    private final byte[] valueTemplate;
    private final ByteString prefix;
    private final int keys;

    KeySpace(Shape shape, long seed) {
        prefix = ByteString.copyFrom(shape.prefix(), StandardCharsets.US_ASCII);
        keys = shape.keys();
        keyTemplate = new byte[shape.keySize()];
        Arrays.fill(keyTemplate, (byte) '0');
        prefix.copyTo(keyTemplate, 0);
        valueTemplate = new byte[shape.valueSize()];
        new SplittableRandom(seed).nextBytes(valueTemplate);
    }

    /** The number of keys. */
    int keys() {
        return keys;
    }

    /** The bytes of a key. */
    ByteString key(int number) {
        byte[] key = keyTemplate.clone();
        int rest = number;
        for (int i = key.length - 1; rest > 0; i--) {
            key[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return UnsafeByteOperations.unsafeWrap(key);
    }

    /** The end of a range that holds this key and some behind it. */
    ByteString behind(int number, int count) {
        return number + count < keys ? key(number + count) : end();
    }

    /** The end of the range of all keys. */
    ByteString end() {
        return Prefixes.after(prefix);
    }

    /** The number of a key; empty when it is none of these. */
    OptionalInt number(ByteString key) {
        if (key.size() != keyTemplate.length) {
            return OptionalInt.empty();
        }
        long number = 0;
        for (int i = prefix.size(); i < key.size(); i++) {
            int digit = key.byteAt(i) - '0';
            number = number * 10 + digit;
            if (digit < 0 || digit > 9 || number >= keys) {
                return OptionalInt.empty();
            }
        }
        return key.startsWith(prefix) ? OptionalInt.of((int) number) : OptionalInt.empty();
    }

    /** What the write of this ticket puts under a key. */
    ByteString value(int key, long ticket) {
        byte[] value = valueTemplate.clone();
        put(value, 0, ticket);
        put(value, TICKET_BYTES, key);
        return UnsafeByteOperations.unsafeWrap(value);
    }

    /** True when some write of this load may have put it under the key. */
    boolean isValueOf(int key, ByteString value) {
        if (value.size() != valueTemplate.length || value.size() <= TICKET_BYTES) {
            return value.size() == valueTemplate.length;
        }
        return value.substring(TICKET_BYTES).equals(value(key, 0).substring(TICKET_BYTES));
    }

    private static void put(byte[] value, int offset, long number) {
        for (int i = 0; i < Long.BYTES && offset + i < Math.min(HEAD_BYTES, value.length); i++) {
            value[offset + i] = (byte) (number >>> (Long.SIZE - Byte.SIZE * (i + 1)));
        }
    }
}
