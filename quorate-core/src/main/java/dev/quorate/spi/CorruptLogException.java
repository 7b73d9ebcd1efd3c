package dev.quorate.spi;

import java.io.IOException;

/**
 * Damage in the log that is not a torn tail: nothing was cut, and the message names the file, the offset and the index.
 */
public final class CorruptLogException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;
    private final long index;

    /**
     * The damage at a place.
     *
     * @param file the name of the damaged file
     * @param offset where in the file, in bytes
     * @param index the first log index that cannot be read, 0 when it is not known
     */
    public CorruptLogException(String file, long offset, long index, String what) {
        super("log damaged in " + file + " at offset " + offset + (index > 0 ? ", index " + index : "") + ": " + what);
        this.file = file;
        this.offset = offset;
        this.index = index;
    }

    /** The name of the damaged file. */
    public String file() {
        return file;
    }

    /** Where in the file, in bytes. */
    public long offset() {
        return offset;
    }

    /** The first log index that cannot be read, 0 when it is not known. */
    public long index() {
        return index;
    }
}
