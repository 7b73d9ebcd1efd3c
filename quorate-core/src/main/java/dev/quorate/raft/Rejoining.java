package dev.quorate.raft;

import dev.quorate.raft.Rejoin.Reason;
import java.util.Map;
import java.util.TreeMap;

/**
 * The way of a node whose disk lost something back to a vote (after "Protocol-Aware Recovery for Consensus-Based
 * Storage", FAST '18, but without a message of its own).
 *
 * <pre>
 *   FIRST_START ──heard a leader it did not vote for──► asking ──every voter told its term──┐
 *        │                                               ▲                                  │ term := R
 *        │       or a log with entries                   │        ENTRIES_LOST (term is R)  ▼
 *        │                             VOTE_LOST ────────┘               └────────► catching up
 *        └─ leads, or the leader it voted for is there ─► whole ◄── an entry of a term ≥ R is durable
 * </pre>
 *
 * <p><b>Catching up.</b> The node may have acknowledged entries that it does not hold any more, so it neither votes nor
 * campaigns. It takes entries and acknowledges them: an acknowledgement in a term ≥ R is about what is durable
 * <em>now</em>. Let R be above every term in which it promised anything. Then, when an entry of a term T ≥ R is durable
 * here, the node holds every entry e that was committed with its lost help, and is whole:
 *
 * <ul>
 *   <li>e was committed in a term t &lt; R by a quorum; the leader of T was elected by a quorum without this node, or
 *       with its vote as below. Without it the two share a voter that is not this node, that stored e before it voted,
 *       and voted for a log that holds e (Raft §5.4.3). So every leader of a term ≥ R holds e, below the first entry of
 *       its own term.
 *   <li>This node's log equals such a leader's up to an entry of a term ≥ R, so it holds e, too. From here on it is a
 *       voter like any other, and the proof of the paper goes through it.
 *   <li>It is never two voters of one term: it gave no vote in R, and all its forgotten votes are for earlier terms.
 * </ul>
 *
 * When term and vote are known, R is one above: the storage enters it before the node starts. A leader that still
 * counts an acknowledgement of the past leads an earlier term and learns of R by the first answer.
 *
 * <p><b>Asking.</b> When the vote is lost, R must be above every term that any voter has begun: a candidate makes its
 * term durable before it asks for a vote, and keeps it. So the node asks <em>every</em> other voter for its term, with
 * a number that no earlier life has used, takes nothing from anyone meanwhile, and enters a term above all. A quorum
 * would not do: the one candidate that holds the forgotten vote may not be in it. A voter that does not answer keeps
 * the node out until it comes back or is removed; the others lose nothing but this node, which they had lost before.
 *
 * <p>Each answer also names the last entry there, and M is the latest of them. An entry that was committed with the
 * lost help is in the log of another voter, so M is not before it, and neither is any log that is as up to date as M:
 * for such a candidate, itself included, the node may vote while it still catches up. Without that, a cluster whose
 * only leader ever got no further than a part of the voters could wait for ever.
 *
 * <p><b>A first start</b> looks like a wiped disk. Such a node votes only for an empty log, as is right when a cluster
 * is formed and useless in one that has entries; once there is a leader that it did not vote for, or a candidate with
 * entries, it asks. What cannot be told apart: a wiped disk in a cluster of which another voter has never stored an
 * entry.
 */
final class Rejoining {
    private final Core core;
    private Reason reason;
    /** R, while the node catches up. */
    private long term;

    private boolean asking;
    private long question;
    private long askAtNanos = Election.NEVER;
    /** What the voters that were asked have told. */
    private final Map<NodeId, Long> terms = new TreeMap<>();

    /** M. */
    private LogId newest = LogId.ZERO;

    Rejoining(Core core, Rejoin rejoin) {
        this.core = core;
        this.reason = rejoin.reason();
        this.term = rejoin.term();
        if (reason == Reason.FIRST_START && core.isSoleVoter()) {
            reason = Reason.NONE;
        }
        if (reason == Reason.FIRST_START && core.log.lastIndex() > 0) {
            // It got entries, and went down before it was noted whether it had asked for them.
            reason = Reason.VOTE_LOST;
        }
        if (reason == Reason.VOTE_LOST) {
            beginToAsk();
        }
        persisted();
    }

    /** True when nothing that the node promised is missing. */
    boolean isWhole() {
        return reason == Reason.NONE;
    }

    /** True while nothing but answers to the question may be taken. */
    boolean isAsking() {
        return asking;
    }

    /** True when the node may give its vote, or its promise of one, to a log that ends here. */
    boolean mayVoteFor(LogId candidateLast) {
        if (reason == Reason.FIRST_START && !asking) {
            return candidateLast.equals(LogId.ZERO);
        }
        return isWhole() || (!asking && !terms.isEmpty() && candidateLast.compareTo(newest) >= 0);
    }

    /** True when the node may ask for votes. */
    boolean mayCampaign() {
        return mayVoteFor(core.log.last());
    }

    /** True when a snapshot may take the place of the log. */
    boolean mayInstall() {
        return isWhole() || (!asking && (reason == Reason.ENTRIES_LOST || isNewLearner()));
    }

    /**
     * A leader of the present term or a later one was heard.
     *
     * @param matched up to here the leader knows the log of this node
     */
    void heardLeader(NodeId leader, long leaderTerm, long matched) {
        if (isNewLearner()) {
            if (matched > core.log.lastIndex()) {
                beginToAsk();
            }
        } else if (reason == Reason.FIRST_START && !asking) {
            boolean electedByMe = leaderTerm == core.term()
                    && core.votedFor().isPresent()
                    && core.votedFor().get().equals(leader);
            if (electedByMe) {
                reason = Reason.NONE;
            } else {
                beginToAsk();
            }
        }
    }

    /** A candidate was heard. */
    void heardCandidate(Message request) {
        LogId last = request instanceof Message.VoteRequest vote
                ? vote.last()
                : request instanceof Message.PreVoteRequest preVote ? preVote.last() : LogId.ZERO;
        if (reason == Reason.FIRST_START && !asking && !isNewLearner() && last.index() > 0) {
            beginToAsk();
        }
    }

    /** The node leads: a quorum of empty logs formed the cluster, or its log is as up to date as any. */
    void leads() {
        reason = Reason.NONE;
    }

    /**
     * A voter told how far it is; true when it was the last one to be heard, and the node is to enter {@link #term}.
     */
    boolean answered(NodeId from, Message.StandingResponse response) {
        if (!asking || response.number() != question || !core.membership().isVoter(from)) {
            return false;
        }
        terms.merge(from, response.term(), Math::max);
        if (response.last().compareTo(newest) > 0) {
            newest = response.last();
        }
        if (!haveAllAnswered()) {
            return false;
        }
        asking = false;
        askAtNanos = Election.NEVER;
        term = core.term();
        for (long each : terms.values()) {
            term = Math.max(term, each);
        }
        term++;
        reason = Reason.ENTRIES_LOST;
        return true;
    }

    /** The term to enter. */
    long term() {
        return term;
    }

    /** More is durable; true, once, when that makes the node whole. */
    boolean persisted() {
        if (isNewLearner() && core.gate.persistedIndex() > 0) {
            reason = Reason.NONE;
            return true;
        }
        boolean caughtUp =
                reason == Reason.ENTRIES_LOST && !asking && core.log.termAt(core.gate.persistedIndex()) >= term;
        if (!caughtUp) {
            return false;
        }
        if (!terms.isEmpty() && !haveAllAnswered()) {
            // Voters that the node did not know of when it asked: they may hold a vote of it, too.
            beginToAsk();
            return false;
        }
        reason = Reason.NONE;
        return true;
    }

    /** When {@link #timeout} is due. */
    long deadlineNanos() {
        return askAtNanos;
    }

    /** Asks those again that have not answered. */
    void timeout() {
        if (asking && core.nowNanos() >= askAtNanos) {
            for (NodeId member : core.membership().members()) {
                if (isOther(member) && !terms.containsKey(member)) {
                    core.outbox.send(member, new Message.StandingRequest(core.term(), question));
                }
            }
            askAtNanos = core.nowNanos() + core.options.electionTimeoutNanos();
        }
    }

    /** True for a node that starts empty and has no vote: only what a leader still thinks of it can tell of a loss. */
    private boolean isNewLearner() {
        return reason == Reason.FIRST_START && !asking && !core.membership().isVoter(core.self);
    }

    private void beginToAsk() {
        asking = true;
        question = core.randomNumber();
        askAtNanos = core.nowNanos();
    }

    private boolean haveAllAnswered() {
        for (NodeId member : core.membership().members()) {
            if (isOther(member) && !terms.containsKey(member)) {
                return false;
            }
        }
        return true;
    }

    private boolean isOther(NodeId member) {
        return core.membership().isVoter(member) && !member.equals(core.self);
    }
}
