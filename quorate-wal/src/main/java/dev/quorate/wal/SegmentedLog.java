package dev.quorate.wal;

import dev.quorate.raft.HardState;
import dev.quorate.raft.Invariant;
import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Entry;
import dev.quorate.spi.RaftLog;
import dev.quorate.spi.RecoveredLog;
import dev.quorate.spi.StorageFullException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The log on files: one stream of records through a row of segments, so that entries, term and vote, truncations,
 * resets and purges become durable in the order in which they were made.
 *
 * <pre>
 *   append, saveHardState, …  ──► buffer ──► last segment ──► sync: one write, one force
 *
 *   [segment 5, sealed] [segment 6, sealed] [segment 7 ....tail    ] [segment 8, prepared]     MANIFEST: 5..8
 *     START … SEAL        START … SEAL        START …
 * </pre>
 *
 * <p>A segment is sealed and forced before the first byte of the next is written. Records, their checksums and what a
 * torn write is: {@link RecordFormat}, {@link LogScan}. Preparing and reusing files: {@link SegmentAllocator}.
 *
 * <p>LOG makes the changes; {@link #read}, {@link #last}, {@link #purged} and {@link #sizeBytes} are for any thread.
 * After a failed write or force nothing is known about the disk: the log refuses every further change. An entry that
 * finds no space is refused before anything of it is written, because space is taken when a segment is prepared; a part
 * of each segment is kept for votes and purges, so that a full disk does not silence the node, and a purge can free it.
 */
public final class SegmentedLog implements RaftLog {
    private static final int CONTROL_BYTES_MAX = 4096;
    private static final long SEAL_BYTES = RecordFormat.recordBytes(0);
    private static final long START_BYTES = RecordFormat.recordBytes(RecordFormat.START_PAYLOAD_BYTES);
    private static final long OVERHEAD_BYTES_MAX = Segment.RECORDS_AT + START_BYTES + CONTROL_BYTES_MAX + SEAL_BYTES;

    private final WalOptions options;
    private final LogManifest manifest;
    private final VoteFile vote;
    private final LogState state;
    private final SegmentWriter writer;
    private final SegmentAllocator allocator;
    private final ArrayDeque<Segment> segments;
    private final RecoveredLog recovered;
    private final LogReader reader = new LogReader(this::view);
    private final AtomicBoolean changing = new AtomicBoolean();
    private boolean mayRelease;
    private volatile LogView view;
    private volatile LogId last;
    private volatile LogId purged;
    private volatile long sizeBytes;
    private volatile boolean closed;
    private @Nullable IOException failure;

    SegmentedLog(
            WalOptions options,
            LogManifest manifest,
            VoteFile vote,
            LogState state,
            SegmentWriter writer,
            SegmentAllocator allocator,
            List<Segment> segments,
            RecoveredLog recovered) {
        this.options = options;
        this.manifest = manifest;
        this.vote = vote;
        this.state = state;
        this.writer = writer;
        this.allocator = allocator;
        this.segments = new ArrayDeque<>(segments);
        this.recovered = recovered;
        this.view = state.index().view(state.last().index());
        this.last = state.last();
        this.purged = state.purged();
        this.sizeBytes = state.index().liveBytes();
    }

    /** Makes an empty log in a directory; what an attempt before left there is deleted. */
    static void create(Disk disk, Path directory, WalOptions options) throws IOException {
        LogRecovery.create(disk, new LogFiles(directory), options);
    }

    /** Opens and recovers the log in a directory, where {@link #create} made one. */
    static SegmentedLog open(Disk disk, Path directory, WalOptions options) throws IOException {
        return LogRecovery.open(disk, new LogFiles(directory), options);
    }

    /** Ends the recovery: what was found is durable and nothing that was cut off can come back. */
    void markOpened() throws IOException {
        control(RecordKind.OPENED, 0, 0, Bytes.EMPTY);
        writer.force();
        vote.save(state.hardState());
    }

    @Override
    public RecoveredLog recovered() {
        return recovered;
    }

    @Override
    public void saveHardState(HardState hardState) throws IOException {
        begin();
        try {
            control(RecordKind.HARD_STATE, hardState.term(), 0, RecordFormat.votePayload(hardState));
            state.saveHardState(hardState);
        } catch (IOException e) {
            throw failed(e);
        } finally {
            changing.set(false);
        }
    }

    @Override
    public void append(List<Entry> entries) throws IOException {
        begin();
        try {
            checkFit(entries);
            allocator.prepareAhead(writer.tail(), writer.segment().capacity());
            reserve(entries);
            boolean whole = false;
            try {
                write(entries);
                whole = true;
            } finally {
                if (!whole) {
                    failure = new IOException("an append ended half-way");
                }
            }
            last = state.last();
            sizeBytes = state.index().liveBytes();
        } catch (IOException e) {
            throw failed(e);
        } finally {
            changing.set(false);
        }
    }

    @Override
    public void truncateFrom(long index) throws IOException {
        begin();
        try {
            Invariant.check(
                    index > purged.index() && index <= last.index(),
                    "truncated outside of the log",
                    index,
                    last.index());
            control(RecordKind.TRUNCATE, 0, index, Bytes.EMPTY);
            state.truncateFrom(index);
            publish(view.through());
        } catch (IOException e) {
            throw failed(e);
        } finally {
            changing.set(false);
        }
    }

    @Override
    public void resetTo(LogId lastIncluded) throws IOException {
        begin();
        try {
            control(RecordKind.RESET, lastIncluded.term(), lastIncluded.index(), Bytes.EMPTY);
            state.resetTo(lastIncluded);
            mayRelease = true;
            publish(lastIncluded.index());
        } catch (IOException e) {
            throw failed(e);
        } finally {
            changing.set(false);
        }
    }

    @Override
    public void sync() throws IOException {
        begin();
        try {
            force();
        } catch (IOException e) {
            throw failed(e);
        } finally {
            changing.set(false);
        }
    }

    @Override
    public LogId purge(LogId through) throws IOException {
        begin();
        try {
            if (through.index() > purged.index()) {
                Invariant.check(through.index() <= view.through(), "purged what is not durable", through, last);
                Invariant.check(
                        state.terms().termAt(through.index()) == through.term(),
                        "purged through a position of another log",
                        through);
                control(RecordKind.PURGE, through.term(), through.index(), Bytes.EMPTY);
                state.purge(through);
                mayRelease = true;
                force();
            }
            return purged;
        } catch (IOException e) {
            throw failed(e);
        } finally {
            changing.set(false);
        }
    }

    @Override
    public LogId last() {
        return last;
    }

    @Override
    public LogId purged() {
        return purged;
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public List<Entry> read(long first, long lastIndex, long bytesMax) throws IOException {
        if (closed) {
            throw new IOException("the log is closed");
        }
        try {
            return reader.read(first, lastIndex, bytesMax);
        } catch (CorruptLogException e) {
            throw closed ? new IOException("the log was closed", e) : e;
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        Invariant.check(changing.compareAndSet(false, true), "the log is closed while it is changed");
        closed = true;
        try (manifest;
                vote;
                allocator) {
            if (failure == null) {
                closeInOrder();
            }
        } finally {
            for (Segment segment : segments) {
                segment.close();
            }
        }
    }

    /** The last record makes all before it provably synced. Without room for it the log is as after a crash. */
    private void closeInOrder() throws IOException {
        if (roomForControl() >= SEAL_BYTES) {
            writer.put(RecordKind.CLOSED, 0, 0, 0, Bytes.EMPTY);
        }
        if (writer.isDirty()) {
            writer.force();
        }
    }

    private LogView view() {
        return view;
    }

    private void begin() throws IOException {
        if (closed || failure != null) {
            throw new IOException(closed ? "the log is closed" : "the log failed before", failure);
        }
        Invariant.check(changing.compareAndSet(false, true), "the log is changed by two threads at once");
    }

    private IOException failed(IOException e) {
        if (!(e instanceof StorageFullException)) {
            failure = e;
        }
        return e;
    }

    private void checkFit(List<Entry> entries) {
        Invariant.check(!entries.isEmpty(), "an append of no entries");
        long index = last.index();
        long term = last.term();
        long bytesMax = roomInEmpty(options.segmentBytes());
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            Invariant.check(entry.index() == ++index, "an entry that leaves a hole", entry.index(), index);
            Invariant.check(entry.term() >= term, "an entry of a falling term", entry.term(), term);
            term = entry.term();
            if (RecordFormat.recordBytes(entry.payload().length()) > bytesMax) {
                throw new IllegalArgumentException("an entry of "
                        + entry.payload().length() + " bytes does not fit into a segment of " + options.segmentBytes());
            }
        }
    }

    /** Sees that there are segments enough for all entries, before the first is written. */
    private void reserve(List<Entry> entries) throws IOException {
        int taken = 0;
        long room = roomForEntries(writer.segment(), writer.tail());
        for (int i = 0; i < entries.size(); i++) {
            long bytes = RecordFormat.recordBytes(entries.get(i).payload().length());
            while (bytes > room) {
                Segment next = allocator.upcoming(taken++, bytes + OVERHEAD_BYTES_MAX);
                room = roomInEmpty(next.capacity());
            }
            room -= bytes;
        }
    }

    private void write(List<Entry> entries) throws IOException {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            int size = entry.payload().length();
            while (RecordFormat.recordBytes(size) > roomForEntries(writer.segment(), writer.tail())) {
                roll();
            }
            RecordKind kind = RecordKind.of(entry.kind());
            int offset = writer.put(kind, entry.term(), entry.index(), entry.timeMillis(), entry.payload());
            state.append(entry.term(), writer.segment(), offset, size);
        }
    }

    private static long roomInEmpty(int capacity) {
        return capacity - controlBytes(capacity) - SEAL_BYTES - START_BYTES - Segment.RECORDS_AT;
    }

    private static long roomForEntries(Segment segment, long tail) {
        return segment.capacity() - controlBytes(segment.capacity()) - SEAL_BYTES - tail;
    }

    private static long controlBytes(int capacity) {
        return Math.min(CONTROL_BYTES_MAX, capacity / 8);
    }

    private long roomForControl() {
        return writer.segment().capacity() - SEAL_BYTES - writer.tail();
    }

    /**
     * Adds a record that is no entry; {@link StorageFullException} when there is no room, and nothing has changed then.
     */
    private void control(RecordKind kind, long term, long index, Bytes payload) throws IOException {
        if (RecordFormat.recordBytes(payload.length()) > roomForControl()) {
            allocator.upcoming(0, 0);
            roll();
        }
        writer.put(kind, term, index, 0, payload);
    }

    /** Seals and forces the present segment and goes on in the next one, which is ready. */
    private void roll() throws IOException {
        writer.put(RecordKind.SEAL, 0, 0, 0, Bytes.EMPTY);
        writer.force();
        Segment next = allocator.take();
        segments.add(next);
        writer.moveTo(next);
        LogId end = state.last();
        writer.put(
                RecordKind.START,
                end.term(),
                end.index(),
                0,
                RecordFormat.startPayload(state.hardState(), state.purged()));
    }

    private void force() throws IOException {
        if (writer.isDirty()) {
            writer.force();
            publish(state.last().index());
        }
        vote.save(state.hardState());
        if (mayRelease) {
            releaseSegments();
            mayRelease = false;
        }
    }

    /** Shows readers what is there now, up to {@code through} at most. */
    private void publish(long through) {
        last = state.last();
        purged = state.purged();
        sizeBytes = state.index().liveBytes();
        view = state.index().view(through);
    }

    /** Gives back the segments in front of the first one that is needed, after what made them needless is durable. */
    private void releaseSegments() throws IOException {
        Segment firstNeeded = state.index().firstSegment();
        long first = (firstNeeded == null ? writer.segment() : firstNeeded).sequence();
        List<Segment> free = new ArrayList<>();
        while (segments.element().sequence() < first) {
            free.add(segments.remove());
        }
        if (!free.isEmpty()) {
            manifest.update(manifest.state().withFirst(first));
            allocator.release(free);
        }
    }
}
