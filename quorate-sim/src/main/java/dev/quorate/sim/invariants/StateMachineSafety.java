package dev.quorate.sim.invariants;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Entry;

/** No two state machines apply different entries at one index (Raft §5.4.3); each applies each entry once, in order. */
final class StateMachineSafety {
    static final String NAME = "StateMachineSafety";

    private final Court court;
    private final Ledger ledger;

    StateMachineSafety(Court court, Ledger ledger) {
        this.court = court;
        this.ledger = ledger;
    }

    /** A state machine that has applied up to an index is about to apply this. */
    void applies(NodeRecord node, long appliedIndex, Entry entry) {
        long index = entry.index();
        court.require(index > appliedIndex, NAME, "applied twice or backwards:", node.id, index, appliedIndex);
        court.require(index <= ledger.committed(), NAME, "applied, but not committed:", node.id, index);
        court.require(
                ledger.committedAt(index).equals(entry.id()), NAME, "applied another entry:", node.id, entry.id());
        Ledger.Written written = ledger.writtenAt(entry.id());
        court.require(
                written == null || written.applied() == Print.of(entry),
                NAME,
                "applied other content:",
                node.id,
                entry);
    }

    /** A state machine that has applied commands up to {@code appliedIndex} has now applied a chunk up to here. */
    void applied(NodeRecord node, LogId last) {
        court.require(last.index() <= ledger.committed(), NAME, "applied, but not committed:", node.id, last);
        court.require(ledger.committedAt(last.index()).equals(last), NAME, "applied another entry:", node.id, last);
    }
}
