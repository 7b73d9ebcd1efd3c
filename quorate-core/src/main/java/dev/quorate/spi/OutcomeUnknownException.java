package dev.quorate.spi;

/** The request was handed to the cluster, and whether it took effect is not known. */
public final class OutcomeUnknownException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public OutcomeUnknownException(String message) {
        super(Retry.UNKNOWN, message);
    }

    public OutcomeUnknownException(String message, Throwable cause) {
        super(Retry.UNKNOWN, message, cause);
    }
}
