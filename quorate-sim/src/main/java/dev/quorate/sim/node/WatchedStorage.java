package dev.quorate.sim.node;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.raft.Rejoin;
import dev.quorate.sim.invariants.NodeRecord;
import dev.quorate.sim.invariants.Rules;
import dev.quorate.sim.probes.Probe;
import dev.quorate.sim.probes.Probes;
import dev.quorate.spi.Entry;
import dev.quorate.spi.NodeIdentity;
import dev.quorate.spi.OpenStorage;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.RecoveredLog;
import dev.quorate.spi.SnapshotStore;
import dev.quorate.spi.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A storage that tells the rules what goes through it, and changes nothing. */
final class WatchedStorage implements Storage {
    private final Storage inner;
    private final Rules rules;
    private final NodeRecord record;
    private final Probes probes;

    WatchedStorage(Storage inner, Rules rules, NodeRecord record, Probes probes) {
        this.inner = inner;
        this.rules = rules;
        this.record = record;
        this.probes = probes;
    }

    @Override
    public OpenStorage open(NodeIdentity identity, Membership bootstrap) throws IOException {
        return watched(inner.open(identity, bootstrap));
    }

    @Override
    public OpenStorage repair(NodeIdentity identity, Membership bootstrap) throws IOException {
        OpenStorage open = inner.repair(identity, bootstrap);
        rules.repairs(record);
        probes.hit(Probe.STORAGE_REPAIRED);
        return watched(open);
    }

    private OpenStorage watched(OpenStorage open) {
        RecoveredLog found = open.log().recovered();
        if (found.tornBytes() > 0) {
            probes.hit(Probe.TORN_TAIL_CUT);
        }
        rules.recovered(record, found, open.snapshots().latest());
        return new Opened(open, new WatchedLog(open.log()));
    }

    private final class Opened implements OpenStorage {
        private final OpenStorage open;
        private final WatchedLog log;
        private final SnapshotStore snapshots;

        Opened(OpenStorage open, WatchedLog log) {
            this.open = open;
            this.log = log;
            this.snapshots = new WatchedSnapshots(open.snapshots(), rules, record, probes);
        }

        @Override
        public RaftLog log() {
            return log;
        }

        @Override
        public SnapshotStore snapshots() {
            return snapshots;
        }

        @Override
        public Membership bootstrap() {
            return open.bootstrap();
        }

        @Override
        public Optional<String> quarantine() {
            return open.quarantine();
        }

        @Override
        public void quarantine(String reason) throws IOException {
            open.quarantine(reason);
        }

        @Override
        public void releaseQuarantine() throws IOException {
            open.releaseQuarantine();
        }

        @Override
        public Rejoin rejoin() {
            return open.rejoin();
        }

        @Override
        public void voteLost() throws IOException {
            open.voteLost();
        }

        @Override
        public void rejoined() throws IOException {
            open.rejoined();
        }

        @Override
        public List<String> findings() {
            return open.findings();
        }

        @Override
        public void close() throws IOException {
            open.close();
        }
    }

    /** A change is recorded when it was made whole; one that failed half way halts the node, and a start finds out. */
    private final class WatchedLog implements RaftLog {
        private final RaftLog log;

        WatchedLog(RaftLog log) {
            this.log = log;
        }

        @Override
        public RecoveredLog recovered() {
            return log.recovered();
        }

        @Override
        public void saveHardState(HardState hardState) throws IOException {
            rules.writesHardState(record, hardState);
            log.saveHardState(hardState);
        }

        @Override
        public void append(List<Entry> entries) throws IOException {
            rules.appending(record, entries);
            log.append(entries);
            rules.appended(record, entries);
            if (record.membership().isJoint()) {
                probes.hit(Probe.MEMBERSHIP_JOINT);
            }
        }

        @Override
        public void truncateFrom(long index) throws IOException {
            probes.hit(Probe.LOG_TRUNCATED);
            rules.truncates(record, index);
            log.truncateFrom(index);
        }

        @Override
        public void resetTo(LogId lastIncluded) throws IOException {
            rules.resets(record, lastIncluded);
            log.resetTo(lastIncluded);
        }

        @Override
        public void sync() throws IOException {
            log.sync();
            rules.synced(record);
        }

        @Override
        public LogId purge(LogId through) throws IOException {
            rules.purges(record, through);
            LogId purged = log.purge(through);
            rules.purged(record, purged);
            probes.hit(Probe.LOG_PURGED);
            return purged;
        }

        @Override
        public LogId last() {
            return log.last();
        }

        @Override
        public LogId purged() {
            return log.purged();
        }

        @Override
        public long sizeBytes() {
            return log.sizeBytes();
        }

        @Override
        public List<Entry> read(long first, long last, long bytesMax) throws IOException {
            List<Entry> read = log.read(first, last, bytesMax);
            rules.readBack(record, first, read);
            return read;
        }

        @Override
        public void close() throws IOException {
            log.close();
        }
    }
}
