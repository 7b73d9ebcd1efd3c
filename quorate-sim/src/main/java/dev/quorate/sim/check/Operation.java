package dev.quorate.sim.check;

import java.util.Optional;

/**
 * One operation of a client: what it asked, when, and how that ended.
 *
 * <p>Times are readings of one clock that all clients share and that never goes back; only their order matters, so a
 * count of events serves as well. Operations with equal times count as concurrent.
 *
 * @param client who called
 * @param invoked when it called
 * @param ended when the answer came or the client gave up; {@link #OPEN} when neither had happened at the end of the
 *     recording
 */
public record Operation(
        String client, long invoked, long ended, Action action, Outcome outcome, Consistency consistency) {
    /** The end of an operation that had none. */
    public static final long OPEN = Long.MAX_VALUE;

    /**
     * Checks that the parts belong together.
     *
     * @throws IllegalArgumentException when they do not
     */
    public Operation {
        if (invoked < 0 || invoked == OPEN) {
            throw new IllegalArgumentException("time of the call out of range: " + invoked);
        }
        if (ended < invoked) {
            throw new IllegalArgumentException("ended at " + ended + ", before the call at " + invoked);
        }
        if (ended == OPEN && !(outcome instanceof Outcome.Unknown)) {
            throw new IllegalArgumentException("an operation without an end has an unknown outcome");
        }
        if (outcome instanceof Outcome.Answered answered && !answered.answer().fits(action)) {
            throw new IllegalArgumentException("the answer does not fit: " + action + ", " + answered.answer());
        }
        if (consistency == Consistency.SERIALIZABLE && !action.onlyReads()) {
            throw new IllegalArgumentException("only a read can be serializable: " + action);
        }
    }

    /** A linearizable operation that was answered, without a revision. */
    public static Operation answered(String client, long invoked, long ended, Action action, Answer answer) {
        return new Operation(client, invoked, ended, action, Outcome.answered(answer), Consistency.LINEARIZABLE);
    }

    /** A linearizable operation whose outcome its client never learned. */
    public static Operation unknown(String client, long invoked, long ended, Action action) {
        return new Operation(client, invoked, ended, action, new Outcome.Unknown(), Consistency.LINEARIZABLE);
    }

    /** The answer, where there was one. */
    public Optional<Answer> answer() {
        return outcome instanceof Outcome.Answered answered ? Optional.of(answered.answer()) : Optional.empty();
    }

    /** The revision of the answer; 0 where there was none. */
    public long revision() {
        return outcome instanceof Outcome.Answered answered
                ? answered.revision().orElse(0)
                : 0;
    }
}
