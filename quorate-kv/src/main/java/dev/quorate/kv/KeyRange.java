package dev.quorate.kv;

import dev.quorate.spi.Bytes;

/**
 * A key, or the keys from one to before another, in the form that etcd's requests have.
 *
 * @param key the key, or the first key of the range
 * @param end empty: this one key; a single zero byte: every key from {@code key} on; else the first key behind the
 *     range, which is empty when that is not above {@code key}
 */
public record KeyRange(Bytes key, Bytes end) {
    /** The lowest key that there is, and as {@code end} the mark for "no end". */
    public static final Bytes ZERO = Bytes.wrap(new byte[1]);

    /** One key. */
    public static KeyRange of(Bytes key) {
        return new KeyRange(key, Bytes.EMPTY);
    }

    /** The keys from {@code first} to before {@code end}. */
    public static KeyRange between(Bytes first, Bytes end) {
        return new KeyRange(first, end);
    }

    /** The keys from {@code first} on. */
    public static KeyRange from(Bytes first) {
        return new KeyRange(first, ZERO);
    }

    /** Every key. */
    public static KeyRange all() {
        return new KeyRange(ZERO, ZERO);
    }

    /** The keys that begin with {@code prefix}; every key when it is empty. */
    public static KeyRange prefix(Bytes prefix) {
        if (prefix.isEmpty()) {
            return all();
        }
        for (int last = prefix.length() - 1; last >= 0; last--) {
            if (prefix.at(last) != (byte) 0xff) {
                byte[] end = prefix.slice(0, last + 1).toByteArray();
                end[last]++;
                return new KeyRange(prefix, Bytes.wrap(end));
            }
        }
        return from(prefix);
    }

    /** The first key behind this one. */
    static Bytes behind(Bytes key) {
        byte[] longer = new byte[key.length() + 1];
        key.copyTo(longer, 0);
        return Bytes.wrap(longer);
    }

    /** True for one key, false for a range, even when no other key lies in it. */
    public boolean isSingle() {
        return end.isEmpty();
    }

    /** True when the range has no upper end. */
    public boolean isOpen() {
        return end.equals(ZERO);
    }

    /** True when the key is this one, or lies in the range. */
    public boolean contains(Bytes other) {
        if (isSingle()) {
            return other.equals(key);
        }
        return other.compareTo(key) >= 0 && (isOpen() || other.compareTo(end) < 0);
    }
}
