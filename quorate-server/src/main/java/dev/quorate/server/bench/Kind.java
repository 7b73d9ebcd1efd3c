package dev.quorate.server.bench;

/** One sort of call. */
enum Kind {
    PUT("put", true),
    RANGE("range", false),
    SERIALIZABLE_RANGE("range-s", false),
    TXN("txn", true);

    private final String label;
    private final boolean writes;

    Kind(String label, boolean writes) {
        this.label = label;
        this.writes = writes;
    }

    /** Its name in reports. */
    String label() {
        return label;
    }

    /** True when a call that fails may have changed something. */
    boolean writes() {
        return writes;
    }
}
