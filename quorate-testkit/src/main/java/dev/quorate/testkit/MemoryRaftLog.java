package dev.quorate.testkit;

import dev.quorate.raft.HardState;
import dev.quorate.raft.Invariant;
import dev.quorate.raft.LogId;
import dev.quorate.spi.Entry;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.RecoveredLog;
import dev.quorate.spi.StorageFullException;
import dev.quorate.testkit.LogModel.Change;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory with the durability of a real one: what no sync followed is lost by {@link #crash}, or a prefix of it
 * survives. It can be told to fail. Any thread.
 *
 * <pre>
 *   durable   what a crash leaves
 *   unsynced  the changes since, in order
 *   present   durable + unsynced: what last() and the checks see
 * </pre>
 */
public final class MemoryRaftLog implements RaftLog {
    private final LogModel durable;
    private final LogModel present;
    private final List<Change> unsynced = new ArrayList<>();
    private final RecoveredLog recovered;
    private long readableThrough;
    private long sizeBytes;
    private long syncs;
    private boolean full;
    private boolean failNextSync;
    private boolean closed;
    private @Nullable IOException failure;

    /** An empty log. */
    public MemoryRaftLog() {
        this(new LogModel());
    }

    private MemoryRaftLog(LogModel durable) {
        this.durable = durable;
        this.present = new LogModel();
        present.saveHardState(durable.hardState());
        present.resetTo(durable.purged());
        durable.entries().forEach(present::append);
        this.recovered = present.recovered(0);
        this.readableThrough = present.last().index();
        this.sizeBytes = sizeOf(present.entries());
    }

    /** Closes this log and opens what it holds durably, as a restart does. */
    public synchronized MemoryRaftLog reopen() {
        closed = true;
        return new MemoryRaftLog(durable);
    }

    /** Closes this log as a crash does: a prefix of the unsynced changes, drawn from the generator, becomes durable. */
    public synchronized void crash(RandomGenerator random) {
        closed = true;
        int survivors = random.nextInt(unsynced.size() + 1);
        unsynced.subList(0, survivors).forEach(change -> change.applyTo(durable));
        unsynced.clear();
    }

    /** Closes this log as a crash does that leaves nothing unsynced. */
    public synchronized void crash() {
        closed = true;
        unsynced.clear();
    }

    /** From now on there is no space for entries, or there is again. */
    public synchronized void full(boolean noSpace) {
        full = noSpace;
    }

    /** Makes the next sync that has something to do fail. */
    public synchronized void failNextSync() {
        failNextSync = true;
    }

    /** How often a sync had something to do. */
    public synchronized long syncs() {
        return syncs;
    }

    @Override
    public RecoveredLog recovered() {
        return recovered;
    }

    @Override
    public synchronized void saveHardState(HardState hardState) throws IOException {
        checkUsable();
        change(log -> log.saveHardState(hardState));
    }

    @Override
    public synchronized void append(List<Entry> entries) throws IOException {
        checkUsable();
        Invariant.check(!entries.isEmpty(), "an append of no entries");
        LogId before = present.last();
        for (Entry entry : entries) {
            Invariant.check(entry.index() == before.index() + 1, "an entry that leaves a hole", entry.index());
            Invariant.check(entry.term() >= before.term(), "an entry of a falling term", entry.index(), entry.term());
            before = entry.id();
        }
        if (full) {
            throw new StorageFullException("the log in memory was told to be full");
        }
        for (Entry entry : entries) {
            change(log -> log.append(entry));
        }
        sizeBytes += sizeOf(entries);
    }

    @Override
    public synchronized void truncateFrom(long index) throws IOException {
        checkUsable();
        change(log -> log.truncateFrom(index));
        readableThrough = Math.min(readableThrough, index - 1);
        sizeBytes = sizeOf(present.entries());
    }

    @Override
    public synchronized void resetTo(LogId lastIncluded) throws IOException {
        checkUsable();
        change(log -> log.resetTo(lastIncluded));
        readableThrough = lastIncluded.index();
        sizeBytes = 0;
    }

    @Override
    public synchronized void sync() throws IOException {
        checkUsable();
        if (unsynced.isEmpty()) {
            return;
        }
        if (failNextSync) {
            failNextSync = false;
            failure = new IOException("the log in memory was told to fail a sync");
            throw failure;
        }
        syncs++;
        unsynced.forEach(change -> change.applyTo(durable));
        unsynced.clear();
        readableThrough = present.last().index();
    }

    @Override
    public synchronized LogId purge(LogId through) throws IOException {
        checkUsable();
        if (through.index() > present.purged().index()) {
            Invariant.check(through.index() <= readableThrough, "purged what is not durable", through);
            change(log -> log.purge(through));
            sync();
            sizeBytes = sizeOf(present.entries());
        }
        return present.purged();
    }

    @Override
    public synchronized LogId last() {
        return present.last();
    }

    @Override
    public synchronized LogId purged() {
        return present.purged();
    }

    @Override
    public synchronized long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public synchronized List<Entry> read(long first, long last, long bytesMax) throws IOException {
        if (closed) {
            throw new IOException("the log is closed");
        }
        List<Entry> found = new ArrayList<>();
        if (first <= present.purged().index()) {
            return found;
        }
        long bytes = 0;
        for (long index = first; index <= Math.min(last, readableThrough); index++) {
            Entry entry = present.at(index);
            bytes += entry.payload().length();
            if (bytes > bytesMax && !found.isEmpty()) {
                break;
            }
            found.add(entry);
        }
        return found;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private void change(Change change) {
        change.applyTo(present);
        unsynced.add(change);
    }

    private void checkUsable() throws IOException {
        if (closed) {
            throw new IOException("the log is closed");
        }
        if (failure != null) {
            throw new IOException("the log failed before", failure);
        }
    }

    private static long sizeOf(List<Entry> entries) {
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.payload().length();
        }
        return bytes;
    }
}
