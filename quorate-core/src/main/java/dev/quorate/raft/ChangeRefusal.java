package dev.quorate.raft;

/** Why a membership was not changed, or the leadership not transferred. */
public enum ChangeRefusal {
    /** Another node leads, or none is known to; nothing was done. */
    NOT_LEADER,
    /** The request makes no sense with the present membership; nothing was done. */
    INVALID,
    /** One change at a time, and another is under way; nothing was done. */
    CHANGE_IN_PROGRESS,
    /** The leader has not committed an entry of its own term yet; nothing was done. */
    NOT_READY,
    /** The log's disk is full; nothing was done. */
    STORAGE_FULL,
    /** The learner lags too far behind to vote; nothing was done. */
    LEARNER_BEHIND,
    /** Too few of the voters that would be left answer: the change could not be completed; nothing was done. */
    QUORUM_SILENT,
    /** The new voter did not catch up; it stays a learner. */
    CATCH_UP_FAILED,
    /** The leadership is being transferred; nothing was done. */
    TRANSFER_IN_PROGRESS,
    /** The transfer was given up after an election timeout; the node leads on. */
    TIMED_OUT,
    /** The node lost its leadership on the way: what it had begun may still be completed by the next leader. */
    LEADERSHIP_LOST
}
