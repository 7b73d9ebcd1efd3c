package dev.quorate.spi;

/**
 * The session of a request is not there any more: it was closed, or silent for longer than its timeout. A new session
 * goes on from here, but does not know what the old one did: {@link #retry()} says whether the request may be sent
 * again in it.
 */
public final class SessionLostException extends QuorateException {
    private static final long serialVersionUID = 1L;

    private final long sessionId;

    /**
     * The loss of a session.
     *
     * @param mayHaveTakenEffect true when the request was sent before and its outcome is not known: a retry in another
     *     session can apply it twice. False when it certainly has no effect
     */
    public SessionLostException(long sessionId, String message, boolean mayHaveTakenEffect) {
        super(mayHaveTakenEffect ? Retry.UNKNOWN : Retry.SAFE, message);
        this.sessionId = sessionId;
    }

    /** The id of the session. */
    public long sessionId() {
        return sessionId;
    }
}
