package dev.quorate.spi;

import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file. Positional reads may run on any thread beside the one that writes. */
public interface DiskFile extends AutoCloseable {
    /**
     * Reads at a position until the buffer is full or the file ends.
     *
     * @return the number of bytes read, 0 at or behind the end
     */
    int read(ByteBuffer target, long position) throws IOException;

    /**
     * Writes all that remains in the buffer at a position, growing the file.
     *
     * @throws StorageFullException when there is no space; a part may have been written
     */
    void write(ByteBuffer source, long position) throws IOException;

    /** Makes all that was written so far durable, together with the size that is needed to read it back. */
    void force() throws IOException;

    /** The size in bytes. */
    long size() throws IOException;

    /** Cuts the file to a size, or fills it up to it with zeros that read back as such. */
    void resize(long size) throws IOException;

    @Override
    void close() throws IOException;
}
