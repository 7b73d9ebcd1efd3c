package dev.quorate.wal;

import dev.quorate.wal.RecordFormat.Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Reads the records of one segment in their order, up to the first place where no record continues the chain. One
 * thread.
 *
 * <p>A record continues the chain when its checksums are right for the epoch of the segment and its link is the
 * checksum of the record before. Bytes of an earlier use of the file fail the first test, records that were written in
 * this use and then cut off fail the second.
 */
final class SegmentScan {
    private static final int WINDOW_BYTES = 1 << 18;
    /** What was prepared and never written: most of the newest segment. */
    private static final byte[] ZEROS = new byte[1 << 12];

    private final Segment segment;
    private final CRC32C crc = new CRC32C();
    /** Has an array. */
    private ByteBuffer window;

    private long windowAt;
    private int windowBytes;
    private long end = Segment.RECORDS_AT;
    private boolean linkKnown;
    private int link;
    private long watermark = Segment.RECORDS_AT;

    /**
     * What a search behind the end of the chain found.
     *
     * @param records how many headers of this epoch
     * @param watermark the highest {@code durable} among them, 0 when there are none
     * @param witness where the header with it stands
     * @param recentEnd the end of the last record that was written after {@code since}, or where the search began
     */
    record Behind(long records, long watermark, long witness, long recentEnd) {}

    /** A scan of a segment before which nothing is known. */
    SegmentScan(Segment segment) {
        this.segment = segment;
        this.window = ByteBuffer.allocate(Math.min(WINDOW_BYTES, segment.capacity()));
    }

    /** A scan of a segment whose first record must link to this one. */
    SegmentScan(Segment segment, int link) {
        this(segment);
        this.link = link;
        this.linkKnown = true;
    }

    /** Where the chain ends, as far as it was read. */
    long end() {
        return end;
    }

    /** The checksum of the last record of the chain, as far as it was read. */
    int link() {
        return link;
    }

    /** Everything below was synced, as the records say that were read. */
    long watermark() {
        return watermark;
    }

    /** Reads the next record of the chain; false at its end. The buffers of the one before become invalid. */
    boolean next() throws IOException {
        if (!load(end, RecordFormat.HEADER_BYTES)
                || !RecordFormat.isHeader(window, at(end), crc, segment.salt(), end)) {
            return false;
        }
        Header header = header(end);
        if ((linkKnown && header.link() != link)
                || !load(end, header.recordBytes())
                || !RecordFormat.isPayload(window, at(end), crc)) {
            return false;
        }
        end += header.recordBytes();
        link = header.crc();
        linkKnown = true;
        watermark = Math.max(watermark, header.durable());
        return true;
    }

    /** The header of a record that was just read and begins here. */
    Header header(long offset) {
        return RecordFormat.header(window, at(offset));
    }

    /** The payload of the record that was just read and begins here. */
    ByteBuffer payload(long offset, Header header) {
        return window.slice(at(offset) + RecordFormat.HEADER_BYTES, header.payloadLength());
    }

    /** Looks at every place behind the end of the chain for headers of this epoch; {@code since} is an offset. */
    Behind searchBehind(long since) throws IOException {
        long records = 0;
        long highest = 0;
        long witness = 0;
        long recentEnd = end;
        for (long from = end; load(from, RecordFormat.HEADER_BYTES); ) {
            int last = windowBytes - RecordFormat.HEADER_BYTES;
            int at = at(from);
            for (; at <= last; at = placeAfter(at)) {
                long place = windowAt + at;
                if (!RecordFormat.isHeader(window, at, crc, segment.salt(), place)) {
                    continue;
                }
                Header header = RecordFormat.header(window, at);
                records++;
                if (header.durable() > highest) {
                    highest = header.durable();
                    witness = place;
                }
                if (header.durable() >= since) {
                    recentEnd = Math.max(recentEnd, Math.min(place + header.recordBytes(), segment.capacity()));
                }
            }
            from = windowAt + at;
        }
        return new Behind(records, highest, witness, recentEnd);
    }

    /** Looks at every place for entries of this epoch, whole or not; returns the highest index, 0 without any. */
    long lastEntry() throws IOException {
        long last = 0;
        for (long from = Segment.RECORDS_AT; load(from, RecordFormat.HEADER_BYTES); from += RecordFormat.ALIGNMENT) {
            if (RecordFormat.isHeader(window, at(from), crc, segment.salt(), from)) {
                Header header = header(from);
                RecordKind kind = RecordKind.ofCode(header.kindCode());
                last = kind != null && kind.isEntry() ? Math.max(last, header.index()) : last;
            }
        }
        return last;
    }

    /**
     * The next place of the window where a header may begin. Zeros are passed over as a whole: they are most of what
     * lies behind the end, and a member that starts beside others that are busy has little time to look at each.
     */
    private int placeAfter(int at) {
        int next = at + RecordFormat.ALIGNMENT;
        return RecordFormat.hasKind(window, next) ? next : Math.max(next, RecordFormat.placeOfKind(zerosEnd(next)));
    }

    /** Where the next byte of the window that is not zero stands, from here on; behind its last one without any. */
    private int zerosEnd(int from) {
        int at = from;
        int differs = -1;
        while (differs < 0 && at < windowBytes) {
            int length = Math.min(ZEROS.length, windowBytes - at);
            differs = Arrays.mismatch(window.array(), at, at + length, ZEROS, 0, length);
            at += differs < 0 ? length : differs;
        }
        return at;
    }

    private int at(long offset) {
        return (int) (offset - windowAt);
    }

    /** Makes the window hold this range; false when the segment ends before. */
    private boolean load(long offset, long bytes) throws IOException {
        if (offset >= windowAt && offset + bytes <= windowAt + windowBytes) {
            return true;
        }
        if (bytes > segment.capacity() - offset) {
            return false;
        }
        if (bytes > window.capacity()) {
            window = ByteBuffer.allocate((int) bytes);
        }
        window.clear().limit((int) Math.min(window.capacity(), segment.capacity() - offset));
        windowAt = offset;
        windowBytes = segment.file().read(window, offset);
        window.clear();
        return bytes <= windowBytes;
    }
}
