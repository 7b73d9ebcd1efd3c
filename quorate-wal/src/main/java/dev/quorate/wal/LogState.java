package dev.quorate.wal;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Entry;
import dev.quorate.spi.EntryKind;
import dev.quorate.wal.RecordFormat.Header;
import dev.quorate.wal.RecordFormat.Start;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;

/**
 * What the changes of a log amount to; owned by the thread that recovers, then by LOG. The same methods are called when
 * a change is made and when its record is read again, so that a restart cannot come to another result.
 *
 * <p>While a purged log is read again, the entries between {@code purged} and the first record that is still there are
 * missing for a while: a later PURGE record covers them, and {@link #checkWhole} sees to it.
 */
final class LogState implements LogScan.Visitor {
    private final EntryIndex index = new EntryIndex();
    private final TermRuns terms = new TermRuns();
    private final TreeMap<Long, Entry> memberships = new TreeMap<>();
    private HardState hardState = HardState.INITIAL;
    private LogId purged = LogId.ZERO;
    private boolean started;

    HardState hardState() {
        return hardState;
    }

    LogId purged() {
        return purged;
    }

    LogId last() {
        return terms.isEmpty() ? purged : new LogId(terms.lastTerm(), index.next() - 1);
    }

    EntryIndex index() {
        return index;
    }

    TermRuns terms() {
        return terms;
    }

    /** The membership entries that were read again, as far as they are in the log. */
    List<Entry> memberships() {
        return List.copyOf(memberships.values());
    }

    void saveHardState(HardState newHardState) {
        hardState = newHardState;
    }

    void append(long term, Segment segment, int offset, int size) {
        terms.add(term, index.next());
        index.add(segment, offset, size);
    }

    void truncateFrom(long from) {
        index.truncateFrom(from);
        terms.truncateFrom(from);
        memberships.tailMap(from, true).clear();
    }

    void resetTo(LogId lastIncluded) {
        index.clear(lastIncluded.index() + 1);
        terms.clear();
        memberships.clear();
        purged = lastIncluded;
    }

    void purge(LogId through) {
        index.purgeThrough(through.index());
        terms.purgeThrough(through.index());
        memberships.headMap(through.index(), true).clear();
        purged = through;
    }

    @Override
    public long nextIndex() {
        return index.next();
    }

    @Override
    public void record(Segment segment, long offset, Header header, RecordKind kind, ByteBuffer payload)
            throws CorruptLogException {
        try {
            replay(segment, offset, header, kind, payload);
        } catch (IllegalArgumentException | java.nio.BufferUnderflowException e) {
            CorruptLogException damage = segment.damaged(offset, index.next(), "a " + kind + " record of no meaning");
            damage.initCause(e);
            throw damage;
        }
    }

    private void replay(Segment segment, long offset, Header header, RecordKind kind, ByteBuffer payload)
            throws CorruptLogException {
        switch (kind) {
            case COMMAND, NO_OP, MEMBERSHIP, CHECKPOINT, ALARM, OPEN_SESSION, CLOSE_SESSION, SESSION_COMMAND ->
                replayEntry(segment, offset, header, kind, payload);
            case HARD_STATE -> saveHardState(RecordFormat.hardState(header.term(), payload));
            case TRUNCATE -> {
                check(
                        header.index() > purged.index() && header.index() < index.next(),
                        segment,
                        offset,
                        "entries from " + header.index() + " on are dropped, which are not there");
                truncateFrom(header.index());
            }
            case RESET -> resetTo(header.id());
            case PURGE -> {
                check(header.index() < index.next(), segment, offset, "entries are purged that are not there");
                purge(header.id());
            }
            case START -> replayStart(segment, offset, header, RecordFormat.start(payload));
            case SEAL, OPENED, CLOSED -> {}
        }
    }

    private void replayEntry(Segment segment, long offset, Header header, RecordKind kind, ByteBuffer payload)
            throws CorruptLogException {
        check(header.index() == index.next(), segment, offset, "entry " + header.index() + " at this place");
        check(
                terms.isEmpty() || header.term() >= terms.lastTerm(),
                segment,
                offset,
                "entry " + header.id() + " after one of a higher term");
        if (kind == RecordKind.MEMBERSHIP) {
            memberships.put(
                    header.index(),
                    new Entry(header.id(), EntryKind.MEMBERSHIP, Bytes.copyOf(payload), header.timeMillis()));
        }
        append(header.term(), segment, (int) offset, header.payloadLength());
    }

    /** The first segment says where the log begins; the others must agree with what came before them. */
    private void replayStart(Segment segment, long offset, Header header, Start start) throws CorruptLogException {
        if (!started) {
            started = true;
            hardState = start.hardState();
            purged = start.purged();
            index.clear(header.index() + 1);
            return;
        }
        boolean agrees = header.index() == index.next() - 1
                && (terms.isEmpty() || header.term() == terms.lastTerm())
                && start.hardState().equals(hardState)
                && start.purged().equals(purged);
        check(agrees, segment, offset, "the segment does not continue the one before it");
    }

    /** Sees that no entry is missing; the first segment is named if there is one. */
    void checkWhole(Segment firstSegment) throws CorruptLogException {
        check(
                index.first() == purged.index() + 1,
                firstSegment,
                Segment.RECORDS_AT,
                "the log begins after " + purged + ", but its first entry is " + index.first());
    }

    /** The header of the last entry, which must be there. */
    Header lastHeader() throws IOException {
        long last = index.next() - 1;
        LogView.Span span = index.view(last).span(last);
        ByteBuffer header = ByteBuffer.allocate(RecordFormat.HEADER_BYTES);
        span.segment().file().read(header, span.offset(last));
        return RecordFormat.header(header, 0);
    }

    private void check(boolean condition, Segment segment, long offset, String what) throws CorruptLogException {
        if (!condition) {
            throw segment.damaged(offset, index.next(), what);
        }
    }
}
