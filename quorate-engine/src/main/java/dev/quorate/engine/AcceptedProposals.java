package dev.quorate.engine;

import dev.quorate.raft.LogId;

/**
 * Proposals that got the positions {@code first} and following: handed from LOOP to APPLY before any of them can be
 * committed.
 */
final class AcceptedProposals extends Inbox.Item {
    private final LogId first;
    private final Proposal[] proposals;
    private final long deadlineNanos;

    AcceptedProposals(LogId first, Proposal[] proposals, long deadlineNanos) {
        this.first = first;
        this.proposals = proposals;
        this.deadlineNanos = deadlineNanos;
    }

    LogId first() {
        return first;
    }

    long term() {
        return first.term();
    }

    int count() {
        return proposals.length;
    }

    Proposal at(int place) {
        return proposals[place];
    }

    /** When those without an answer fail as unknown. */
    long deadlineNanos() {
        return deadlineNanos;
    }
}
