package dev.quorate.spi;

/** There is no such snapshot. */
public final class SnapshotNotFoundException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public SnapshotNotFoundException(String message) {
        super(Retry.USELESS, message);
    }

    public SnapshotNotFoundException(String message, Throwable cause) {
        super(Retry.USELESS, message, cause);
    }
}
