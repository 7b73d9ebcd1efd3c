package dev.quorate.spi;

import dev.quorate.raft.ChangeRefusal;
import java.util.Optional;

/**
 * The cluster did not change its membership or its leader, for a reason that passes: another change is under way, a
 * learner lags, a target did not take over in time. The message names the reason and the numbers.
 */
public final class ChangeRefusedException extends QuorateException {
    private static final long serialVersionUID = 1L;

    private final transient Optional<ChangeRefusal> reason;

    public ChangeRefusedException(String message) {
        this(Optional.empty(), message);
    }

    public ChangeRefusedException(ChangeRefusal reason, String message) {
        this(Optional.of(reason), message);
    }

    private ChangeRefusedException(Optional<ChangeRefusal> reason, String message) {
        super(Retry.SAFE, message);
        this.reason = reason;
    }

    /** Why, when the one who refused said it in a word. */
    public Optional<ChangeRefusal> reason() {
        return reason;
    }
}
