package dev.quorate.wal;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.StorageFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The end of the log: gathers records in a buffer and writes them to the last segment. Owned by the LOG thread.
 *
 * <pre>
 *   segment   ... synced ... │ written │ in the buffer │ free ...
 *                            ▲         ▲               ▲
 *                         durable   bufferAt         tail()
 * </pre>
 */
final class SegmentWriter {
    private static final int KEPT_BUFFERS = 4;

    private final int bufferBytes;
    private final CRC32C crc = new CRC32C();
    private ByteBuffer buffer;
    private Segment segment;
    private long bufferAt;
    private long durable;
    private int link;

    /**
     * A writer at a place of a segment.
     *
     * @param durable everything below was synced
     * @param link the checksum of the record before
     */
    SegmentWriter(int bufferBytes, Segment segment, long tail, long durable, int link) {
        this.bufferBytes = bufferBytes;
        this.buffer = ByteBuffer.allocateDirect(bufferBytes);
        this.segment = segment;
        this.bufferAt = tail;
        this.durable = durable;
        this.link = link;
    }

    Segment segment() {
        return segment;
    }

    /** Where the next record goes. */
    long tail() {
        return bufferAt + buffer.position();
    }

    /** True when there is something that no force has made durable. */
    boolean isDirty() {
        return tail() != durable;
    }

    /** Goes on at the beginning of another segment; everything in this one is forced. */
    void moveTo(Segment next) {
        segment = next;
        buffer.clear();
        bufferAt = Segment.RECORDS_AT;
        durable = Segment.RECORDS_AT;
    }

    /** Adds a record, for which there is room in the segment; returns its offset. */
    int put(RecordKind kind, long term, long index, long timeMillis, Bytes payload) throws IOException {
        int recordBytes = (int) RecordFormat.recordBytes(payload.length());
        if (buffer.remaining() < recordBytes) {
            flush();
            if (buffer.capacity() < recordBytes) {
                buffer = ByteBuffer.allocateDirect(recordBytes);
            }
        }
        int at = buffer.position();
        buffer.position(at + RecordFormat.HEADER_BYTES);
        payload.copyTo(buffer);
        while (buffer.position() < at + recordBytes) {
            buffer.put((byte) 0);
        }
        int durableNow = (int) durable;
        link = RecordFormat.putHeader(
                buffer, at, crc, segment.salt(), payload.length(), durableNow, link, kind, term, index, timeMillis);
        return (int) (bufferAt + at);
    }

    /** Writes and forces everything. */
    void force() throws IOException {
        flush();
        segment.file().force();
        durable = bufferAt;
        if (buffer.capacity() > KEPT_BUFFERS * bufferBytes) {
            buffer = ByteBuffer.allocateDirect(bufferBytes);
        }
    }

    /**
     * Writes what is in the buffer. The space was taken when the segment was prepared, so a full disk is an error here.
     */
    private void flush() throws IOException {
        if (buffer.position() == 0) {
            return;
        }
        long end = tail();
        buffer.flip();
        try {
            segment.file().write(buffer, bufferAt);
        } catch (StorageFullException e) {
            throw new IOException("no space inside of the prepared segment " + segment.path(), e);
        }
        buffer.clear();
        bufferAt = end;
    }
}
