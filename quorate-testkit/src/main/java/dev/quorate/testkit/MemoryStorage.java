package dev.quorate.testkit;

import dev.quorate.raft.Membership;
import dev.quorate.spi.DirectoryInUseException;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.spi.Storage;
import java.io.IOException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The durable data of one node, in memory: it outlives the node that opened it, and loses what was not synced. Any
 * thread.
 */
public final class MemoryStorage implements Storage {
    private @Nullable NodeIdentity identity;
    private @Nullable Membership bootstrap;
    private @Nullable String quarantine;
    private MemoryRaftLog log = new MemoryRaftLog();
    private MemorySnapshotStore snapshots = new MemorySnapshotStore();
    private @Nullable Opened opened;

    /** A place without data. */
    public MemoryStorage() {}

    @Override
    public synchronized OpenStorage open(NodeIdentity whose, Membership members) throws IOException {
        if (opened != null) {
            throw new DirectoryInUseException("the data in memory is in use");
        }
        if (identity != null && !identity.equals(whose)) {
            throw new ForeignDirectoryException("the data in memory belongs to " + identity + ", not to " + whose);
        }
        identity = whose;
        if (bootstrap == null) {
            bootstrap = members;
        }
        log = log.reopen();
        snapshots = snapshots.reopen();
        opened = new Opened(log, snapshots, bootstrap);
        return opened;
    }

    /** Ends the process that has the data open, as a power cut does: nothing unsynced is left. */
    public synchronized void crash() {
        log.crash();
        opened = null;
    }

    /**
     * Ends the process that has the data open; a prefix of the unsynced changes of the log, drawn by chance, is left.
     */
    public synchronized void crash(RandomGenerator random) {
        log.crash(random);
        opened = null;
    }

    /** The log as it is now, to make it fail or to look into it; another object after each open. */
    public synchronized MemoryRaftLog log() {
        return log;
    }

    /** The snapshots as they are now; another object after each open. */
    public synchronized MemorySnapshotStore snapshots() {
        return snapshots;
    }

    private synchronized void release(Opened which) {
        if (opened == which) {
            opened = null;
        }
    }

    private synchronized Optional<String> quarantineReason() {
        return Optional.ofNullable(quarantine);
    }

    private synchronized void changeQuarantine(@Nullable String reason) {
        quarantine = reason == null || quarantine == null ? reason : quarantine;
    }

    private final class Opened implements OpenStorage {
        private final MemoryRaftLog openLog;
        private final MemorySnapshotStore openSnapshots;
        private final Membership members;

        Opened(MemoryRaftLog openLog, MemorySnapshotStore openSnapshots, Membership members) {
            this.openLog = openLog;
            this.openSnapshots = openSnapshots;
            this.members = members;
        }

        @Override
        public RaftLog log() {
            return openLog;
        }

        @Override
        public SnapshotStore snapshots() {
            return openSnapshots;
        }

        @Override
        public Membership bootstrap() {
            return members;
        }

        @Override
        public Optional<String> quarantine() {
            return quarantineReason();
        }

        @Override
        public void quarantine(String reason) {
            changeQuarantine(reason);
        }

        @Override
        public void releaseQuarantine() {
            changeQuarantine(null);
        }

        @Override
        public void close() {
            openLog.close();
            release(this);
        }
    }
}
