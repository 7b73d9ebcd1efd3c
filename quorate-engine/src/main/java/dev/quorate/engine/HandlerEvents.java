package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.SnapshotMetadata;
import java.util.List;

/** What the handler tells the node. Called on the named cycle, returns quickly, throws nothing. */
interface HandlerEvents {
    /**
     * Entries are applied and visible, and their waiters are complete; their proposers are answered here, watch events
     * go out after it. One call for each part of a chunk that ends at a checkpoint or at the chunk's end. APPLY.
     *
     * @param results one for each entry, in order; at least one
     */
    void applied(List<ApplyResult> results);

    /** A membership entry is applied. APPLY, before {@link #applied} of the same entries. */
    void membershipApplied(LogId id, Membership membership);

    /** An alarm entry is applied. APPLY, before {@link #applied} of the same entries. */
    void alarmApplied(Entry alarm);

    /** A snapshot made by this node is durable under its final name. BULK. */
    void snapshotSaved(Snapshot snapshot);

    /**
     * A durable snapshot of this node covers this checkpoint now: the time to tell the leader. Called once for each
     * checkpoint, in order, after {@link #snapshotSaved}. BULK.
     *
     * @param checkpoint the checkpoint entry
     * @param stateDigest this replica's digest exactly at the checkpoint; empty when the state machine offers none
     */
    void checkpointTaken(LogId checkpoint, Bytes stateDigest);

    /** The state was replaced by a streamed snapshot, and is visible; the log is not reset behind it yet. APPLY. */
    void snapshotInstalled(SnapshotMetadata metadata);

    /**
     * A purge was validated without a comparison of states, because the leader or this replica offers no digest.
     *
     * @param lastIncluded the position of the purge
     */
    void comparisonSkipped(LogId lastIncluded);

    /**
     * This replica's state is not the cluster's. Reads are refused from before this call; the mark is durable. LOG.
     *
     * @param at the checkpoint at which the digests differ
     */
    void diverged(LogId at, String reason);

    /** The handler met what must not be retried, and does nothing any more. Called once, on the thread that met it. */
    void halted(NodeHaltedException cause);
}
