package dev.quorate.benchmarks.subjects;

import dev.quorate.spi.Bytes;
import io.microraft.model.log.LogEntry;
import io.microraft.model.log.RaftGroupMembersView;
import io.microraft.model.log.SnapshotChunk;
import io.microraft.model.persistence.RaftEndpointPersistentState;
import io.microraft.model.persistence.RaftTermPersistentState;
import io.microraft.persistence.RaftStore;
import java.io.IOException;
import java.util.List;

/**
 * A plain synced file under the peer: every entry becomes a record with its checksum, every flush a sync. Only writing
 * is offered, to the peer's advantage: no index of entries, no truncation, no snapshot files.
 *
 * <p>An entry that is not a command, and the term and vote, are written and synced as a record of no key of the run.
 */
final class PeerStore implements RaftStore {
    private static final byte[] NO_KEY = {-1, -1, -1, -1, -1, -1, -1, -1};

    private final RecordRing file;
    private final Bytes noKey = Bytes.wrap(NO_KEY);
    private final Bytes noValue;
    private boolean dirty;

    PeerStore(RecordRing file, int valueBytes) {
        this.file = file;
        this.noValue = Bytes.wrap(new byte[valueBytes]);
    }

    @Override
    public void persistAndFlushLocalEndpoint(RaftEndpointPersistentState endpoint) throws IOException {
        persistAndFlush();
    }

    @Override
    public void persistAndFlushInitialGroupMembers(RaftGroupMembersView members) throws IOException {
        persistAndFlush();
    }

    @Override
    public void persistAndFlushTerm(RaftTermPersistentState term) throws IOException {
        persistAndFlush();
    }

    @Override
    public void persistLogEntries(List<LogEntry> entries) throws IOException {
        for (LogEntry entry : entries) {
            if (entry.getOperation() instanceof PeerMachine.Put put) {
                add(put.key(), put.value());
            } else {
                add(noKey, noValue);
            }
        }
    }

    @Override
    public void persistSnapshotChunk(SnapshotChunk chunk) {
        // Kept in memory only; the log holds every key.
    }

    @Override
    public void truncateLogEntriesFrom(long index) {
        // The newest record of a key counts; a run has one leader.
    }

    @Override
    public void truncateLogEntriesUntil(long index) {
        // The file is written round and round.
    }

    @Override
    public void deleteSnapshotChunks(long index, int count) {
        // There are none on disk.
    }

    @Override
    public void flush() throws IOException {
        if (dirty) {
            file.write();
            file.force();
            dirty = false;
        }
    }

    private void persistAndFlush() throws IOException {
        add(noKey, noValue);
        flush();
    }

    private void add(Bytes key, Bytes value) throws IOException {
        if (file.isFull()) {
            file.write();
        }
        file.add(key, value);
        dirty = true;
    }
}
