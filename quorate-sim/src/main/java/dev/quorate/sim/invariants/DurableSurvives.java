package dev.quorate.sim.invariants;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.TermRun;
import dev.quorate.spi.RecoveredLog;

/** A node that starts again finds what was durable, and nothing that was never written. */
final class DurableSurvives {
    static final String NAME = "DurableSurvives";

    private final Court court;
    private final Ledger ledger;

    DurableSurvives(Court court, Ledger ledger) {
        this.court = court;
        this.ledger = ledger;
    }

    /** A log was opened. */
    void recovered(NodeRecord node, RecoveredLog found) {
        hardState(node, found.hardState());
        court.require(
                found.purged().index() >= node.log.durablePurged().index(),
                NAME,
                "what was purged came back:",
                node.id,
                found.purged());
        LogRecord now = record(found);
        long from = Math.max(Math.max(now.purged().index(), node.log.purged().index()), node.snapshot.index());
        for (long index = from + 1; index <= node.log.durable(); index++) {
            court.require(
                    now.termAt(index) == node.log.termAt(index),
                    NAME,
                    "a durable entry is gone:",
                    node.id,
                    index,
                    node.log.termAt(index),
                    now.termAt(index));
        }
        for (long index = now.purged().index() + 1; index <= now.last(); index++) {
            LogId id = new LogId(now.termAt(index), index);
            court.require(ledger.writtenAt(id) != null, NAME, "an entry that nobody wrote:", node.id, id);
        }
        now.sync();
        node.log = now;
        node.durableHardState = found.hardState();
        node.writtenHardStates.clear();
    }

    private void hardState(NodeRecord node, HardState found) {
        boolean known = found.equals(node.durableHardState) || node.writtenHardStates.contains(found);
        court.require(known, NAME, "another term or vote:", node.id, found, node.durableHardState);
    }

    private static LogRecord record(RecoveredLog found) {
        LogRecord record = new LogRecord();
        record.resetTo(found.purged());
        for (TermRun run : found.runs()) {
            for (long index = run.firstIndex(); index <= run.lastIndex(); index++) {
                record.append(run.term());
            }
        }
        return record;
    }
}
