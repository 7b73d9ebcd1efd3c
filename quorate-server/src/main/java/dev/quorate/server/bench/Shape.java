package dev.quorate.server.bench;

import java.nio.charset.StandardCharsets;

/**
 * The keys and values of a load.
 *
 * @param prefix what every key begins with, ASCII
 * @param keys how many keys there are
 * @param keySize the bytes of a key, the prefix included
 * @param valueSize the bytes of a value
 * @param rangeKeys how many keys one range reads
 * @param readPercent how many of a hundred calls of a mixed load read
 * @param hotKeys how many keys are hot
 */
record Shape(String prefix, int keys, int keySize, int valueSize, int rangeKeys, int readPercent, int hotKeys) {
    static final int KEYS_MAX = 10_000_000;
    static final int KEY_SIZE_MAX = 4096;
    static final int VALUE_SIZE_MAX = 16 << 20;
    static final int RANGE_KEYS_MAX = 10_000;

    Shape {
        Limit.require("--keys", keys, 1, KEYS_MAX);
        Limit.require("--value-size", valueSize, 0, VALUE_SIZE_MAX);
        Limit.require("--range-keys", rangeKeys, 1, Math.min(keys, RANGE_KEYS_MAX));
        Limit.require("--read-percent", readPercent, 0, 100);
        Limit.require("--hot-keys", hotKeys, 1, keys);
        if (prefix.isEmpty() || !StandardCharsets.US_ASCII.newEncoder().canEncode(prefix)) {
            throw new IllegalArgumentException("--prefix is '" + prefix + "', must be one or more ASCII characters");
        }
        int least = prefix.length() + digits(keys);
        if (keySize < least || keySize > KEY_SIZE_MAX) {
            throw new IllegalArgumentException("--key-size is " + keySize + ", must be " + least + " to " + KEY_SIZE_MAX
                    + " for " + keys + " keys behind the prefix '" + prefix + "'");
        }
    }

    private static int digits(int keys) {
        return Integer.toString(keys - 1).length();
    }
}
