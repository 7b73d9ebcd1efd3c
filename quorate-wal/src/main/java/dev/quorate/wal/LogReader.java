package dev.quorate.wal;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Entry;
import dev.quorate.wal.LogView.Span;
import dev.quorate.wal.RecordFormat.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.CRC32C;

/**
 * Reads entries beside the thread that changes the log; any thread, no locks.
 *
 * <p>A {@link LogView} says where the entries lie. A segment is only ever added to, so what a view shows stays there
 * until the segment is retired; its file may then become anything. Therefore each record is checked (checksums of the
 * segment's own epoch, index, size), and when a check fails, {@link Segment#isRetired} tells whether the log went on or
 * the disk is at fault.
 */
final class LogReader {
    private static final int CHUNK_BYTES_MAX = 1 << 20;
    private static final int GAP_BYTES_MAX = 4096;

    private final Supplier<LogView> views;

    LogReader(Supplier<LogView> views) {
        this.views = views;
    }

    /** See {@link dev.quorate.spi.RaftLog#read}. */
    List<Entry> read(long first, long last, long bytesMax) throws IOException {
        LogView view = views.get();
        long through = Math.min(last, view.through());
        if (!view.has(first) || first > through) {
            return List.of();
        }
        List<Entry> entries = new ArrayList<>();
        long bytes = 0;
        for (long index = first; index <= through; ) {
            Span span = view.span(index);
            long spanLast = Math.min(through, view.lastInSpan(index));
            long next = index;
            long start = span.offset(index);
            long end = start;
            while (next <= spanLast) {
                long after = span.offset(next) + RecordFormat.recordBytes(span.size(next));
                boolean fits = bytes + span.size(next) <= bytesMax || next == first;
                boolean near = span.offset(next) - end <= GAP_BYTES_MAX && after - start <= CHUNK_BYTES_MAX;
                if (!fits || (next > index && !near)) {
                    break;
                }
                bytes += span.size(next);
                end = after;
                next++;
            }
            if (next == index || !readChunk(span, index, next, start, (int) (end - start), entries)) {
                break;
            }
            index = next;
        }
        return entries;
    }

    /** Reads the entries from {@code first} to before {@code next}; false when their segment was retired meanwhile. */
    private static boolean readChunk(Span span, long first, long next, long start, int length, List<Entry> entries)
            throws IOException {
        Segment segment = span.segment();
        byte[] chunk = new byte[length];
        ByteBuffer buffer = ByteBuffer.wrap(chunk);
        try {
            segment.file().read(buffer, start);
        } catch (IOException e) {
            if (segment.isRetired()) {
                return false;
            }
            IOException damage = segment.damaged(start, first, "the entry cannot be read: " + e.getMessage());
            damage.initCause(e);
            throw damage;
        }
        CRC32C crc = new CRC32C();
        for (long index = first; index < next; index++) {
            int at = (int) (span.offset(index) - start);
            if (buffer.position() < length || !isEntry(buffer, at, span.size(index), index, segment, crc, start)) {
                if (segment.isRetired()) {
                    return false;
                }
                throw segment.damaged(span.offset(index), index, "the entry is damaged");
            }
            Header header = RecordFormat.header(buffer, at);
            Bytes payload = Bytes.wrap(chunk, at + RecordFormat.HEADER_BYTES, header.payloadLength());
            RecordKind kind = RecordKind.ofCode(header.kindCode());
            if (kind == null || !kind.isEntry()) {
                throw segment.damaged(span.offset(index), index, "the record is no entry");
            }
            LogId id = header.id();
            entries.add(new Entry(id, kind.entryKind(), payload, header.timeMillis()));
        }
        return true;
    }

    private static boolean isEntry(
            ByteBuffer buffer, int at, int size, long index, Segment segment, CRC32C crc, long start) {
        if (!RecordFormat.isHeader(buffer, at, crc, segment.salt(), start + at)) {
            return false;
        }
        Header header = RecordFormat.header(buffer, at);
        return header.index() == index && header.payloadLength() == size && RecordFormat.isPayload(buffer, at, crc);
    }
}
