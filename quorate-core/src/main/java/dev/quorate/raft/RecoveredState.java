package dev.quorate.raft;

import java.util.List;

/**
 * What a node finds on its disk when it starts, as far as the core needs it.
 *
 * @param hardState the durable term and vote; its term may be below the log's only when the log is empty behind a
 *     snapshot, which became durable just before the crash and before the term that came with it: nothing was said in
 *     that term yet
 * @param membership the one that was in force before any of {@code memberships}: that of the first start
 * @param purged the position that the log begins after; {@link LogId#ZERO} for a whole log
 * @param snapshot the newest durable snapshot, {@link LogId#ZERO} without one; covers {@code purged}
 * @param applied the index that the state machine holds when the core starts
 * @param runs the entries of the log as runs of terms, from {@code purged.index + 1} on without a hole
 * @param sizes the size of each of these entries
 * @param memberships the membership of the snapshot, if there is one, at its position, and those that later entries of
 *     the log bring, in the order of their indexes
 * @param rejoin why the node cannot vote yet, after its disk lost something; {@link Rejoin#NOT_NEEDED} otherwise
 */
public record RecoveredState(
        HardState hardState,
        Membership membership,
        LogId purged,
        LogId snapshot,
        long applied,
        List<TermRun> runs,
        EntrySizes sizes,
        List<LoggedMembership> memberships,
        Rejoin rejoin) {

    public RecoveredState {
        runs = List.copyOf(runs);
        memberships = List.copyOf(memberships);
        long next = purged.index() + 1;
        long term = purged.term();
        for (TermRun run : runs) {
            if (run.firstIndex() != next || run.term() < term) {
                throw new IllegalArgumentException(
                        "a log with a hole or a falling term after " + (next - 1) + ": " + runs);
            }
            next = run.lastIndex() + 1;
            term = run.term();
        }
        if (sizes.count() != next - 1 - purged.index()) {
            throw new IllegalArgumentException(sizes.count() + " sizes for entries up to " + (next - 1));
        }
        long previous = 0;
        for (LoggedMembership logged : memberships) {
            if (logged.index() <= previous || logged.index() < purged.index() || logged.index() >= next) {
                throw new IllegalArgumentException("a membership out of place at " + logged.index() + ", the log is "
                        + (purged.index() + 1) + " to " + (next - 1) + ": " + memberships);
            }
            previous = logged.index();
        }
        if (hardState.term() < term && !runs.isEmpty()) {
            throw new IllegalArgumentException("term " + hardState.term() + " below the log's " + term);
        }
        if (applied < snapshot.index() || applied > next - 1 || snapshot.index() < purged.index()) {
            throw new IllegalArgumentException("purged " + purged + ", snapshot " + snapshot + ", applied " + applied
                    + ", last " + (next - 1) + " are not in this order");
        }
        if (rejoin.term() > hardState.term()) {
            throw new IllegalArgumentException("term " + hardState.term() + " for " + rejoin);
        }
    }

    /** The state of a node whose disk lost nothing. */
    public RecoveredState(
            HardState hardState,
            Membership membership,
            LogId purged,
            LogId snapshot,
            long applied,
            List<TermRun> runs,
            EntrySizes sizes,
            List<LoggedMembership> memberships) {
        this(hardState, membership, purged, snapshot, applied, runs, sizes, memberships, Rejoin.NOT_NEEDED);
    }

    /** A state whose log brings no membership. */
    public RecoveredState(
            HardState hardState,
            Membership membership,
            LogId purged,
            LogId snapshot,
            long applied,
            List<TermRun> runs,
            EntrySizes sizes,
            Rejoin rejoin) {
        this(hardState, membership, purged, snapshot, applied, runs, sizes, List.of(), rejoin);
    }

    /** A state whose log brings no membership, of a node whose disk lost nothing. */
    public RecoveredState(
            HardState hardState,
            Membership membership,
            LogId purged,
            LogId snapshot,
            long applied,
            List<TermRun> runs,
            EntrySizes sizes) {
        this(hardState, membership, purged, snapshot, applied, runs, sizes, List.of(), Rejoin.NOT_NEEDED);
    }

    /** The state of a node that starts for the first time in a cluster of these members. */
    public static RecoveredState fresh(Membership membership) {
        return new RecoveredState(HardState.INITIAL, membership, LogId.ZERO, LogId.ZERO, 0, List.of(), EntrySizes.NONE);
    }

    /** The position of the last entry, or {@code purged}. */
    public LogId last() {
        return runs.isEmpty() ? purged : runs.get(runs.size() - 1).last();
    }
}
