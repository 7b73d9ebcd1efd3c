package dev.quorate.wal;

import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.wal.RecordFormat.Header;
import dev.quorate.wal.SegmentScan.Behind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a whole log in its durable order and judges where it ends. Changes nothing. One thread.
 *
 * <p><b>Torn or damaged?</b> A crash may leave any subset of the sectors that were written since the last sync, in any
 * order: a bad record with good ones behind it is no proof of damage. What is proof is a bad record that was once
 * synced. Each header carries a watermark, {@code durable}: the end of what was synced before it was written. So
 *
 * <ul>
 *   <li>a bad record <em>below</em> a watermark that any whole header of the segment claims was synced, and is damaged
 *       now;
 *   <li>a segment is written only after the one before was sealed and synced, so any whole header in a later segment
 *       claims all of the segments before it;
 *   <li>a bad record above every watermark belongs to what followed the last sync: it is a torn write, was never
 *       acknowledged, and is cut off with everything behind it.
 * </ul>
 *
 * <pre>
 *   ... synced ... │ G1 (synced) │ G2 (never synced)
 *                  ▲             ▲
 *                  │             └── durable in the headers of G2
 *                  └── durable in the headers of G1
 *
 *   bad in G1, any header of G2 whole   → damage: its watermark lies above
 *   bad in G2, others of G2 whole       → torn: no watermark lies above
 *   bad in G1, G2 gone without a trace  → the one case that looks like a torn write of G1
 * </pre>
 *
 * <p>The last line is the limit of every log in one place. It is one write wide and closes with the next record:
 * closing the log writes one, and so does the next start.
 *
 * <p><b>What was cut stays away.</b> Records form a chain, each one linked to the checksum of the one before. After a
 * cut an OPENED record is synced at the place of the cut before anything else is written, so what lies behind can never
 * be the continuation of anything again; its watermarks all lie at or below the cut, so it never looks like proof of
 * damage either.
 */
final class LogScan implements AutoCloseable {
    private final LogManifest manifest;
    private final List<Segment> segments = new ArrayList<>();
    private Optional<CorruptLogException> damage = Optional.empty();

    /** Takes the records, in order. */
    interface Visitor {
        /** A record that is whole; the payload is valid during the call. */
        void record(Segment segment, long offset, Header header, RecordKind kind, ByteBuffer payload)
                throws IOException;

        /** The index that the next entry should have, for messages. */
        long nextIndex();
    }

    /**
     * Where the log ends.
     *
     * @param segment the place of the segment in the list of segments
     * @param offset where the next record goes
     * @param link the checksum of the last record, which the next one links to
     * @param unproven what was read, but is not known to be on the disk
     * @param tornBytes how much of a torn write lies behind {@code offset}
     */
    record Tail(int segment, long offset, int link, Range unproven, long tornBytes) {}

    /** A part of a segment, from an offset to before another. */
    record Range(Segment segment, long from, long to) {}

    private LogScan(LogManifest manifest) {
        this.manifest = manifest;
    }

    /** Opens the manifest and all segments that it names. */
    static LogScan open(Disk disk, LogFiles files, Open how) throws IOException {
        LogScan scan = new LogScan(LogManifest.open(disk, files.manifest(), how));
        boolean opened = false;
        try {
            LogManifest.State state = scan.manifest.state();
            for (long sequence = state.first(); sequence <= state.last(); sequence++) {
                scan.segments.add(Segment.open(disk, files.segment(sequence), sequence, how));
            }
            opened = true;
            return scan;
        } finally {
            if (!opened) {
                scan.close();
            }
        }
    }

    /** Opens, for reading, as many segments of a damaged log as are whole from the first on; at least one. */
    static LogScan openUndamaged(Disk disk, LogFiles files) throws IOException {
        LogScan scan = new LogScan(LogManifest.open(disk, files.manifest(), Open.READ));
        LogManifest.State state = scan.manifest.state();
        for (long sequence = state.first(); sequence <= state.last(); sequence++) {
            try {
                scan.segments.add(Segment.open(disk, files.segment(sequence), sequence, Open.READ));
            } catch (CorruptLogException e) {
                scan.damage = Optional.of(e);
                break;
            }
        }
        if (scan.segments.isEmpty()) {
            scan.close();
            throw scan.damage.orElseThrow();
        }
        return scan;
    }

    /** Why not all segments could be opened, when a part was enough. */
    Optional<CorruptLogException> damage() {
        return damage;
    }

    /** The highest index of any entry whose header is whole, behind the damage too; 0 when there is none. */
    long lastEntryAnywhere() throws IOException {
        long last = 0;
        for (Segment segment : segments) {
            last = Math.max(last, new SegmentScan(segment).lastEntry());
        }
        return last;
    }

    LogManifest manifest() {
        return manifest;
    }

    /** All segments, in order; they stay open until {@link #close}. */
    List<Segment> segments() {
        return segments;
    }

    /** Reads everything; {@link CorruptLogException} at the first damage. */
    Tail run(Visitor visitor) throws IOException {
        int link = 0;
        Range sealed = new Range(segments.get(0), 0, 0);
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            SegmentScan scan = i == 0 ? new SegmentScan(segment) : new SegmentScan(segment, link);
            try {
                Ended ended = read(segment, scan, visitor);
                if (i == 0 && scan.end() == Segment.RECORDS_AT) {
                    throw segment.damaged(scan.end(), visitor.nextIndex(), "the first record of the log is damaged");
                }
                if (!ended.sealed()) {
                    long torn = tornBytes(i, scan, ended.since(), visitor.nextIndex());
                    Range open = new Range(segment, scan.watermark(), scan.end());
                    Range unproven = scan.end() == Segment.RECORDS_AT ? sealed : open;
                    return new Tail(i, scan.end(), scan.link(), unproven, torn);
                }
            } catch (CorruptLogException e) {
                throw e;
            } catch (IOException e) {
                CorruptLogException unreadable = segment.damaged(
                        scan.end(), visitor.nextIndex(), "the segment cannot be read: " + e.getMessage());
                unreadable.initCause(e);
                throw unreadable;
            }
            link = scan.link();
            sealed = new Range(segment, scan.watermark(), scan.end());
        }
        Segment last = segments.get(segments.size() - 1);
        throw last.damaged(last.capacity(), visitor.nextIndex(), "the segment is sealed and no other follows");
    }

    @Override
    public void close() throws IOException {
        for (Segment segment : segments) {
            segment.close();
        }
        manifest.close();
    }

    /**
     * How the chain of a segment ended; what has a watermark from {@code since} on was written after the last start.
     */
    private record Ended(boolean sealed, long since) {}

    private static Ended read(Segment segment, SegmentScan scan, Visitor visitor) throws IOException {
        long since = Segment.RECORDS_AT;
        for (long offset = scan.end(); scan.next(); offset = scan.end()) {
            Header header = scan.header(offset);
            RecordKind kind = RecordKind.ofCode(header.kindCode());
            if (kind == null || (kind == RecordKind.START) != (offset == Segment.RECORDS_AT)) {
                throw segment.damaged(
                        offset, visitor.nextIndex(), "a record of kind " + header.kindCode() + " at this place");
            }
            visitor.record(segment, offset, header, kind, scan.payload(offset, header));
            if (kind == RecordKind.SEAL) {
                return new Ended(true, since);
            }
            if (kind == RecordKind.OPENED) {
                since = scan.end();
            }
        }
        return new Ended(false, since);
    }

    /** Searches behind the end of the log: throws when it is damage, else tells how much of a torn write is there. */
    private long tornBytes(int at, SegmentScan scan, long since, long nextIndex) throws IOException {
        Segment segment = segments.get(at);
        Behind behind = scan.searchBehind(since);
        if (behind.watermark() > scan.end()) {
            throw segment.damaged(
                    scan.end(),
                    nextIndex,
                    "no whole record is here, but the one at offset " + behind.witness()
                            + " says that everything up to offset " + behind.watermark() + " was synced");
        }
        for (int i = at + 1; i < segments.size(); i++) {
            if (new SegmentScan(segments.get(i)).searchBehind(0).records() > 0) {
                throw segment.damaged(
                        scan.end(),
                        nextIndex,
                        "no whole record is here, but segment "
                                + segments.get(i).path() + " was written later");
            }
        }
        return behind.recentEnd() - scan.end();
    }
}
