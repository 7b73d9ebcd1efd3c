package dev.quorate.engine;

/**
 * The limits of a state machine handler.
 *
 * @param waitersMax the most calls of {@code waitApplied} that may be waiting
 * @param snapshotsRetained how many finished snapshots are kept, at least 1
 * @param retainedEntries how many entries stay in the log behind the checkpoint of a purge, so that a briefly absent
 *     follower catches up from the log
 * @param checkpointDigestsMax how many checkpoints back the state digests are remembered for comparison
 * @param sessionAnswersBytesMax the most bytes of answers that are kept for repeated commands of sessions
 * @param snapshot the limits of snapshot transfers, and the chunk size of new snapshots
 */
public record HandlerOptions(
        int waitersMax,
        int snapshotsRetained,
        long retainedEntries,
        int checkpointDigestsMax,
        long sessionAnswersBytesMax,
        SnapshotConfig snapshot) {

    /** 100,000 waiters, 2 snapshots, 10,000 entries behind a purge, digests of 64 checkpoints, 64 MiB of answers. */
    public static final HandlerOptions DEFAULTS =
            new HandlerOptions(100_000, 2, 10_000, 64, 64 << 20, SnapshotConfig.DEFAULTS);

    public HandlerOptions {
        require(waitersMax >= 1, "waitersMax", waitersMax, "at least 1");
        require(snapshotsRetained >= 1, "snapshotsRetained", snapshotsRetained, "at least 1");
        require(retainedEntries >= 0, "retainedEntries", retainedEntries, "at least 0");
        require(checkpointDigestsMax >= 1, "checkpointDigestsMax", checkpointDigestsMax, "at least 1");
        require(sessionAnswersBytesMax >= 0, "sessionAnswersBytesMax", sessionAnswersBytesMax, "at least 0");
    }

    private static void require(boolean holds, String name, long value, String bound) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + value + ", must be " + bound);
        }
    }
}
