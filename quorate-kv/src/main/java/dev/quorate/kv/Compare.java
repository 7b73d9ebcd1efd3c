package dev.quorate.kv;

import dev.quorate.spi.Bytes;

/**
 * A condition of a transaction. Over a range it holds when it holds for every key in it; over a range without keys,
 * when it holds for a missing key.
 *
 * @param number what to compare with, for every target but the value
 * @param value what to compare with, for the value
 */
public record Compare(KeyRange keys, CompareTarget target, CompareResult result, long number, Bytes value) {

    /** A condition on a number of one key. */
    public static Compare of(Bytes key, CompareTarget target, CompareResult result, long number) {
        return new Compare(KeyRange.of(key), target, result, number, Bytes.EMPTY);
    }

    /** A condition on the value of one key. */
    public static Compare value(Bytes key, CompareResult result, Bytes value) {
        return new Compare(KeyRange.of(key), CompareTarget.VALUE, result, 0, value);
    }

    /** The key exists. */
    public static Compare exists(Bytes key) {
        return of(key, CompareTarget.VERSION, CompareResult.GREATER, 0);
    }

    /** The key does not exist. */
    public static Compare missing(Bytes key) {
        return of(key, CompareTarget.VERSION, CompareResult.EQUAL, 0);
    }
}
