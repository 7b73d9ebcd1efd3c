package dev.quorate.engine;

import dev.quorate.raft.Role;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the handler, whenever the commit index moved, whether a snapshot is due. The leader then has a CHECKPOINT entry
 * proposed, so that all replicas make theirs at one index. Another node waits for that entry, and makes a snapshot by
 * itself only when none came for long. Owned by LOOP.
 */
final class SnapshotTrigger {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotTrigger.class);
    private static final int PATIENCE_ELECTIONS = 10;
    private static final long NEVER = DutyCycle.NO_DEADLINE;

    private final StateMachineHandler handler;
    private final NodeView view;
    private final ProposalIntake intake;
    private final long patienceNanos;
    private long aloneAtNanos = NEVER;

    SnapshotTrigger(StateMachineHandler handler, NodeView view, ProposalIntake intake, long electionTimeoutNanos) {
        this.handler = handler;
        this.view = view;
        this.intake = intake;
        this.patienceNanos = PATIENCE_ELECTIONS * electionTimeoutNanos;
    }

    /** The commit index moved. */
    void committed(long nowNanos, long index) {
        NodeView.Standing standing = view.standing();
        if (!handler.shouldSnapshot(new NewCommitData(index, standing.role(), standing.term()))) {
            aloneAtNanos = NEVER;
        } else if (standing.role() == Role.LEADER) {
            aloneAtNanos = NEVER;
            intake.proposeCheckpoint(handler.lastApplied());
        } else if (aloneAtNanos == NEVER) {
            aloneAtNanos = nowNanos + patienceNanos;
        } else if (aloneAtNanos - nowNanos <= 0) {
            aloneAtNanos = NEVER;
            LOG.warn("no checkpoint from a leader for long, a snapshot of this replica alone is made index={}", index);
            var unused = handler.createSnapshot();
        }
    }
}
