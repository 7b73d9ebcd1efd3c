package dev.quorate.spi;

/**
 * This replica must not, or cannot yet, answer reads: it restores a snapshot, or its state differs from the cluster's.
 */
public final class ReadUnavailableException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public ReadUnavailableException(String message) {
        super(Retry.SAFE, message);
    }
}
