package dev.quorate.spi;

/** A queue with a limit is full; nothing happened, and a later retry may succeed. */
public final class OverloadedException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public OverloadedException(String message) {
        super(Retry.SAFE, message);
    }
}
