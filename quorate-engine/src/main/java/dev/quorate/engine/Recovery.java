package dev.quorate.engine;

import dev.quorate.raft.EntrySizes;
import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.LoggedMembership;
import dev.quorate.raft.Membership;
import dev.quorate.raft.RecoveredState;
import dev.quorate.raft.Rejoin;
import dev.quorate.raft.TermRun;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.RecoveredLog;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.StorageFailedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node does before its first step: opens its storage, brings the state machine up, makes log and snapshot agree,
 * and tells the core what there is. On the thread that starts the node.
 *
 * <pre>
 *   open ──► restore the newest snapshot ──► log behind it?  reset ──► no gap between them? ──► core
 * </pre>
 *
 * Entries above the snapshot are not applied here: whether they are committed is for the next leader to say.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final OpenStorage storage;
    private final RecoveredHandlerState state;
    private final RecoveredState raft;
    private final long lastTimeMillis;

    private Recovery(OpenStorage storage, RecoveredHandlerState state, RecoveredState raft, long lastTimeMillis) {
        this.storage = storage;
        this.state = state;
        this.raft = raft;
        this.lastTimeMillis = lastTimeMillis;
    }

    /** Recovers; {@link StorageFailedException} when that cannot be done, and the storage is closed then. */
    static Recovery run(NodeSettings settings) {
        OpenStorage storage;
        try {
            storage = open(settings);
        } catch (IOException e) {
            throw new StorageFailedException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
        }
        boolean recovered = false;
        try {
            Recovery recovery = recover(settings, storage);
            recovered = true;
            return recovery;
        } catch (IOException | IllegalArgumentException e) {
            throw new StorageFailedException("the data of " + settings.identity() + " cannot be recovered: " + e, e);
        } finally {
            if (!recovered) {
                closeAfterFailure(storage);
            }
        }
    }

    /** Opens the storage; a damaged one is repaired when other members have what it lost. */
    private static OpenStorage open(NodeSettings settings) throws IOException {
        OpenStorage storage;
        try {
            storage = settings.storage().open(settings.identity(), settings.bootstrap());
        } catch (CorruptLogException damage) {
            LOG.error("damaged node={} what={}", settings.id(), damage.getMessage());
            storage = settings.storage().repair(settings.identity(), settings.bootstrap());
        }
        for (String finding : storage.findings()) {
            LOG.warn("damage found node={} what={}", settings.id(), finding);
        }
        return storage;
    }

    private static void announce(NodeSettings settings, Rejoin rejoin) {
        if (rejoin.reason() == Rejoin.Reason.FIRST_START) {
            LOG.info("first start node={}", settings.id());
        } else if (rejoin.reason() != Rejoin.Reason.NONE) {
            LOG.warn(
                    "rejoining node={} lost={}: it does not vote until it has what the cluster has committed",
                    settings.id(),
                    rejoin.reason());
        }
    }

    private static Recovery recover(NodeSettings settings, OpenStorage storage) throws IOException {
        RecoveredHandlerState state = new StartupRestore(settings.stateMachine(), storage).run();
        RaftLog log = storage.log();
        RecoveredLog found = log.recovered();
        HardState hardState = found.hardState();
        LogId snapshot =
                storage.snapshots().latest().map(SnapshotMetadata::lastIncluded).orElse(LogId.ZERO);
        LogId purged = found.purged();
        List<TermRun> runs = found.runs();
        EntrySizes sizes = found.sizes();
        List<LoggedMembership> memberships;
        if (state.resetLogTo().isPresent()) {
            purged = state.resetLogTo().get();
            hardState = resetLog(log, hardState, purged);
            runs = List.of();
            sizes = EntrySizes.NONE;
            memberships = List.of(new LoggedMembership(purged.index(), state.membership()));
        } else {
            memberships = memberships(settings, storage, found);
        }
        if (purged.index() > snapshot.index()) {
            throw new StorageFailedException("the log of " + settings.identity() + " begins behind entry " + purged
                    + ", but its newest valid snapshot ends at " + snapshot + ": the entries between are missing");
        }
        RecoveredState raft = new RecoveredState(
                hardState,
                storage.bootstrap(),
                purged,
                snapshot,
                state.applied().index(),
                runs,
                sizes,
                memberships,
                storage.rejoin());
        announce(settings, storage.rejoin());
        LOG.info(
                "recovered node={} term={} snapshot={} purged={} last={} applied={} tornBytes={}",
                settings.id(),
                hardState.term(),
                snapshot,
                purged,
                raft.last(),
                state.applied(),
                found.tornBytes());
        return new Recovery(storage, state, raft, Math.max(found.lastTimeMillis(), state.timeMillis()));
    }

    /**
     * Finishes an install that a crash interrupted. The term of the snapshot was seen before it was installed; a vote
     * in it that did not become durable was never told to anyone.
     */
    private static HardState resetLog(RaftLog log, HardState hardState, LogId lastIncluded) throws IOException {
        LOG.info("finishing an interrupted install lastIncluded={} logEnd={}", lastIncluded, log.last());
        HardState raised = hardState.term() >= lastIncluded.term()
                ? hardState
                : new HardState(lastIncluded.term(), Optional.empty());
        log.resetTo(lastIncluded);
        if (!raised.equals(hardState)) {
            log.saveHardState(raised);
        }
        log.sync();
        return raised;
    }

    /**
     * The membership of the newest snapshot and those behind it in the log. The two must tell the same story: where the
     * log still holds the entry that brought the snapshot's membership, that entry must say the same.
     */
    private static List<LoggedMembership> memberships(NodeSettings settings, OpenStorage storage, RecoveredLog found) {
        Optional<SnapshotMetadata> snapshot = storage.snapshots().latest();
        List<LoggedMembership> memberships = new ArrayList<>();
        Optional<LoggedMembership> before = Optional.empty();
        long snapshotIndex = snapshot.map(s -> s.lastIncluded().index()).orElse(0L);
        for (LoggedMembership logged : LoggedMemberships.of(found.memberships())) {
            if (logged.index() <= snapshotIndex) {
                before = Optional.of(logged);
            } else {
                memberships.add(logged);
            }
        }
        if (snapshot.isPresent()) {
            Membership ofSnapshot = snapshot.get().membership();
            if (before.isPresent() && !before.get().membership().equals(ofSnapshot)) {
                throw new StorageFailedException(
                        "the snapshot " + snapshot.get().lastIncluded() + " of "
                                + settings.identity() + " says that the members are " + ofSnapshot + ", but entry "
                                + before.get().index() + " of its log says "
                                + before.get().membership());
            }
            memberships.add(0, new LoggedMembership(snapshotIndex, ofSnapshot));
        }
        return memberships;
    }

    private static void closeAfterFailure(OpenStorage storage) {
        try {
            storage.close();
        } catch (IOException e) {
            LOG.warn("storage not closed after a failed recovery reason={}", e.toString());
        }
    }

    OpenStorage storage() {
        return storage;
    }

    RecoveredHandlerState state() {
        return state;
    }

    RecoveredState raft() {
        return raft;
    }

    /** The newest stamp in log and snapshot. */
    long lastTimeMillis() {
        return lastTimeMillis;
    }
}
