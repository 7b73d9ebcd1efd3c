package dev.quorate.wal;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import java.util.Optional;

/**
 * What a check of a log found. With damage, the counts and positions are those of what stands before it.
 *
 * @param segments how many files belong to the log
 * @param records how many whole records are in them
 * @param entries how many of these are entries, those that were purged or cut off later included
 * @param purged the position that the log begins after
 * @param last the position of the last entry
 * @param hardState the newest term and vote
 * @param closedInOrder true when the last record says that the log was closed
 * @param tornBytes how much of a torn write stands at the end; the next start cuts it off
 * @param damage the first damage, empty when the log is sound
 */
public record LogReport(
        int segments,
        long records,
        long entries,
        LogId purged,
        LogId last,
        HardState hardState,
        boolean closedInOrder,
        long tornBytes,
        Optional<Damage> damage) {

    /**
     * Where the first damage is.
     *
     * @param file the damaged file
     * @param offset where in it, in bytes
     * @param index the first log index that cannot be read, 0 when it is not known
     * @param what a sentence that says all of it
     */
    public record Damage(String file, long offset, long index, String what) {}

    /** True when every record that was ever synced is there. */
    public boolean isSound() {
        return damage.isEmpty();
    }
}
