package dev.quorate.raft;

/**
 * The indexes that order the life of an entry, and the check that they stay in order.
 *
 * <pre>
 *   purged ≤ snapshot ≤ applied ≤ min(committed, persisted)
 *                                     committed ≤ last
 *                                     persisted ≤ last
 * </pre>
 *
 * No rung falls, but {@code persisted} and {@code last} when a new leader overwrites what was never committed.
 */
final class Ladder {
    private final TermRuns log;
    private final DurabilityGate gate;
    private LogId snapshot;
    private long applied;
    private long commit;
    private long announcedCommit;

    Ladder(TermRuns log, DurabilityGate gate, LogId snapshot, long applied) {
        this.log = log;
        this.gate = gate;
        this.snapshot = snapshot;
        this.applied = applied;
        this.commit = applied;
        this.announcedCommit = applied;
    }

    LogId snapshot() {
        return snapshot;
    }

    long applied() {
        return applied;
    }

    long commit() {
        return commit;
    }

    /** The last entry that is committed and durable here, and so may be applied. */
    long applicable() {
        return Math.min(commit, gate.persistedIndex());
    }

    /** Raises the commit index; a smaller one changes nothing. */
    void commitTo(long index) {
        Invariant.check(index <= log.lastIndex(), "commit beyond the log", index, log.lastIndex());
        commit = Math.max(commit, index);
    }

    /** True, once, when {@link #applicable} has risen since the last call. */
    boolean announceCommit() {
        boolean risen = applicable() > announcedCommit;
        if (risen) {
            announcedCommit = applicable();
        }
        return risen;
    }

    /** The state machine shows {@code index}; late news of less change nothing. */
    void appliedTo(long index) {
        applied = Math.max(applied, index);
    }

    /** A snapshot of our own is durable. It tells of the apply, too, when that news is still on its way. */
    void snapshotSaved(LogId lastIncluded) {
        if (lastIncluded.index() <= snapshot.index()) {
            return;
        }
        Invariant.check(log.contains(lastIncluded), "a snapshot of an entry that is not in the log", lastIncluded);
        snapshot = lastIncluded;
        appliedTo(lastIncluded.index());
    }

    /** The log begins durably after {@code through}; an older purge changes nothing. */
    void purged(LogId through) {
        if (through.index() > log.purged().index()) {
            Invariant.check(
                    through.index() <= snapshot.index(),
                    "a purge past the snapshot",
                    through.index(),
                    snapshot.index());
            log.purge(through);
        }
    }

    /** A snapshot took the place of the log and of the state. */
    void reset(LogId lastIncluded) {
        Invariant.check(lastIncluded.index() > commit, "a reset below the commit index", lastIncluded.index(), commit);
        log.reset(lastIncluded);
        gate.reset(lastIncluded.index());
        snapshot = lastIncluded;
        applied = lastIncluded.index();
        commit = lastIncluded.index();
    }

    /** Checks the order of all rungs. */
    void check() {
        long persisted = gate.persistedIndex();
        Invariant.check(
                log.purged().index() <= snapshot.index(),
                "purged above snapshot",
                log.purged().index(),
                snapshot.index());
        Invariant.check(snapshot.index() <= applied, "snapshot above applied", snapshot.index(), applied);
        Invariant.check(applied <= commit, "applied above committed", applied, commit);
        Invariant.check(applied <= persisted, "applied above persisted", applied, persisted);
        Invariant.check(commit <= log.lastIndex(), "committed above last", commit, log.lastIndex());
        Invariant.check(persisted <= log.lastIndex(), "persisted above last", persisted, log.lastIndex());
    }
}
