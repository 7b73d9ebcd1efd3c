package dev.quorate.spi;

/**
 * A command of a session took effect, exactly once, but its answer is no longer kept: there was too much to keep. What
 * it did can be read from the state.
 */
public final class AnswerLostException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public AnswerLostException(String message) {
        super(Retry.USELESS, message);
    }
}
