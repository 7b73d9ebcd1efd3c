package dev.quorate.spi;

import java.time.Duration;

/** The wait for an index to be applied took too long. Nothing is wrong with the node: the wait may be repeated. */
public final class DeadlineExceededException extends QuorateException {
    private static final long serialVersionUID = 1L;

    private final long targetIndex;
    private final long appliedIndex;

    public DeadlineExceededException(long targetIndex, long appliedIndex, Duration timeout) {
        super(
                Retry.SAFE,
                "index " + targetIndex + " was not applied within " + timeout.toMillis() + " ms, applied is "
                        + appliedIndex);
        this.targetIndex = targetIndex;
        this.appliedIndex = appliedIndex;
    }

    /** The index that was waited for. */
    public long targetIndex() {
        return targetIndex;
    }

    /** The index that was applied when the time was up. */
    public long appliedIndex() {
        return appliedIndex;
    }
}
