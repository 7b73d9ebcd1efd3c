package dev.quorate.spi;

import java.io.IOException;

/** The disk has no space. The operation may be tried again when there is some. */
public final class StorageFullException extends IOException {
    private static final long serialVersionUID = 1L;

    public StorageFullException(String message) {
        super(message);
    }

    public StorageFullException(String message, Throwable cause) {
        super(message, cause);
    }
}
