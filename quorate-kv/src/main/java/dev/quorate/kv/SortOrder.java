package dev.quorate.kv;

/** The direction in which a range is sorted. The codes are part of the log format. */
public enum SortOrder {
    /** Ascending, when the target is not the key; key order anyway. */
    NONE(0),
    /** The smallest first. */
    ASCEND(1),
    /** The largest first. */
    DESCEND(2);

    private final int code;

    SortOrder(int code) {
        this.code = code;
    }

    /** The number that stands for it in the log: its place, from 0. */
    int code() {
        return code;
    }
}
