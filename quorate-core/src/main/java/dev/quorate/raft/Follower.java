package dev.quorate.raft;

import java.util.List;
import java.util.Optional;

/**
 * What a follower does with the messages of its leader: reconciles the log, and acknowledges what is durable (Raft
 * §5.3).
 *
 * <p>An entry is acknowledged only once it is durable, and one acknowledgement answers all messages that one write
 * covers.
 */
final class Follower {
    private static final long NOTHING = -1;

    private final Core core;
    /** The term that the fields below are about; they start anew with each leader. */
    private long matchTerm = NOTHING;
    /** Up to here the log equals the leader's. */
    private long matched;
    /** The last index that the leader was told is durable here. */
    private long acknowledged;
    /** The last index of the messages that are not answered yet. */
    private long owed;
    /** The newest round among the messages that are answered together. */
    private long round;

    Follower(Core core) {
        this.core = core;
    }

    /**
     * Handles entries, or a probe, of the leader of the present term.
     *
     * @param memberships those that the entries bring; each is in force as soon as its entry is in the log (Raft §6)
     */
    Optional<Rejection> append(
            NodeId from, Message.AppendEntries message, EntrySizes sizes, List<LoggedMembership> memberships) {
        if (!isWellFormed(message)) {
            return Optional.of(Rejection.MALFORMED);
        }
        enterTerm();
        LogId prev = message.prev();
        long termHere = core.log.termAt(prev.index());
        if (prev.index() >= core.log.purged().index() && termHere != prev.term()) {
            return refuse(from, message, termHere);
        }
        long conflict = firstDifference(message);
        long last = message.last().index();
        if (conflict <= last && core.log.termAt(conflict - 1) > termIn(message, conflict)) {
            return Optional.of(Rejection.COMMITTED_CONFLICT);
        }
        if (conflict <= Math.min(core.log.lastIndex(), last)) {
            if (conflict <= Math.max(core.ladder.commit(), matched)) {
                return Optional.of(Rejection.COMMITTED_CONFLICT);
            }
            core.log.truncateFrom(conflict);
            core.memberships.truncateFrom(conflict);
            core.outbox.truncateFrom(conflict);
        }
        if (conflict <= last) {
            append(message.entries(), sizes, conflict, prev.index());
            for (LoggedMembership logged : memberships) {
                if (logged.index() >= conflict) {
                    core.memberships.append(logged);
                }
            }
            core.outbox.entries(conflict, last);
        }
        matched = Math.max(matched, last);
        owed = Math.max(owed, last);
        round = Math.max(round, message.round());
        core.ladder.commitTo(Math.min(message.commitIndex(), matched));
        if (durablyMatched() >= owed) {
            acknowledge(from);
        }
        return Optional.empty();
    }

    /**
     * Answers the sign of life of the leader of the present term.
     *
     * @param restoring true while a snapshot takes the place of the log, which then is not looked at
     */
    Optional<Rejection> heartbeat(NodeId from, Message.Heartbeat message, boolean restoring) {
        enterTerm();
        boolean known = restoring || message.commitIndex() <= core.log.lastIndex();
        if (known && !restoring) {
            matched = Math.max(matched, message.commitIndex());
            core.ladder.commitTo(message.commitIndex());
        }
        core.outbox.send(from, new Message.HeartbeatResponse(core.term(), message.round(), core.options.priority()));
        return known ? Optional.empty() : Optional.of(Rejection.COMMIT_BEYOND_LOG);
    }

    /** More is durable: acknowledges what the leader does not know yet. */
    void persisted() {
        if (owed == NOTHING || core.role() != Role.FOLLOWER || matchTerm != core.term()) {
            return;
        }
        long durable = durablyMatched();
        boolean worthTelling = durable > acknowledged && core.gate.isHardStatePersisted();
        if (durable >= owed || worthTelling) {
            core.leader().ifPresent(this::acknowledge);
        }
    }

    /** The log was replaced by a snapshot: tells the leader, if one is known, that it may go on from there. */
    void restored() {
        enterTerm();
        matched = core.ladder.commit();
        core.leader().ifPresent(this::acknowledge);
    }

    private void acknowledge(NodeId leader) {
        acknowledged = durablyMatched();
        if (acknowledged >= owed) {
            owed = NOTHING;
        }
        core.outbox.send(leader, new Message.AppendAccepted(core.term(), acknowledged, round));
    }

    private Optional<Rejection> refuse(NodeId from, Message.AppendEntries message, long termHere) {
        long prevIndex = message.prev().index();
        if (prevIndex <= core.ladder.commit()) {
            return Optional.of(Rejection.COMMITTED_CONFLICT);
        }
        Optional<LogId> conflict = termHere == TermRuns.UNKNOWN
                ? Optional.empty()
                : Optional.of(new LogId(termHere, core.log.firstIndexOfRunAt(prevIndex)));
        core.outbox.send(
                from,
                new Message.AppendRejected(core.term(), prevIndex, core.log.lastIndex(), conflict, message.round()));
        return Optional.empty();
    }

    /**
     * The first index of the message whose entry is not in the log; one above the message's last when all are. What is
     * purged was committed, and so is equal.
     */
    private long firstDifference(Message.AppendEntries message) {
        for (TermRun run : message.entries()) {
            long index = Math.max(run.firstIndex(), core.log.purged().index() + 1);
            while (index <= run.lastIndex()) {
                if (core.log.termAt(index) != run.term()) {
                    return index;
                }
                // All that follows in our own run has the same term: one look a run, not one an entry.
                index = core.log.lastIndexOfTermAtMost(run.term(), run.lastIndex()) + 1;
            }
        }
        return Math.max(message.last().index(), core.log.purged().index()) + 1;
    }

    private void append(List<TermRun> entries, EntrySizes sizes, long firstNew, long prevIndex) {
        for (TermRun run : entries) {
            long first = Math.max(run.firstIndex(), firstNew);
            if (first <= run.lastIndex()) {
                int place = Math.toIntExact(first - prevIndex - 1);
                core.log.append(run.term(), sizes, place, Math.toIntExact(run.lastIndex() - first + 1));
            }
        }
    }

    private static long termIn(Message.AppendEntries message, long index) {
        for (TermRun run : message.entries()) {
            if (index <= run.lastIndex()) {
                return run.term();
            }
        }
        return TermRuns.UNKNOWN;
    }

    private static boolean isWellFormed(Message.AppendEntries message) {
        long term = message.prev().term();
        for (TermRun run : message.entries()) {
            if (run.term() < term) {
                return false;
            }
            term = run.term();
        }
        return term <= message.term();
    }

    private long durablyMatched() {
        return Math.min(matched, core.gate.persistedIndex());
    }

    private void enterTerm() {
        if (matchTerm != core.term()) {
            matchTerm = core.term();
            // Every later leader holds what is committed here (Leader Completeness, Raft §5.4.3).
            matched = core.ladder.commit();
            acknowledged = NOTHING;
            owed = NOTHING;
            round = 0;
        }
    }
}
