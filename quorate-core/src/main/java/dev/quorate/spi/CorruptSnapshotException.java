package dev.quorate.spi;

/** A snapshot file does not match its metadata. */
public final class CorruptSnapshotException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public CorruptSnapshotException(String message) {
        super(Retry.USELESS, message);
    }

    public CorruptSnapshotException(String message, Throwable cause) {
        super(Retry.USELESS, message, cause);
    }
}
