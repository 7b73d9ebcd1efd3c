package dev.quorate.spi;

import java.io.IOException;

/** A data directory is locked by another process, or by another node in this one. */
public final class DirectoryInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    public DirectoryInUseException(String message) {
        super(message);
    }
}
