package dev.quorate.raft;

/** Why the core did not take a proposal or a read. Nothing has happened in any of these cases. */
public enum Refusal {
    /** Another node leads, or none is known to. */
    NOT_LEADER,
    /** This node led when it took the read, and does no longer. */
    LEADERSHIP_LOST,
    /** The uncommitted part of the log, or the reads that wait, are at their limit. */
    OVERLOADED,
    /** The log's disk is full. */
    STORAGE_FULL,
    /** The leader did not confirm the read in time. */
    TIMED_OUT,
    /** The leader hands over to another node at the moment. */
    TRANSFERRING
}
