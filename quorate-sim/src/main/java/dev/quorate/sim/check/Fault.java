package dev.quorate.sim.check;

/** The well-known ways in which a store can be wrong, the most telling first. */
public enum Fault {
    /** An element stands twice in an append-only list. */
    ELEMENT_TWICE("element twice", false),
    /** An answer named a value that nobody ever wrote. */
    UNWRITTEN_VALUE("value from nowhere", true),
    /** An answer named the value of a write that was reported as failed. */
    FAILED_WRITE_SEEN("failed write took effect", true),
    /** An answer named a value before the write of it was called. */
    FUTURE_READ("read from the future", true),
    /** One compare-and-set or transaction took effect more than once, as a retry does that is not recognised. */
    DUPLICATED_WRITE("write applied twice", true),
    /** Two updates of one key both started from the same value, and the second one covered the first. */
    LOST_UPDATE("lost update", true),
    /** Two transactions each changed what the other one had checked. */
    WRITE_SKEW("write skew", true),
    /** A read of several keys saw one part of a transaction and not another. */
    NON_ATOMIC_READ("non-atomic read", true),
    /** A write was acknowledged, and nobody ever saw it. */
    LOST_WRITE("lost acknowledged write", true),
    /** A value came back that had been replaced, and stayed, though it was written once. */
    RETURNED_VALUE("replaced value came back", true),
    /** A read saw a value that had been replaced before it began. */
    STALE_READ("stale read", true),
    /** The revision of the store went back in time. */
    REVISION_WENT_BACK("revision went back", true),
    /** Two writes were given the same revision. */
    REVISION_SHARED("revision given twice", true),
    /** A pair came with a revision at which it was not written. */
    REVISION_MISMATCH("pair with a wrong revision", false),
    /** There are more revisions than writes that can have made them, as when a write was applied twice. */
    REVISION_UNEXPLAINED("revision without a write", false),
    /** A client was shown an older state than it had seen before, against its session's promise. */
    SESSION_WENT_BACK("session went back in time", true),
    /** The sum over the accounts of a bank was wrong. */
    TOTAL_CHANGED("bank total changed", false),
    /** An element that was in an append-only set is not there any more. */
    ELEMENT_LOST("element lost", false),
    /** No order of the operations explains all answers, and it is none of the above. */
    NO_ORDER("not linearizable", true);

    private final String title;
    private final boolean excludesEveryOrder;

    Fault(String title, boolean excludesEveryOrder) {
        this.title = title;
        this.excludesEveryOrder = excludesEveryOrder;
    }

    /** A few words for people. */
    public String title() {
        return title;
    }

    /** Whether a history with this fault has no order that the search could find. */
    boolean excludesEveryOrder() {
        return excludesEveryOrder;
    }
}
