package dev.quorate.raft;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What one core says to another. The sender is told by the transport, not by the message.
 *
 * <p>Entries travel beside their {@link AppendEntries}: the runtime attaches the payloads of the indexes that the
 * message names. Every message carries the sender's term, and the receiver applies the term rule (Raft §5.1) to it
 * first, with the exceptions of {@link PreVoteRequest} and a granted {@link PreVoteResponse}, whose term is only
 * proposed, of {@link StandingRequest} and {@link StandingResponse}, which only tell, and of the answers of nodes that
 * are no members.
 */
public sealed interface Message {
    /** The sender's term, or the term a pre-vote is about. */
    long term();

    /** Calls the method of the visitor that belongs to this message. */
    <R> R accept(Visitor<R> visitor);

    /** One method a message, so that a new message breaks the build wherever messages are told apart. */
    interface Visitor<R> {
        R preVoteRequest(PreVoteRequest message);

        R preVoteResponse(PreVoteResponse message);

        R voteRequest(VoteRequest message);

        R voteResponse(VoteResponse message);

        R appendEntries(AppendEntries message);

        R appendAccepted(AppendAccepted message);

        R appendRejected(AppendRejected message);

        R heartbeat(Heartbeat message);

        R heartbeatResponse(HeartbeatResponse message);

        R readIndexRequest(ReadIndexRequest message);

        R readIndexResponse(ReadIndexResponse message);

        R standingRequest(StandingRequest message);

        R standingResponse(StandingResponse message);

        R timeoutNow(TimeoutNow message);

        R notMember(NotMember message);
    }

    /**
     * "Would you vote for me in {@code term}?" (thesis §9.6); changes nothing at the receiver.
     *
     * @param term the term the sender would campaign in, one above its own
     * @param last the last entry of the sender's log
     */
    record PreVoteRequest(long term, LogId last) implements Message {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.preVoteRequest(this);
        }
    }

    /**
     * The answer to a pre-vote.
     *
     * @param term the proposed term when granted; the receiver's own term when refused
     */
    record PreVoteResponse(long term, boolean granted) implements Message {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.preVoteResponse(this);
        }
    }

    /**
     * RequestVote (Raft §5.2).
     *
     * @param last the last entry of the candidate's log
     * @param transfer true when the leader itself asked the candidate to campaign, so that even those who follow it may
     *     vote (thesis §4.2.3, end)
     */
    record VoteRequest(long term, LogId last, boolean transfer) implements Message {
        /** A request after an election timeout. */
        public VoteRequest(long term, LogId last) {
            this(term, last, false);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.voteRequest(this);
        }
    }

    /** The answer to a vote request; a granted one leaves only after the vote is durable. */
    record VoteResponse(long term, boolean granted) implements Message {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.voteResponse(this);
        }
    }

    /**
     * AppendEntries with entries, or an empty probe of {@code prev} (Raft §5.3).
     *
     * @param prev the position before the first entry
     * @param entries the entries as runs of terms, from {@code prev.index + 1} on without a hole; empty for a probe
     * @param commitIndex the leader's commit index
     * @param round the newest round of leadership confirmation begun when this was sent
     */
    record AppendEntries(long term, LogId prev, List<TermRun> entries, long commitIndex, long round)
            implements Message {
        public AppendEntries {
            entries = List.copyOf(entries);
            long next = prev.index() + 1;
            for (TermRun run : entries) {
                if (run.firstIndex() != next) {
                    throw new IllegalArgumentException("entries with a hole at index " + next + ": " + entries);
                }
                next = run.lastIndex() + 1;
            }
        }

        /** The last position that the message covers: its last entry, or {@code prev}. */
        public LogId last() {
            return entries.isEmpty() ? prev : entries.get(entries.size() - 1).last();
        }

        /** The number of entries. */
        public long count() {
            return last().index() - prev.index();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.appendEntries(this);
        }
    }

    /**
     * The follower's log equals the leader's up to {@code matchIndex}, durably.
     *
     * @param round the round of the message that is answered
     */
    record AppendAccepted(long term, long matchIndex, long round) implements Message {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.appendAccepted(this);
        }
    }

    /**
     * The follower's log does not hold the {@code prev} of the message.
     *
     * @param prevIndex the index that was refused, to tell answers to old probes apart
     * @param lastIndex the follower's last index
     * @param conflict when the follower holds another term at {@code prevIndex}: that term and its first index in the
     *     follower's log, so that the leader skips a whole term at once (Raft §5.3, end)
     * @param round the round of the message that is answered
     */
    record AppendRejected(long term, long prevIndex, long lastIndex, Optional<LogId> conflict, long round)
            implements Message {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.appendRejected(this);
        }
    }

    /**
     * "I am the leader of this term", without a consistency check: never queues behind entries or the disk.
     *
     * @param commitIndex the part of the commit index that is known to match the receiver's log
     * @param round the round of leadership confirmation that an answer confirms
     */
    record Heartbeat(long term, long commitIndex, long round) implements Message {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.heartbeat(this);
        }
    }

    /**
     * The echo of a heartbeat: its sender was still a follower of {@code term} when it got round {@code round}.
     *
     * @param round 0, which is no round, in the answer to any message of a leader of an older term: it only tells
     *     {@code term}
     * @param priority the sender's {@link RaftOptions#priority}
     */
    record HeartbeatResponse(long term, long round, int priority) implements Message {
        /** The echo of a node of the highest priority. */
        public HeartbeatResponse(long term, long round) {
            this(term, round, RaftOptions.PRIORITY_MAX);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.heartbeatResponse(this);
        }
    }

    /** A follower asks the leader for a read index (thesis §6.4); {@code readId} is the asking node's own number. */
    record ReadIndexRequest(long term, long readId) implements Message {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.readIndexRequest(this);
        }
    }

    /**
     * The leader's answer to a follower's read.
     *
     * @param readIndex the index that must be applied before reading; empty when the leader could not confirm itself
     */
    record ReadIndexResponse(long term, long readId, Optional<Long> readIndex) implements Message {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.readIndexResponse(this);
        }
    }

    /**
     * A node whose disk lost something asks how far the receiver is; {@code number} is one that no earlier life of it
     * has used.
     */
    record StandingRequest(long term, long number) implements Message {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.standingRequest(this);
        }
    }

    /**
     * The answer to a {@link StandingRequest}.
     *
     * @param term the sender's term, durable
     * @param last the last entry of the sender's log
     * @param membershipAt the position as of which {@code membership} is in force at the sender
     * @param membership the newest membership that the sender knows; {@link Membership#NONE} when it knows none
     * @param voters its voters, and those of the memberships before it that can still come back
     */
    record StandingResponse(
            long term, long number, LogId last, LogId membershipAt, Membership membership, SortedSet<NodeId> voters)
            implements Message {
        public StandingResponse {
            voters = Collections.unmodifiableSortedSet(new TreeSet<>(voters));
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.standingResponse(this);
        }
    }

    /**
     * "Campaign now": the leader of {@code term} hands over to a voter that has its whole log (thesis §3.10). Its lease
     * was revoked before.
     */
    record TimeoutNow(long term) implements Message {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.timeoutNow(this);
        }
    }

    /**
     * The answer to a candidate that was removed: it need not go on.
     *
     * @param term the sender's term; the term rule is not applied to it
     * @param membershipIndex the entry with the committed membership that the candidate is not in
     */
    record NotMember(long term, long membershipIndex) implements Message {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.notMember(this);
        }
    }
}
