package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;

/**
 * What applying one entry gave.
 *
 * @param id the entry
 * @param effect whether it took effect; always {@link Effect#APPLIED} for entries that are not of a session
 * @param response the state machine's answer; empty for entries that are not commands
 */
public record ApplyResult(LogId id, Effect effect, Bytes response) {
    /** What an entry did. */
    public enum Effect {
        /** It took effect now. */
        APPLIED,
        /** A command of a session that took effect before: the response is the one of that time. */
        REPEATED,
        /** A command of a session that took effect before, and whose response is no longer kept. */
        ANSWER_LOST,
        /** None: there is no such session, or no more. */
        SESSION_LOST,
        /** None: the client has said before that it does not wait for this command. */
        FORGOTTEN,
        /** None: the command is too far ahead of the first unanswered one. */
        TOO_FAR_AHEAD,
        /** None: there are as many sessions as there may be. */
        TOO_MANY_SESSIONS
    }

    /** The result of an entry that took effect. */
    public ApplyResult(LogId id, Bytes response) {
        this(id, Effect.APPLIED, response);
    }
}
