package dev.quorate.spi;

import dev.quorate.raft.EntrySizes;
import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.TermRun;
import java.util.List;

/**
 * What a log held when it was opened.
 *
 * @param hardState the newest durable term and vote
 * @param purged the position that the log begins after
 * @param runs the entries as runs of terms, from {@code purged.index + 1} on without a hole
 * @param sizes the payload size of each entry
 * @param memberships the {@code MEMBERSHIP} entries among them, in order
 * @param lastTimeMillis the cluster time of the last entry, 0 when there is none
 * @param tornBytes how many bytes of a torn tail were cut
 */
public record RecoveredLog(
        HardState hardState,
        LogId purged,
        List<TermRun> runs,
        EntrySizes sizes,
        List<Entry> memberships,
        long lastTimeMillis,
        long tornBytes) {

    public RecoveredLog {
        runs = List.copyOf(runs);
        memberships = List.copyOf(memberships);
    }

    /** True when the entry with this position is here, or was purged. */
    public boolean contains(LogId id) {
        if (id.index() <= purged.index()) {
            return true;
        }
        for (TermRun run : runs) {
            if (run.firstIndex() <= id.index() && id.index() <= run.lastIndex()) {
                return run.term() == id.term();
            }
        }
        return false;
    }

    /** The position of the last entry, or {@code purged}. */
    public LogId last() {
        return runs.isEmpty() ? purged : runs.get(runs.size() - 1).last();
    }
}
