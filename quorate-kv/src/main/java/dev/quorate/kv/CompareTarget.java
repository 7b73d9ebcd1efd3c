package dev.quorate.kv;

/**
 * What of a pair is compared. A missing key compares as zeros, and fails every comparison of its value. The codes are
 * part of the log format.
 */
public enum CompareTarget {
    /** The version. */
    VERSION(0),
    /** The revision of creation. */
    CREATE(1),
    /** The revision of the last change. */
    MOD(2),
    /** The value, as unsigned bytes. */
    VALUE(3),
    /** The id of the lease. */
    LEASE(4);

    private final int code;

    CompareTarget(int code) {
        this.code = code;
    }

    /** The number that stands for it in the log: its place, from 0. */
    int code() {
        return code;
    }
}
