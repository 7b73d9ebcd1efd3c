package dev.quorate.kv;

/** The direction in which a range is sorted. */
public enum SortOrder {
    /** Ascending, when the target is not the key; key order anyway. */
    NONE,
    /** The smallest first. */
    ASCEND,
    /** The largest first. */
    DESCEND
}
