package dev.quorate.sim.invariants;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;

/** A snapshot stands at a committed entry, and holds exactly the state after it. */
final class SnapshotLabelExact {
    static final String NAME = "SnapshotLabelExact";

    private final Court court;
    private final Ledger ledger;

    SnapshotLabelExact(Court court, Ledger ledger) {
        this.court = court;
        this.ledger = ledger;
    }

    /** A snapshot with this label and digest is written, arrives, or was put into a state machine. */
    void labelled(NodeRecord node, LogId label, Bytes digest) {
        court.require(
                label.index() <= ledger.committed()
                        && ledger.committedAt(label.index()).equals(label),
                NAME,
                "not at a committed entry:",
                node.id,
                label);
        Bytes expected = ledger.digestAt(label.index());
        court.require(
                expected == null || expected.equals(digest),
                NAME,
                "not the state after its label:",
                node.id,
                label,
                digest,
                String.valueOf(expected));
    }
}
