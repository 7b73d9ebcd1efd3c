package dev.quorate.kv;

/** By what a range is sorted. Pairs that are equal in it stand in key order. */
public enum SortTarget {
    /** The key, as unsigned bytes. */
    KEY,
    /** The version. */
    VERSION,
    /** The revision of creation. */
    CREATE,
    /** The revision of the last change. */
    MOD,
    /** The value, as unsigned bytes. */
    VALUE
}
