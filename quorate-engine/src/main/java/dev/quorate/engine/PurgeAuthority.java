package dev.quorate.engine;

import dev.quorate.raft.InvariantViolation;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.PeerMessage.PurgeLogRequest;
import dev.quorate.spi.PeerMessage.PurgeLogResponse;
import dev.quorate.spi.PeerMessage.PurgeRefusal;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.StorageFullException;
import dev.quorate.spi.WritesStoppedException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether a leader's order to purge is legitimate and this replica's state is the leader's, and carries it out.
 *
 * <pre>
 *      purged      target = lastIncluded − retainedEntries     lastIncluded ≤ own durable snapshot ≤ applied
 *   ─────┼──────────────────────┼──────────────────────────────────┼───────────────────┼───────────────┼────►
 *        │◄── forgotten now ───►│◄──────── kept for the briefly absent ───────────────────────────────
 * </pre>
 */
final class PurgeAuthority {
    private static final Logger LOG = LoggerFactory.getLogger(PurgeAuthority.class);

    private final HandlerEnvironment node;
    private final OpenStorage storage;
    private final AppliedIndex index;
    private final ReadGate gate;
    private final CheckpointDigests digests;
    private final Applier applier;
    private final long retainedEntries;
    private final AtomicLong comparisonsMade = new AtomicLong();
    private final AtomicLong comparisonsSkipped = new AtomicLong();

    PurgeAuthority(
            HandlerEnvironment node,
            OpenStorage storage,
            AppliedIndex index,
            ReadGate gate,
            CheckpointDigests digests,
            Applier applier,
            long retainedEntries) {
        this.node = node;
        this.storage = storage;
        this.index = index;
        this.gate = gate;
        this.digests = digests;
        this.applier = applier;
        this.retainedEntries = retainedEntries;
    }

    /** How often the digests of the leader and of this replica were compared. Any thread. */
    long comparisonsMade() {
        return comparisonsMade.get();
    }

    /** How often a purge was validated without a comparison, because one side offers no digest. Any thread. */
    long comparisonsSkipped() {
        return comparisonsSkipped.get();
    }

    /** The first reason against the purge, in the order of the contract; empty when there is none. Changes nothing. */
    private Optional<PurgeRefusal> refusal(long currentTerm, Optional<NodeId> leader, PurgeLogRequest request) {
        if (request.term() < currentTerm) {
            return Optional.of(PurgeRefusal.STALE_TERM);
        }
        if (request.term() > currentTerm
                || request.leaderId().equals(node.self())
                || !leader.equals(Optional.of(request.leaderId()))) {
            return Optional.of(PurgeRefusal.NOT_LEADER);
        }
        if (request.lastIncluded().isEmpty()
                || request.lastIncluded().get().index() < 1
                || request.lastIncluded().get().index() > request.leaderCommit()) {
            return Optional.of(PurgeRefusal.MALFORMED);
        }
        LogId lastIncluded = request.lastIncluded().get();
        if (index.applied() < lastIncluded.index()) {
            return Optional.of(PurgeRefusal.BEHIND);
        }
        Optional<SnapshotMetadata> latest = storage.snapshots().latest();
        if (latest.isEmpty() || latest.get().lastIncluded().index() < lastIncluded.index()) {
            return Optional.of(PurgeRefusal.NO_SNAPSHOT);
        }
        if (gate.quarantine() != null) {
            return Optional.of(PurgeRefusal.STATE_DIVERGED);
        }
        return compare(lastIncluded, request.snapshotChecksum());
    }

    /** Whether there is no reason against the purge; counts and tells whether states were compared. */
    boolean isValid(long currentTerm, Optional<NodeId> leader, PurgeLogRequest request) {
        Optional<PurgeRefusal> refusal = refusal(currentTerm, leader, request);
        if (refusal.isPresent() && refusal.get() != PurgeRefusal.STATE_DIVERGED) {
            return false;
        }
        LogId at = request.lastIncluded().orElseThrow();
        if (canCompare(at, request.snapshotChecksum())) {
            comparisonsMade.incrementAndGet();
        } else if (refusal.isEmpty()) {
            comparisonsSkipped.incrementAndGet();
            LOG.warn("purge without comparison of states node={} lastIncluded={}", node.self(), at);
            node.events().comparisonSkipped(at);
        }
        return refusal.isEmpty();
    }

    /**
     * Carries out a request, or refuses it and draws the conclusions. LOG only.
     *
     * @param valid what {@link #isValid} said of it
     */
    CompletableFuture<PurgeLogResponse> answer(
            boolean valid,
            long currentTerm,
            Optional<NodeId> leader,
            Optional<LogId> lastPurged,
            PurgeLogRequest request,
            RaftLog log) {
        LogId present = lastPurged.orElse(LogId.ZERO);
        LogId at = request.lastIncluded().orElse(LogId.ZERO);
        // Asked again, and not taken over: a snapshot may have become durable in between.
        Optional<PurgeRefusal> refusal = valid ? Optional.empty() : refusal(currentTerm, leader, request);
        if (refusal.equals(Optional.of(PurgeRefusal.NO_SNAPSHOT)) && at.index() <= present.index()) {
            // Purged long ago, and the digest there is forgotten since: the same as carried out.
            return CompletableFuture.completedFuture(
                    new PurgeLogResponse(node.self(), currentTerm, true, present, Optional.empty()));
        }
        try {
            if (refusal.equals(Optional.of(PurgeRefusal.STATE_DIVERGED))) {
                quarantine(at, request.snapshotChecksum());
            }
            LogId purged = refusal.isPresent() ? present : purge(at, present, log);
            return CompletableFuture.completedFuture(
                    new PurgeLogResponse(node.self(), currentTerm, refusal.isEmpty(), purged, refusal));
        } catch (NodeHaltedException | WritesStoppedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Optional<PurgeRefusal> compare(LogId at, Bytes leaders) {
        Optional<CheckpointDigests.Recorded> own = digests.at(at.index());
        if (own.isEmpty()) {
            return Optional.of(PurgeRefusal.NO_SNAPSHOT);
        }
        if (!own.get().at().equals(at)) {
            return Optional.of(PurgeRefusal.STATE_DIVERGED);
        }
        return !canCompare(at, leaders) || own.get().digest().equals(leaders)
                ? Optional.empty()
                : Optional.of(PurgeRefusal.STATE_DIVERGED);
    }

    private boolean canCompare(LogId at, Bytes leaders) {
        Optional<CheckpointDigests.Recorded> own = digests.at(at.index());
        return !leaders.isEmpty() && own.isPresent() && !own.get().digest().isEmpty();
    }

    private void quarantine(LogId at, Bytes leaders) {
        String own = digests.at(at.index())
                .map(recorded -> recorded.digest() + " at " + recorded.at())
                .orElse("unknown");
        quarantine(at, "at checkpoint " + at + " the leader's digest is " + leaders + ", this replica's is " + own);
    }

    /**
     * Marks this replica's state as not the cluster's, durably, and has its reads refused; the first reason stays. LOG.
     */
    void quarantine(LogId at, String reason) {
        if (gate.quarantine() != null) {
            return;
        }
        gate.quarantine(reason);
        LOG.error("state diverged node={} at={} reason={}", node.self(), at, reason);
        try {
            storage.quarantine(reason);
        } catch (IOException e) {
            throw applier.halt("the quarantine of a diverged state cannot be recorded: " + e, e);
        }
        node.events().diverged(at, reason);
    }

    private LogId purge(LogId lastIncluded, LogId present, RaftLog log) {
        long target = lastIncluded.index() - retainedEntries;
        if (target <= present.index()) {
            return present;
        }
        long durable = storage.snapshots()
                .latest()
                .map(snapshot -> snapshot.lastIncluded().index())
                .orElse(0L);
        if (target > durable) {
            String message = "a purge through " + target + ", but the newest snapshot ends at " + durable;
            throw applier.halt(message, new InvariantViolation(message));
        }
        try {
            List<Entry> entry = log.read(target, target, 0);
            return entry.isEmpty() ? log.purged() : log.purge(entry.get(0).id());
        } catch (StorageFullException e) {
            throw new WritesStoppedException("no space to record a purge through index " + target + ", try again");
        } catch (IOException e) {
            throw applier.halt("the log cannot be purged through index " + target + ": " + e, e);
        }
    }
}
