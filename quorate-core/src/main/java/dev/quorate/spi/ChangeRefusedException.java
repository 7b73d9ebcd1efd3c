package dev.quorate.spi;

/**
 * The cluster did not change its membership or its leader, for a reason that passes: another change is under way, a
 * learner lags, a target did not take over in time. The message names the reason and the numbers.
 */
public final class ChangeRefusedException extends QuorateException {
    private static final long serialVersionUID = 1L;

    public ChangeRefusedException(String message) {
        super(Retry.SAFE, message);
    }
}
