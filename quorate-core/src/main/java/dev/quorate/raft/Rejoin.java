package dev.quorate.raft;

/**
 * Why a node that starts cannot be trusted with a vote yet: its disk lost something of what it promised, or is empty
 * and nobody knows why. What that means for the protocol is in {@link Rejoining}.
 *
 * @param reason what is missing
 * @param term for {@link Reason#ENTRIES_LOST}: the term, entered since the loss and durable, in which the node has
 *     promised nothing; for {@link Reason#FIRST_START}: the last term of the snapshot that the cluster begins with, 0
 *     when it begins with nothing; else 0
 */
public record Rejoin(Reason reason, long term) {
    /** What is missing on the disk. */
    public enum Reason {
        /** Nothing: the node is as good as its disk. */
        NONE,
        /** Everything since the cluster began, as on a first start; or the disk was wiped, which looks the same. */
        FIRST_START,
        /** The term and the vote, and perhaps entries. */
        VOTE_LOST,
        /** Entries that may have been acknowledged; term and vote are known. */
        ENTRIES_LOST
    }

    /** A node that lost nothing. */
    public static final Rejoin NOT_NEEDED = new Rejoin(Reason.NONE, 0);

    /** A node whose disk is empty. */
    public static final Rejoin FIRST_START = new Rejoin(Reason.FIRST_START, 0);

    /** A node that does not know any more in which terms it voted. */
    public static final Rejoin VOTE_LOST = new Rejoin(Reason.VOTE_LOST, 0);

    public Rejoin {
        boolean fits = reason == Reason.FIRST_START ? term >= 0 : (reason == Reason.ENTRIES_LOST) == (term > 0);
        if (!fits) {
            throw new IllegalArgumentException(reason + " with term " + term);
        }
    }

    /**
     * A node whose disk holds nothing but the snapshot that its cluster begins with, whose last entry has this term.
     */
    public static Rejoin firstStart(long term) {
        return new Rejoin(Reason.FIRST_START, term);
    }

    /** A node that lost entries, and then durably entered this term without a vote in it. */
    public static Rejoin entriesLost(long term) {
        return new Rejoin(Reason.ENTRIES_LOST, term);
    }
}
