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

    /**
     * A snapshot with this label is written or arrives; its digest is the store's, then that of the sessions if any.
     */
    void written(NodeRecord node, LogId label, Bytes digest) {
        Bytes other = ledger.snapshotDigest(label.index(), digest);
        court.require(
                other == null || other.equals(digest),
                NAME,
                "snapshots of one label differ, in their sessions perhaps:",
                node.id,
                label,
                digest,
                String.valueOf(other));
        labelled(node, label, digest);
    }

    /** The store of a snapshot with this label is written, arrives, or was put into a state machine. */
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
                expected == null || digest.startsWith(expected),
                NAME,
                "not the state after its label:",
                node.id,
                label,
                digest,
                String.valueOf(expected));
    }
}
