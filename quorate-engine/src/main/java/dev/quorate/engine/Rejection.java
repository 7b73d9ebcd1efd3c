package dev.quorate.engine;

import dev.quorate.spi.DeadlineExceededException;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.WritesStoppedException;

/** Why requests were not answered with a result; what they are counted by. */
public enum Rejection {
    /** There was too much under way. */
    OVERLOADED,
    /** Another node leads, or none that is known. */
    NOT_LEADER,
    /** Too large, or not a request at all. */
    INVALID,
    /** The disk of the log is full. */
    DISK_FULL,
    /** No answer in time: of a proposal the outcome is unknown, of a read nothing happened. */
    EXPIRED,
    /** What became of it is not known, for another reason than the time. */
    UNKNOWN,
    /** The node stopped. */
    STOPPED,
    /** Anything else: a read of a state that must not be used, for instance. */
    OTHER;

    static Rejection of(QuorateException reason) {
        if (reason instanceof OverloadedException) {
            return OVERLOADED;
        } else if (reason instanceof NotLeaderException) {
            return NOT_LEADER;
        } else if (reason instanceof InvalidRequestException) {
            return INVALID;
        } else if (reason instanceof WritesStoppedException) {
            return DISK_FULL;
        } else if (reason instanceof DeadlineExceededException) {
            return EXPIRED;
        } else if (reason instanceof OutcomeUnknownException) {
            return UNKNOWN;
        }
        boolean stopped = reason instanceof NodeStoppedException || reason instanceof NodeHaltedException;
        return stopped ? STOPPED : OTHER;
    }
}
