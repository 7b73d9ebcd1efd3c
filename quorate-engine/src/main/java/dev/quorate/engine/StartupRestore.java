package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.Entry;
import dev.quorate.spi.MembershipFormat;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.RecoveredLog;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.spi.StateMachine;
import dev.quorate.spi.StorageFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * The first thing done to a state machine when a node starts: bring it to the newest valid snapshot, if it is not past
 * it. Repeats by that whatever a crash cut off in the middle of an install:
 *
 * <pre>
 *   crash after …            found                                  repaired by
 *   chunk k received         a partial file                         nothing: the next stream resumes at k
 *   file renamed             a snapshot ahead of state and log      restore, and the log is to be reset
 *   state restored           a snapshot (and, if the state          restore if needed, and the log is to be reset
 *                            is durable by itself, a state)
 *   log reset                snapshot, state and log agree          restore if needed
 * </pre>
 *
 * <p>Runs before the cycles do, on the thread that starts the node.
 */
final class StartupRestore {
    private static final long REPLAY_BYTES = 4 << 20;

    private final StateMachine stateMachine;
    private final OpenStorage storage;

    StartupRestore(StateMachine stateMachine, OpenStorage storage) {
        this.stateMachine = stateMachine;
        this.storage = storage;
    }

    /** Brings the state machine up; {@link StorageFailedException} when what is on disk does not fit together. */
    RecoveredHandlerState run() {
        LogId own = stateMachine.lastApplied();
        Optional<SnapshotMetadata> latest = storage.snapshots().latest();
        RaftLog log = storage.log();
        RecoveredLog recovered = log.recovered();
        try {
            if (latest.isPresent() && latest.get().lastIncluded().index() > own.index()) {
                SessionTable sessions = restore(latest.get());
                return new RecoveredHandlerState(
                        latest.get().lastIncluded(),
                        latest.get().timeMillis(),
                        latest.get().membership(),
                        storage.quarantine(),
                        resetLogTo(latest, recovered),
                        sessions);
            }
            LogId logEnd = recovered.last();
            if (own.index() > Math.max(logEnd.index(), indexOf(latest))) {
                throw new StorageFailedException("the state machine holds entry " + own + ", but the log ends at "
                        + logEnd + ": they are not of the same node");
            }
            return new RecoveredHandlerState(
                    own,
                    timeAt(own, latest, log),
                    membershipAt(own, latest, recovered),
                    storage.quarantine(),
                    resetLogTo(latest, recovered),
                    sessionsAt(own, latest, log));
        } catch (IOException e) {
            throw new StorageFailedException("the state cannot be recovered: " + e, e);
        }
    }

    private SessionTable restore(SnapshotMetadata snapshot) throws IOException {
        try (SnapshotStore.Reader reader = storage.snapshots().open(snapshot);
                InputStream content = reader.content()) {
            return ReplicatedState.restore(content, snapshot, stateMachine);
        } catch (QuorateException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new StorageFailedException(
                    "the state machine cannot restore snapshot " + snapshot.lastIncluded() + ": " + e, e);
        }
    }

    /**
     * The sessions beside a state machine that is durable by itself, which is not made to apply anything again: those
     * of the snapshot, and what the log says behind it. That a command took effect is known again; its answer is not.
     */
    private SessionTable sessionsAt(LogId own, Optional<SnapshotMetadata> latest, RaftLog log) throws IOException {
        SessionTable sessions = new SessionTable();
        if (latest.isPresent()) {
            try (SnapshotStore.Reader reader = storage.snapshots().open(latest.get());
                    InputStream content = reader.content()) {
                SessionSection.read(content, sessions);
            }
        }
        long next = indexOf(latest) + 1;
        while (next <= own.index()) {
            List<Entry> entries = log.read(next, own.index(), REPLAY_BYTES);
            if (entries.isEmpty()) {
                throw new StorageFailedException("the state machine holds entry " + own + ", but entry " + next
                        + " is neither in the log nor in a snapshot: its sessions cannot be recovered");
            }
            for (Entry entry : entries) {
                sessions.reached(entry);
                if (entry.kind().isOfSession()) {
                    sessions.apply(entry, command -> null);
                }
            }
            next += entries.size();
        }
        return sessions;
    }

    /** The position to reset the log to, when it lacks the snapshot's last entry. */
    private static Optional<LogId> resetLogTo(Optional<SnapshotMetadata> latest, RecoveredLog recovered) {
        if (latest.isEmpty()) {
            return Optional.empty();
        }
        LogId lastIncluded = latest.get().lastIncluded();
        return recovered.contains(lastIncluded) ? Optional.empty() : Optional.of(lastIncluded);
    }

    private static long timeAt(LogId own, Optional<SnapshotMetadata> latest, RaftLog log) throws IOException {
        long ofSnapshot = latest.map(SnapshotMetadata::timeMillis).orElse(0L);
        if (own.index() == indexOf(latest)) {
            return ofSnapshot;
        }
        List<Entry> entry = log.read(own.index(), own.index(), 0);
        return entry.isEmpty() ? ofSnapshot : Math.max(ofSnapshot, entry.get(0).timeMillis());
    }

    private Membership membershipAt(LogId own, Optional<SnapshotMetadata> latest, RecoveredLog recovered) {
        Membership membership = latest.map(SnapshotMetadata::membership).orElseGet(storage::bootstrap);
        for (Entry entry : recovered.memberships()) {
            if (entry.index() > indexOf(latest) && entry.index() <= own.index()) {
                membership = MembershipFormat.decode(entry.payload());
            }
        }
        return membership;
    }

    private static long indexOf(Optional<SnapshotMetadata> snapshot) {
        return snapshot.map(s -> s.lastIncluded().index()).orElse(0L);
    }
}
