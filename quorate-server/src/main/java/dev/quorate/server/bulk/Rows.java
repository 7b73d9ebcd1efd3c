package dev.quorate.server.bulk;

import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;

/** The rows of a file, one after the other. One thread. */
interface Rows extends Closeable {
    /**
     * The next row, empty at the end of the file.
     *
     * @throws MalformedFileException when what follows cannot be divided into rows
     */
    Optional<Row> next() throws IOException;

    /** How many bytes of the file have been read, for progress. */
    long bytesRead();

    /** A checksum of the file to the end of the last row, by which a second run knows that this part is the same. */
    long fingerprint();

    /** The rest of the file cannot be read as rows, skipping or not. */
    final class MalformedFileException extends IOException {
        private static final long serialVersionUID = 1L;

        private final long line;

        MalformedFileException(long line, String message) {
            super(message);
            this.line = line;
        }

        /** Where the trouble begins, from 1. */
        long line() {
            return line;
        }
    }
}
