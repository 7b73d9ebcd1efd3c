package dev.quorate.engine;

import dev.quorate.raft.InvariantViolation;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.FrozenState;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one who changes the replicated state, the state machine and the sessions: applies chunks, freezes, restores.
 * Owned by APPLY.
 *
 * <p>A chunk is worked off in parts that end at a checkpoint or at the chunk's end. Each part goes through the same
 * steps, so that nobody hears of a part before it is visible, and a failure publishes nothing of its part:
 *
 * <pre>
 *   apply each entry ──► chunkApplied ──► applied index ──► waiters ──► proposers ──► watch events ──► checkpoint:
 *   └─ a failure halts, nothing seen ─┘   visible                       (node)        (chunkPublished)   digest, freeze
 * </pre>
 */
final class Applier {
    /** The state as it was when it was frozen, and exactly what it contains. */
    record Frozen(LogId label, long timeMillis, Membership membership, Bytes stateDigest, FrozenState state) {}

    private final ReplicatedState state;
    private final OpenStorage storage;
    private final AppliedIndex index;
    private final AppliedWaiters waiters;
    private final ReadGate gate;
    private final CheckpointDigests digests;
    private final HandlerEvents events;
    private final Consumer<LogId> checkpoint;
    private LogId applied;
    private long timeMillis;
    private Membership membership;
    private volatile long payloadBytes;
    private final AtomicReference<@Nullable NodeHaltedException> halted = new AtomicReference<>();

    /**
     * An applier that goes on where an earlier run ended.
     *
     * @param checkpoint told of each checkpoint right after it is applied, before any later entry is
     */
    Applier(
            RecoveredHandlerState recovered,
            ReplicatedState state,
            OpenStorage storage,
            AppliedIndex index,
            AppliedWaiters waiters,
            ReadGate gate,
            CheckpointDigests digests,
            HandlerEvents events,
            Consumer<LogId> checkpoint) {
        this.applied = recovered.applied();
        this.timeMillis = recovered.timeMillis();
        this.membership = recovered.membership();
        this.state = state;
        this.storage = storage;
        this.index = index;
        this.waiters = waiters;
        this.gate = gate;
        this.digests = digests;
        this.events = events;
        this.checkpoint = checkpoint;
    }

    /**
     * One result for each entry; {@link NodeHaltedException} when the chunk does not fit or the state machine fails.
     */
    List<ApplyResult> apply(List<Entry> chunk) {
        checkNotHalted();
        if (chunk.isEmpty()) {
            return List.of();
        }
        checkFits(chunk);
        int size = chunk.size();
        List<ApplyResult> results = new ArrayList<>(size);
        List<ApplyResult> visible = Collections.unmodifiableList(results);
        int partFrom = 0;
        int place = 0;
        try {
            for (; place < size; place++) {
                Entry entry = chunk.get(place);
                results.add(state.apply(entry));
                boolean atCheckpoint = entry.kind() == EntryKind.CHECKPOINT;
                if (atCheckpoint || place == size - 1) {
                    finishPart(chunk.subList(partFrom, place + 1), visible.subList(partFrom, place + 1));
                    partFrom = place + 1;
                    if (atCheckpoint) {
                        passCheckpoint(entry.id());
                    }
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            throw halt("applying entry " + chunk.get(place).id() + " failed: " + e, e);
        }
        return visible;
    }

    /** Freezes the present state; nothing may be applied yet behind the frozen part. */
    Frozen freeze() {
        checkNotHalted();
        return new Frozen(applied, timeMillis, membership, state.digest(), state.freeze());
    }

    /** The last entry in the state. */
    LogId applied() {
        return applied;
    }

    /**
     * The payload bytes that were applied since the start, the ones behind an installed snapshot not among them. Any
     * thread.
     */
    long payloadBytes() {
        return payloadBytes;
    }

    /**
     * Replaces the state by a finished snapshot, and publishes it; {@link NodeHaltedException} when that fails.
     *
     * @param metadata the snapshot, ahead of what is applied
     */
    void restore(SnapshotStore snapshots, SnapshotMetadata metadata) {
        checkNotHalted();
        LogId target = metadata.lastIncluded();
        if (target.index() <= applied.index()) {
            throw halt(
                    "restoring snapshot " + target + " over " + applied,
                    new InvariantViolation("a snapshot that is not ahead of the state"));
        }
        gate.beginRestore();
        try (SnapshotStore.Reader reader = snapshots.open(metadata);
                InputStream content = reader.content()) {
            if (gate.quarantine() != null) {
                // Before the restore: after a crash in between, the next start restores this snapshot and nothing else.
                storage.releaseQuarantine();
            }
            state.restore(content, metadata);
        } catch (IOException | RuntimeException | Error e) {
            throw halt("restoring snapshot " + target + " failed: " + e, e);
        }
        applied = target;
        timeMillis = Math.max(timeMillis, metadata.timeMillis());
        membership = metadata.membership();
        digests.replace(target, metadata.stateDigest());
        index.raisePending(target.index());
        index.publish(target.index());
        gate.releaseQuarantine();
        gate.endRestore();
        waiters.advance();
        events.snapshotInstalled(metadata);
    }

    /** Stops for good and tells everyone; the first cause counts. Any thread. */
    NodeHaltedException halt(String message, Throwable cause) {
        NodeHaltedException failure = new NodeHaltedException(message, cause);
        if (halted.compareAndSet(null, failure)) {
            gate.halt(failure);
            waiters.close(() -> new NodeHaltedException("the node halted: " + message, failure));
            events.halted(failure);
        }
        return failure;
    }

    void checkNotHalted() {
        NodeHaltedException cause = halted.get();
        if (cause != null) {
            throw new NodeHaltedException("the node halted: " + cause.getMessage(), cause);
        }
    }

    private void checkFits(List<Entry> chunk) {
        LogId previous = applied;
        for (int i = 0; i < chunk.size(); i++) {
            LogId id = chunk.get(i).id();
            if (id.index() != previous.index() + 1 || id.term() < previous.term()) {
                throw unfit(id, "does not follow " + previous);
            }
            previous = id;
        }
        if (previous.index() > index.pending()) {
            throw unfit(previous, "is beyond the commit index " + index.pending());
        }
    }

    private NodeHaltedException unfit(LogId id, String why) {
        String message = "entry " + id + " " + why + "; nothing of its chunk was applied";
        return halt(message, new InvariantViolation(message));
    }

    private void finishPart(List<Entry> part, List<ApplyResult> results) throws IOException {
        Entry last = part.get(part.size() - 1);
        List<Membership> memberships = memberships(part);
        state.chunkApplied(last.id());
        applied = last.id();
        timeMillis = Math.max(timeMillis, last.timeMillis());
        long bytes = payloadBytes;
        for (int i = 0; i < part.size(); i++) {
            bytes += part.get(i).payload().length();
        }
        payloadBytes = bytes;
        index.publish(last.index());
        waiters.advance();
        tellOfSpecialEntries(part, memberships);
        events.applied(results);
        state.chunkPublished(last.id());
    }

    /** The decoded membership entries; before anything is visible, so that a damaged one publishes nothing. */
    private static List<Membership> memberships(List<Entry> part) {
        List<Membership> memberships = List.of();
        for (int i = 0; i < part.size(); i++) {
            if (part.get(i).kind() == EntryKind.MEMBERSHIP) {
                if (memberships.isEmpty()) {
                    memberships = new ArrayList<>();
                }
                memberships.add(MembershipFormat.decode(part.get(i).payload()));
            }
        }
        return memberships;
    }

    private void tellOfSpecialEntries(List<Entry> part, List<Membership> memberships) {
        int next = 0;
        for (int i = 0; i < part.size(); i++) {
            Entry entry = part.get(i);
            if (entry.kind() == EntryKind.MEMBERSHIP) {
                membership = memberships.get(next++);
                events.membershipApplied(entry.id(), membership);
            } else if (entry.kind() == EntryKind.ALARM) {
                events.alarmApplied(entry);
            }
        }
    }

    private void passCheckpoint(LogId id) {
        digests.record(id, state.digest());
        checkpoint.accept(id);
    }
}
