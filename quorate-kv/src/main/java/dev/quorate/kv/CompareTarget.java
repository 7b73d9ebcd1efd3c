package dev.quorate.kv;

/** What of a pair is compared. A missing key compares as zeros, and fails every comparison of its value. */
public enum CompareTarget {
    /** The version. */
    VERSION,
    /** The revision of creation. */
    CREATE,
    /** The revision of the last change. */
    MOD,
    /** The value, as unsigned bytes. */
    VALUE,
    /** The id of the lease. */
    LEASE
}
