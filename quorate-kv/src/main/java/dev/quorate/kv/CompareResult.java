package dev.quorate.kv;

/** How what is stored must stand to what is given. The codes are part of the log format. */
public enum CompareResult {
    /** The same. */
    EQUAL(0),
    /** Above it. */
    GREATER(1),
    /** Below it. */
    LESS(2),
    /** Not the same. */
    NOT_EQUAL(3);

    private final int code;

    CompareResult(int code) {
        this.code = code;
    }

    /** The number that stands for it in the log: its place, from 0. */
    int code() {
        return code;
    }
}
