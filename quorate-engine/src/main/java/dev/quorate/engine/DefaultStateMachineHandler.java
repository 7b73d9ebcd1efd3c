package dev.quorate.engine;

import dev.quorate.raft.Invariant;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.KeyValue;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.PeerMessage.PurgeLogRequest;
import dev.quorate.spi.PeerMessage.PurgeLogResponse;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.ReadUnavailableException;
import dev.quorate.spi.SnapshotChunk;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.spi.StateMachine;
import dev.quorate.spi.StorageFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The engine's handler. It holds no state itself, but puts together those who do:
 *
 * <pre>
 *   any thread   AppliedIndex, AppliedWaiters, ReadGate, CheckpointDigests   what grows, and who waits for it
 *   APPLY        Applier                                                     the one caller of the state machine
 *   BULK         SnapshotMaker, SnapshotLoader, SnapshotReceivers            snapshot files
 *   LOG          PurgeAuthority                                              what the log may forget
 * </pre>
 */
final class DefaultStateMachineHandler implements StateMachineHandler {
    private final HandlerEnvironment node;
    private final StateMachine stateMachine;
    private final SnapshotStore snapshots;
    private final AppliedIndex index;
    private final AppliedWaiters waiters;
    private final ReadGate gate;
    private final CheckpointDigests digests;
    private final ReplicatedState state;
    private final Applier applier;
    private final SnapshotMaker maker;
    private final SnapshotLoader loader;
    private final SnapshotReceivers receivers;
    private final PurgeAuthority purge;
    private final AtomicLong installed = new AtomicLong();

    /**
     * A handler that goes on where an earlier run ended.
     *
     * @param storage an open storage; the log in it is used only as the one given to {@link #handlePurgeRequest}
     * @param recovered what {@link StartupRestore} found
     */
    DefaultStateMachineHandler(
            HandlerEnvironment node,
            StateMachine stateMachine,
            OpenStorage storage,
            SnapshotPolicy policy,
            HandlerOptions options,
            RecoveredHandlerState recovered) {
        this.node = node;
        this.stateMachine = stateMachine;
        this.snapshots = storage.snapshots();
        this.index = new AppliedIndex(recovered.applied().index());
        this.waiters = new AppliedWaiters(index, options.waitersMax(), node.clock(), node.timers());
        this.gate = new ReadGate(recovered.quarantine().orElse(null));
        this.digests = new CheckpointDigests(options.checkpointDigestsMax(), snapshots.all());
        this.state = new ReplicatedState(stateMachine, recovered.sessions(), options.sessionAnswersBytesMax());
        this.applier = new Applier(
                recovered, state, storage, index, waiters, gate, digests, node.events(), this::atCheckpoint);
        this.maker = new SnapshotMaker(node, snapshots, policy, options, applier, gate, digests, this::cleanupSnapshot);
        this.loader = new SnapshotLoader(node, snapshots, gate);
        this.receivers = new SnapshotReceivers(node, snapshots, index, this::restore);
        this.purge = new PurgeAuthority(node, storage, index, gate, digests, applier, options.retainedEntries());
    }

    @Override
    public long lastApplied() {
        return index.applied();
    }

    /** How many wait for an index to be applied. Any thread. */
    int waiters() {
        return waiters.count();
    }

    /** What was done about snapshots. Any thread. */
    NodeMetrics.Snapshots snapshots() {
        return new NodeMetrics.Snapshots(
                maker.isMaking(), maker.bytesWritten(), maker.made(), maker.failed(), installed.get());
    }

    @Override
    public void updatePending(long newCommit) {
        index.raisePending(newCommit);
    }

    @Override
    public CompletableFuture<Void> waitApplied(long targetIndex, Duration timeout) {
        return waiters.await(targetIndex, timeout);
    }

    @Override
    public CompletableFuture<List<ApplyResult>> applyChunk(List<Entry> chunk) {
        Invariant.check(node.apply().isCurrent(), "applyChunk outside APPLY");
        try {
            return CompletableFuture.completedFuture(applier.apply(chunk));
        } catch (NodeHaltedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public Optional<List<KeyValue>> readFromStateMachine(List<Bytes> keys) {
        return readState(() -> stateMachine.read(keys));
    }

    /**
     * The result of a read of the application's own, through the same gate as {@link #readFromStateMachine}: on any
     * thread when the state machine reads concurrently, else on APPLY. An exception of the read is thrown as it is.
     */
    <R extends @Nullable Object> R readState(Supplier<R> read) {
        if (!stateMachine.readsConcurrently() && !node.apply().isCurrent()) {
            gate.checkOpen();
            throw new ReadUnavailableException("this state machine is read on the apply thread only");
        }
        return gate.read(read);
    }

    @Override
    public CompletableFuture<Void> applySnapshotStreamFromLeader(
            long currentTerm, SnapshotChunkStream chunks, SnapshotAckSink acks, SnapshotConfig config) {
        return receivers.receive(currentTerm, chunks, acks, config);
    }

    @Override
    public boolean shouldSnapshot(NewCommitData newCommit) {
        return maker.isDue(newCommit);
    }

    @Override
    public CompletableFuture<Snapshot> createSnapshot() {
        return maker.create();
    }

    @Override
    public CompletableFuture<Void> cleanupSnapshot(long beforeVersion, Path directory, String prefix) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        node.bulk().execute(() -> {
            try {
                snapshots.cleanup(beforeVersion, directory, prefix);
                result.complete(null);
            } catch (IOException e) {
                result.completeExceptionally(
                        new StorageFailedException("snapshots in " + directory + " cannot be cleaned up: " + e, e));
            }
        });
        return result;
    }

    @Override
    public CompletableFuture<Boolean> validatePurgeRequest(
            long currentTerm, Optional<NodeId> leader, PurgeLogRequest request) {
        return CompletableFuture.completedFuture(purge.isValid(currentTerm, leader, request));
    }

    @Override
    public CompletableFuture<PurgeLogResponse> handlePurgeRequest(
            long currentTerm,
            Optional<NodeId> leader,
            Optional<LogId> lastPurged,
            PurgeLogRequest request,
            RaftLog log) {
        return validatePurgeRequest(currentTerm, leader, request)
                .thenCompose(valid -> purge.answer(valid, currentTerm, leader, lastPurged, request, log));
    }

    @Override
    public Optional<SnapshotMetadata> getLatestSnapshotMetadata() {
        return snapshots.latest();
    }

    @Override
    public CompletableFuture<Flow.Publisher<SnapshotChunk>> loadSnapshotData(SnapshotMetadata metadata) {
        return loader.stream(metadata);
    }

    @Override
    public CompletableFuture<SnapshotChunk> loadSnapshotChunk(SnapshotMetadata metadata, int seq) {
        return loader.chunk(metadata, seq);
    }

    @Override
    public Optional<IndexRange> pendingRange() {
        return index.pendingRange();
    }

    /**
     * The newest checkpoint that a durable snapshot of this node covers, with this node's state digest at it: what a
     * leader asks others to purge to, and what a replica reports after a restart. Any thread.
     */
    Optional<CheckpointDigests.Recorded> coveredCheckpoint() {
        long covered = snapshots.latest().map(s -> s.lastIncluded().index()).orElse(0L);
        return digests.newestUpTo(covered);
    }

    /**
     * Takes this replica's state for not the cluster's, as a leader must that is contradicted by a majority: reads are
     * refused, and the mark is durable. LOG.
     */
    void quarantine(LogId at, String reason) {
        purge.quarantine(at, reason);
    }

    /** Why this replica's state must not be used; empty when it may. Any thread. */
    Optional<String> quarantine() {
        return Optional.ofNullable(gate.quarantine());
    }

    /** The numbers of the client sessions. Any thread. */
    NodeStatus.Sessions sessions() {
        return state.figures();
    }

    /** How often the states of the leader and of this replica were compared before a purge. Any thread. */
    long comparisonsMade() {
        return purge.comparisonsMade();
    }

    /** How often a purge was validated without a comparison, because one side offers no digest. Any thread. */
    long comparisonsSkipped() {
        return purge.comparisonsSkipped();
    }

    /**
     * Ends what waits and what runs long: waiters, transfers and a snapshot being written fail with
     * {@link NodeStoppedException}. Any thread; called before the cycles stop, which still do what was left for them.
     */
    void stop() {
        waiters.close(() -> new NodeStoppedException("node " + node.self() + " stopped"));
        maker.stop();
        receivers.stop();
    }

    private void atCheckpoint(LogId checkpoint) {
        maker.checkpointReached(checkpoint);
    }

    private void restore(SnapshotMetadata metadata) {
        applier.restore(snapshots, metadata);
        installed.incrementAndGet();
        maker.installed(metadata);
    }
}
