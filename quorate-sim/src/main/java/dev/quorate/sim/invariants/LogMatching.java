package dev.quorate.sim.invariants;

import dev.quorate.spi.Entry;

/**
 * Two logs with an entry of one index and term are equal up to it (Raft §5.3). By induction: an index and a term name
 * one content, and one term before it.
 */
final class LogMatching {
    static final String NAME = "LogMatching";

    private final Court court;
    private final Ledger ledger;

    LogMatching(Court court, Ledger ledger) {
        this.court = court;
        this.ledger = ledger;
    }

    /** A node writes an entry behind one of this term. */
    void appends(NodeRecord node, long termBefore, Entry entry) {
        Ledger.Written now = new Ledger.Written(Print.of(entry), termBefore, Print.ofApplied(entry));
        Ledger.Written before = ledger.write(entry.id(), now);
        court.require(
                before == null || before.equals(now),
                NAME,
                "another entry at this place:",
                node.id,
                entry,
                String.valueOf(before));
    }

    /** A node read an entry that it had written. */
    void reads(NodeRecord node, Entry entry) {
        Ledger.Written written = ledger.writtenAt(entry.id());
        court.require(
                written != null && written.print() == Print.of(entry),
                NAME,
                "reads what nobody wrote:",
                node.id,
                entry);
    }
}
