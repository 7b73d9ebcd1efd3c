package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.PeerMessage.PurgeLogRequest;
import dev.quorate.spi.PeerMessage.PurgeLogResponse;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * The single gateway between the replicated log and the state machine: it applies, it answers reads, it makes, streams
 * and installs snapshots, and it authorises the purge of the log. All access to the state goes through it.
 *
 * <pre>
 *   commit index ─► updatePending ─► pendingRange ─► applyChunk ─► lastApplied ─► waitApplied ─► readFromStateMachine
 *                                                       │ CHECKPOINT
 *                                                       ▼
 *                       createSnapshot ──► cleanupSnapshot ──► validatePurgeRequest ──► handlePurgeRequest
 *                             │
 *     getLatestSnapshotMetadata ──► loadSnapshotData / loadSnapshotChunk ══► applySnapshotStreamFromLeader
 *                                                                            (at a follower)
 * </pre>
 *
 * The fifteen operations, their names and their guarantees are the contract of this project; see
 * {@code docs/STATE-MACHINE-HANDLER.md}. A future that fails does so with a {@link dev.quorate.spi.QuorateException},
 * and no operation leaves a change behind when it fails, unless it says so.
 */
public interface StateMachineHandler {

    /**
     * The index of the last entry whose effects are visible to readers. Moves on apply and on the install of a
     * snapshot, never back. Any thread, no lock.
     */
    long lastApplied();

    /**
     * Raises the highest index known to be committed; a smaller one is ignored. Any thread, no lock, queues nothing.
     */
    void updatePending(long newCommit);

    /**
     * Waits until {@code targetIndex} is applied, without a thread.
     *
     * @return completed at once when it is; later by the apply that passes it. Fails with
     *     {@link dev.quorate.spi.DeadlineExceededException} after the timeout (safe to repeat), with
     *     {@link dev.quorate.spi.OverloadedException} when too many wait, and with
     *     {@link dev.quorate.spi.NodeStoppedException} when the node stops. Any thread.
     */
    CompletableFuture<Void> waitApplied(long targetIndex, Duration timeout);

    /**
     * Applies committed entries in order. Their effects and {@code lastApplied} become durable together or not at all;
     * {@code lastApplied} is published after the state is visible, then waiters complete, then watch events go out.
     *
     * @param chunk entries from {@code lastApplied + 1} on, without a hole or a falling term; may be empty
     * @return one result for each entry, in order. A chunk that does not fit, or an exception of the state machine,
     *     fails with {@link dev.quorate.spi.NodeHaltedException} that names the entry, and halts the node. APPLY only.
     */
    CompletableFuture<List<ApplyResult>> applyChunk(List<Entry> chunk);

    /**
     * Reads keys from one applied state.
     *
     * @return a pair for each key in the order asked; empty when any key is missing. Throws
     *     {@link dev.quorate.spi.ReadUnavailableException} while a snapshot is being restored, when this replica's
     *     state differs from the cluster's, or when the state machine reads on APPLY only and this is another thread
     */
    Optional<List<KeyValue>> readFromStateMachine(List<Bytes> keys);

    /**
     * Receives a snapshot from the leader, verifies it and installs it: afterwards {@code lastApplied}, the pending
     * index, the membership and the log agree with it, and waiters at or below it are complete. Every chunk is answered
     * through {@code acks}. The receiving runs on BULK, the restoring on APPLY, the reset of the log on LOG; nothing
     * blocks LOOP.
     *
     * @param currentTerm the term of this node when the stream began
     * @return completes when the snapshot is installed, or was not needed; fails when the transfer failed, with what
     *     arrived kept for resumption
     */
    CompletableFuture<Void> applySnapshotStreamFromLeader(
            long currentTerm, SnapshotChunkStream chunks, SnapshotAckSink acks, SnapshotConfig config);

    /**
     * Whether it is time for a snapshot. No I/O; the answer does not depend on the role.
     *
     * @return false while a snapshot is being made, else what the {@link SnapshotPolicy} says
     */
    boolean shouldSnapshot(NewCommitData newCommit);

    /**
     * Makes a snapshot of exactly what is applied now: freeze on APPLY, then write, sync, rename, sync the directory
     * and clean up old ones on BULK, while applies go on.
     *
     * @return its metadata and final path; fails with {@link dev.quorate.spi.OverloadedException} while another one is
     *     being made
     */
    CompletableFuture<Snapshot> createSnapshot();

    /**
     * Deletes finished snapshots whose last included index is below {@code beforeVersion}, and stale temporary files.
     * The newest valid one stays, and so do those being streamed and files that are not ours.
     *
     * @param directory where to look; missing: nothing to do
     * @param prefix the beginning of the file names, of any length
     */
    CompletableFuture<Void> cleanupSnapshot(long beforeVersion, Path directory, String prefix);

    /**
     * Whether a purge is legitimate, and this replica's state at that position is the leader's; see
     * {@link dev.quorate.spi.PeerMessage.PurgeRefusal} for the reasons against it. Never fails for a refusable request.
     *
     * @param leader the leader that this node knows for {@code currentTerm}
     */
    CompletableFuture<Boolean> validatePurgeRequest(long currentTerm, Optional<NodeId> leader, PurgeLogRequest request);

    /**
     * For non-leaders: validates, purges the log behind the checkpoint (keeping the configured number of entries), and
     * answers with the new purged position once that is durable, or with a refusal. Already purged: success. LOG only.
     *
     * @param lastPurged where the log begins now
     * @param log the log to purge
     */
    CompletableFuture<PurgeLogResponse> handlePurgeRequest(
            long currentTerm,
            Optional<NodeId> leader,
            Optional<LogId> lastPurged,
            PurgeLogRequest request,
            RaftLog log);

    /** The newest valid snapshot, also right after a restart and after an install. Any thread. */
    Optional<SnapshotMetadata> getLatestSnapshotMetadata();

    /**
     * A whole snapshot as chunks, read as they are demanded; the metadata rides in chunk 0.
     *
     * @return fails with {@link dev.quorate.spi.SnapshotNotFoundException} or
     *     {@link dev.quorate.spi.CorruptSnapshotException}
     */
    CompletableFuture<Flow.Publisher<SnapshotChunk>> loadSnapshotData(SnapshotMetadata metadata);

    /**
     * One chunk of a snapshot by number, read without what comes before it: how a broken stream resumes.
     *
     * @return fails with {@link dev.quorate.spi.ChunkOutOfRangeException} when {@code seq} is outside
     *     {@code 0..total-1}
     */
    CompletableFuture<SnapshotChunk> loadSnapshotChunk(SnapshotMetadata metadata, int seq);

    /** {@code lastApplied + 1 .. pending} when there is something to apply; one consistent pair. Any thread. */
    Optional<IndexRange> pendingRange();
}
