package dev.quorate.spi;

import dev.quorate.raft.LogId;

/**
 * One entry of the replicated log. The payload is built once by the proposer and travels unchanged.
 *
 * @param id where it stands
 * @param payload what it says; its meaning depends on the kind
 * @param timeMillis the cluster time that the leader stamped, in milliseconds since 1970; never falls along the log
 */
public record Entry(LogId id, EntryKind kind, Bytes payload, long timeMillis) {
    public Entry {
        if (id.index() == 0) {
            throw new IllegalArgumentException("an entry at index 0");
        }
    }

    /** The index of the entry. */
    public long index() {
        return id.index();
    }

    /** The term of the entry. */
    public long term() {
        return id.term();
    }
}
