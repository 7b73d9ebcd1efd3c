package dev.quorate.spi;

/** The disk of the log is full: reads go on, writes are taken again when there is space. */
public final class WritesStoppedException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public WritesStoppedException(String message) {
        super(Retry.SAFE, message);
    }
}
