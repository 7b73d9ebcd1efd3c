package dev.quorate.benchmarks.subjects;

import dev.quorate.spi.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * A file of records of one size, written round and round; as plain as a durable file can be.
 *
 * <pre>
 *   record   CRC32C of the rest (4) │ length of the value (4) │ key (8) │ value
 * </pre>
 *
 * <p>The file is written with zeros when it is made, so that no write changes its size or its blocks. It is large
 * enough to hold every key of a run several times, so the newest record of each key is always there. One thread writes;
 * {@link #forces} is for any.
 */
final class RecordRing implements AutoCloseable {
    private static final long FILE_BYTES = 256L << 20;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int HEADER_BYTES = 2 * Integer.BYTES;
    private static final int KEY_BYTES = Long.BYTES;
    private static final int SCAN_RECORDS = 1024;

    private final FileChannel channel;
    private final int valueBytes;
    private final int recordBytes;
    private final long records;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final CRC32C crc = new CRC32C();
    private long place;
    private int gathered;
    private final AtomicLong forces = new AtomicLong();

    private RecordRing(FileChannel channel, int valueBytes) {
        this.channel = channel;
        this.valueBytes = valueBytes;
        this.recordBytes = HEADER_BYTES + KEY_BYTES + valueBytes;
        this.records = FILE_BYTES / recordBytes;
    }

    /** Opens a file, and writes it once when it is new. */
    static RecordRing open(Path path, int valueBytes) throws IOException {
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        ByteBuffer zeros = ByteBuffer.allocateDirect(BUFFER_BYTES);
        for (long at = channel.size(); at < FILE_BYTES; at += zeros.capacity()) {
            channel.write(zeros.clear(), at);
        }
        channel.force(true);
        return new RecordRing(channel, valueBytes);
    }

    /** True when the next record needs a {@link #write} before. */
    boolean isFull() {
        return buffer.remaining() < recordBytes || place + gathered >= records;
    }

    /** Adds a record to what will be written; the value has the size that the file was opened with. */
    void add(Bytes key, Bytes value) {
        int start = buffer.position();
        buffer.putInt(0).putInt(value.length());
        key.copyTo(buffer);
        value.copyTo(buffer);
        buffer.putInt(start, checksum(buffer, start));
        gathered++;
    }

    /** Writes what was added. */
    void write() throws IOException {
        buffer.flip();
        long at = place * recordBytes;
        while (buffer.hasRemaining()) {
            at += channel.write(buffer, at);
        }
        buffer.clear();
        place = (place + gathered) % records;
        gathered = 0;
    }

    /** Makes what was written durable. */
    void force() throws IOException {
        channel.force(false);
        forces.incrementAndGet();
    }

    /** How often {@link #force} returned; any thread. */
    long forces() {
        return forces.get();
    }

    /** Reads the whole file: the value of each key; of several the one with the greatest sequence is the newest. */
    Map<Bytes, Bytes> scan() throws IOException {
        Map<Bytes, Bytes> found = new HashMap<>();
        ByteBuffer part = ByteBuffer.allocate(recordBytes * SCAN_RECORDS);
        for (long i = 0; i < records; i += SCAN_RECORDS) {
            channel.read(part.clear(), i * recordBytes);
            for (int start = 0; start + recordBytes <= part.position(); start += recordBytes) {
                if (part.getInt(start + Integer.BYTES) == valueBytes && part.getInt(start) == checksum(part, start)) {
                    Bytes key = Bytes.copyOf(part.slice(start + HEADER_BYTES, KEY_BYTES));
                    Bytes value = Bytes.copyOf(part.slice(start + HEADER_BYTES + KEY_BYTES, valueBytes));
                    found.merge(key, value, (a, b) -> a.longAt(0) > b.longAt(0) ? a : b);
                }
            }
        }
        return found;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private int checksum(ByteBuffer bytes, int start) {
        crc.reset();
        crc.update(bytes.slice(start + Integer.BYTES, recordBytes - Integer.BYTES));
        return (int) crc.getValue();
    }
}
