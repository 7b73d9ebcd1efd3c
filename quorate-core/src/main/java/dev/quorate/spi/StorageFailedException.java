package dev.quorate.spi;

/** The data directory cannot be opened or read; the cause says why. */
public final class StorageFailedException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public StorageFailedException(String message) {
        super(Retry.USELESS, message);
    }

    public StorageFailedException(String message, Throwable cause) {
        super(Retry.USELESS, message, cause);
    }
}
