package dev.quorate.spi;

/** The node halted because of a fault that must not be retried; the cause says which. */
public final class NodeHaltedException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public NodeHaltedException(String message) {
        super(Retry.USELESS, message);
    }

    public NodeHaltedException(String message, Throwable cause) {
        super(Retry.USELESS, message, cause);
    }
}
