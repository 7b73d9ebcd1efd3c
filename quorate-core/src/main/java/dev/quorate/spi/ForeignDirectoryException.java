package dev.quorate.spi;

import java.io.IOException;

/** A data directory that belongs to another node, another cluster, another format version, or not to Quorate at all. */
public final class ForeignDirectoryException extends IOException {
    private static final long serialVersionUID = 1L;

    public ForeignDirectoryException(String message) {
        super(message);
    }
}
