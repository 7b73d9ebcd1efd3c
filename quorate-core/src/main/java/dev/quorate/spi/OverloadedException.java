package dev.quorate.spi;

/**
 * A queue with a limit is full; nothing happened, and a later retry may succeed. It has no stack trace: refusals must
 * be cheap, because there are most of them when there is least time.
 */
public final class OverloadedException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public OverloadedException(String message) {
        super(Retry.SAFE, message, false);
    }
}
