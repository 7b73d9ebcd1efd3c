package dev.quorate.spi;

/** The node was closed before it took the request. */
public final class NodeStoppedException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public NodeStoppedException(String message) {
        super(Retry.SAFE, message);
    }
}
