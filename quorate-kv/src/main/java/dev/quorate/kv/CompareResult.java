package dev.quorate.kv;

/** How what is stored must stand to what is given. */
public enum CompareResult {
    /** The same. */
    EQUAL,
    /** Above it. */
    GREATER,
    /** Below it. */
    LESS,
    /** Not the same. */
    NOT_EQUAL
}
