package dev.quorate.spi;

/** A snapshot did not arrive whole. What arrived is kept: a later transfer goes on where this one ended. */
public final class TransferFailedException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public TransferFailedException(String message) {
        super(Retry.SAFE, message);
    }

    public TransferFailedException(String message, Throwable cause) {
        super(Retry.SAFE, message, cause);
    }
}
