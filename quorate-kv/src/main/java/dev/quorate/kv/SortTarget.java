package dev.quorate.kv;

/** By what a range is sorted. Pairs that are equal in it stand in key order. The codes are part of the log format. */
public enum SortTarget {
    /** The key, as unsigned bytes. */
    KEY(0),
    /** The version. */
    VERSION(1),
    /** The revision of creation. */
    CREATE(2),
    /** The revision of the last change. */
    MOD(3),
    /** The value, as unsigned bytes. */
    VALUE(4);

    private final int code;

    SortTarget(int code) {
        this.code = code;
    }

    /** The number that stands for it in the log: its place, from 0. */
    int code() {
        return code;
    }
}
