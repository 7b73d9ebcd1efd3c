package dev.quorate.sim.invariants;

import dev.quorate.raft.Effect;
import dev.quorate.raft.Role;

/** A leader never overwrites or deletes entries of its log (Raft §5.3). */
final class LeaderAppendOnly {
    static final String NAME = "LeaderAppendOnly";

    private final Court court;

    LeaderAppendOnly(Court court) {
        this.court = court;
    }

    /** A node wants this written while it is what its record says. */
    void persists(NodeRecord node, Effect.Persist persist) {
        boolean appends = persist.truncateFrom() == 0 && persist.resetTo().isEmpty();
        court.require(appends || node.role != Role.LEADER, NAME, "leader changes what it wrote:", node.id, persist);
    }
}
