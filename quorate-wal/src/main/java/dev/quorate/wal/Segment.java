package dev.quorate.wal;

import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * An open segment of the log. Its file has its full size from the beginning, and its header is durable before the first
 * record is written: a segment without a whole header is damaged, never new.
 *
 * <pre>
 *    0  magic 8 · format version 4 · capacity 4 · sequence 8 · epoch 8 · zero 28 · CRC-32C 4
 *   64  records, see {@link RecordFormat}; behind the last one zeros, or what an earlier use of the file left there
 * </pre>
 *
 * <p>LOG writes, and retires the segment when it is no longer needed; any thread reads.
 */
final class Segment implements AutoCloseable {
    /** Where the first record stands. */
    static final int RECORDS_AT = 64;

    private static final long MAGIC = 0x5175_6f72_5365_6731L;
    private static final int FORMAT_VERSION = 1;

    private final Path path;
    private final DiskFile file;
    private final long sequence;
    private final int salt;
    private final int capacity;
    private volatile boolean retired;

    private Segment(Path path, DiskFile file, long sequence, long epoch, int capacity) {
        this.path = path;
        this.file = file;
        this.sequence = sequence;
        this.salt = RecordFormat.salt(epoch);
        this.capacity = capacity;
    }

    /** The header of a segment to be. */
    static ByteBuffer header(long sequence, long epoch, int capacity) {
        ByteBuffer header = ByteBuffer.allocate(RECORDS_AT)
                .putLong(MAGIC)
                .putInt(FORMAT_VERSION)
                .putInt(capacity)
                .putLong(sequence)
                .putLong(epoch);
        int crcAt = RECORDS_AT - Integer.BYTES;
        header.putInt(crcAt, RecordFormat.crcOf(header, 0, crcAt, new CRC32C()));
        return header.clear();
    }

    /** Opens a segment that must be there and whole. */
    static Segment open(Disk disk, Path path, long sequence, Open how) throws IOException {
        DiskFile file;
        try {
            file = disk.open(path, how);
        } catch (NoSuchFileException e) {
            CorruptLogException missing = new CorruptLogException(path.toString(), 0, 0, "the file is missing");
            missing.initCause(e);
            throw missing;
        }
        boolean opened = false;
        try {
            ByteBuffer header = ByteBuffer.allocate(RECORDS_AT);
            int crcAt = RECORDS_AT - Integer.BYTES;
            if (file.read(header, 0) < RECORDS_AT
                    || RecordFormat.crcOf(header, 0, crcAt, new CRC32C()) != header.getInt(crcAt)) {
                throw new CorruptLogException(path.toString(), 0, 0, "the header of the segment is damaged");
            }
            header.flip();
            long magic = header.getLong();
            int version = header.getInt();
            int capacity = header.getInt();
            if (magic != MAGIC || version != FORMAT_VERSION || header.getLong() != sequence) {
                throw new CorruptLogException(path.toString(), 0, 0, "the header is not that of this segment");
            }
            if (file.size() < capacity) {
                throw new CorruptLogException(
                        path.toString(), file.size(), 0, "the file is shorter than its " + capacity + " bytes");
            }
            opened = true;
            return new Segment(path, file, sequence, header.getLong(), capacity);
        } catch (CorruptLogException e) {
            throw e;
        } catch (IOException e) {
            CorruptLogException unreadable = new CorruptLogException(
                    path.toString(), 0, 0, "the header of the segment cannot be read: " + e.getMessage());
            unreadable.initCause(e);
            throw unreadable;
        } finally {
            if (!opened) {
                file.close();
            }
        }
    }

    Path path() {
        return path;
    }

    DiskFile file() {
        return file;
    }

    long sequence() {
        return sequence;
    }

    int salt() {
        return salt;
    }

    int capacity() {
        return capacity;
    }

    /** True when the segment is no longer needed: what its file holds may be something else by now. */
    boolean isRetired() {
        return retired;
    }

    /** Gives the file up; readers learn it from {@link #isRetired}. */
    void retire() throws IOException {
        retired = true;
        file.close();
    }

    /** Damage in this segment. */
    CorruptLogException damaged(long offset, long index, String what) {
        return new CorruptLogException(path.toString(), offset, index, what);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
