package dev.quorate.sim.invariants;

import dev.quorate.spi.Bytes;

/** All replicas hold the same state at the same index. */
final class DigestsAgree {
    static final String NAME = "DigestsAgree";

    private final Court court;
    private final Ledger ledger;

    DigestsAgree(Court court, Ledger ledger) {
        this.court = court;
        this.ledger = ledger;
    }

    /** A replica has this digest after an index. */
    void stateIs(NodeRecord node, long index, Bytes digest) {
        Bytes other = ledger.digest(index, digest);
        court.require(
                other == null || other.equals(digest),
                NAME,
                "replicas differ:",
                node.id,
                index,
                digest,
                String.valueOf(other));
    }
}
