package dev.quorate.raft;

import dev.quorate.raft.Rejoin.Reason;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The way of a node whose disk lost something back to a vote (after "Protocol-Aware Recovery for Consensus-Based
 * Storage", FAST '18, but without repairing entry by entry).
 *
 * <pre>
 *   FIRST_START ──heard a leader it did not vote for──► VOTE_LOST ──all have told──► term := R ──┐
 *        │                                                                                       ▼
 *        └─ leads, or the leader it voted for is there ─► whole ◄─ an entry of a term ≥ R ── ENTRIES_LOST
 *                                                                  is durable
 * </pre>
 *
 * <p><b>Catching up</b> (ENTRIES_LOST). The node may have acknowledged entries that it does not hold any more. It takes
 * entries and acknowledges them: an acknowledgement in a term ≥ R is about what is durable <em>now</em>. Let R be above
 * every term in which it promised anything. Then, when an entry of a term T ≥ R is durable here, the node holds every
 * entry e that was committed with its lost help, and is whole:
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
 * <p><b>Asking.</b> The node asks every other voter how far it is, with a number that no earlier question had. When it
 * does not know its vote it takes nothing from anyone meanwhile, and enters a term R above all that it was told: a
 * candidate makes its term durable before it asks for a vote, and keeps it. A quorum would not do, as the one candidate
 * that holds the forgotten vote may not be in it. A voter that does not answer keeps the node out until it comes back
 * or is removed; the others lose nothing but this node, which they had lost before.
 *
 * <p>Whom to ask may be forgotten, too. So an answer tells the newest membership there, and whose answers it takes: its
 * voters, and those of the ones before it while it may be cut off. The node is told all when everyone has answered whom
 * the newest membership of any answer calls for. Members that were removed by a committed change are not needed: a
 * quorum that stored the change has seen a term as high as any in which they could still have won.
 *
 * <p><b>A vote before it is whole.</b> Each answer names the last entry there, and M is the latest of them. The leader
 * that committed an entry with the lost help, or would with an acknowledgement that is still on its way, has that entry
 * in its log, or another voter has; so M is not before it, and neither is any log that is as up to date as M. For such
 * a candidate, itself included, the node may vote. Without that a cluster of two voters, and one whose only leader ever
 * got no further than a part of the voters, could wait for ever.
 *
 * <p><b>A first start</b> looks like a wiped disk. Such a node votes only for an empty log, as is right when a cluster
 * is formed and useless in one that has entries; once there is a leader that it did not vote for, or a candidate with
 * entries, it has lost its vote, and the storage notes it as that. What cannot be told apart: a wiped disk in a cluster
 * of which another voter has never stored an entry. A cluster that begins with a snapshot is the same with "empty" read
 * as "ends with the snapshot": all its members begin with the same one, and every later entry has a later term.
 */
final class Rejoining {
    /** After so many election timeouts without a leader the node, though told all, asks again. */
    private static final int REPEAT_TIMEOUTS = 3;

    private final Core core;
    /** The last term of the log that a first start begins with, and every other member of a new cluster too. */
    private final long begun;

    private Reason reason;
    /** R, while the node catches up. */
    private long term;

    private long question;
    private long askAtNanos = Election.NEVER;
    /** Who has spoken to the node: what it knows even when it knows no membership, or an old one. */
    private final TreeSet<NodeId> heard = new TreeSet<>();
    /** The answers to the present question. */
    private final TreeMap<NodeId, Message.StandingResponse> answers = new TreeMap<>();
    /** True once everyone who matters has answered a question; {@link #newest} is M then. */
    private boolean informed;

    private LogId newest = LogId.ZERO;

    Rejoining(Core core, Rejoin rejoin) {
        this.core = core;
        this.reason = rejoin.reason();
        this.term = rejoin.term();
        this.begun = rejoin.reason() == Reason.FIRST_START ? rejoin.term() : 0;
        boolean isVoter = core.membership().isVoter(core.self);
        if (reason == Reason.FIRST_START && core.isSoleVoter()) {
            reason = Reason.NONE;
        } else if (reason == Reason.FIRST_START && isVoter && core.log.last().term() > begun) {
            // It got entries, and nobody noted that it was whole before.
            reason = Reason.VOTE_LOST;
        }
        if (reason == Reason.VOTE_LOST || reason == Reason.ENTRIES_LOST) {
            ask();
        }
        persisted();
    }

    /** True when nothing that the node promised is missing. */
    boolean isWhole() {
        return reason == Reason.NONE;
    }

    /** True while nothing but answers to the question may be taken. */
    boolean isAsking() {
        return reason == Reason.VOTE_LOST;
    }

    /** True while the node is to find out what it promised. */
    boolean isInquiring() {
        return reason == Reason.VOTE_LOST || reason == Reason.ENTRIES_LOST;
    }

    /** True when the node may give its vote, or its promise of one, to a log that ends here. */
    boolean mayVoteFor(LogId candidateLast) {
        return switch (reason) {
            case NONE -> true;
            case FIRST_START -> candidateLast.term() == begun;
            case VOTE_LOST -> false;
            case ENTRIES_LOST -> informed && candidateLast.compareTo(newest) >= 0;
        };
    }

    /** True when the node may ask for votes. */
    boolean mayCampaign() {
        return mayVoteFor(core.log.last());
    }

    /** True when a snapshot may take the place of the log. */
    boolean mayInstall() {
        return isWhole() || reason == Reason.ENTRIES_LOST || isNewLearner();
    }

    /**
     * A leader of the present term or a later one was heard.
     *
     * @param matched up to here the leader knows the log of this node
     */
    void heardLeader(NodeId leader, long leaderTerm, long matched) {
        if (isNewLearner()) {
            if (matched > core.log.lastIndex()) {
                loseVote(leader);
            }
        } else if (isInquiring()) {
            hear(leader);
        } else if (reason == Reason.FIRST_START) {
            boolean electedByMe = leaderTerm == core.term()
                    && core.votedFor().isPresent()
                    && core.votedFor().get().equals(leader);
            if (electedByMe) {
                becomeWhole();
            } else {
                loseVote(leader);
            }
        }
    }

    /** A candidate was heard. */
    void heardCandidate(NodeId candidate, Message request) {
        if (isInquiring()) {
            hear(candidate);
        }
        LogId last = request instanceof Message.VoteRequest vote
                ? vote.last()
                : request instanceof Message.PreVoteRequest preVote ? preVote.last() : LogId.ZERO;
        if (reason == Reason.FIRST_START && last.term() > begun) {
            // A learner too: who asks it for a vote takes it for a voter, and nobody becomes one without entries.
            loseVote(candidate);
        }
    }

    /** The node leads: a quorum of empty logs formed the cluster, or its log is as up to date as any. */
    void leads() {
        becomeWhole();
    }

    /** Somebody told how far it is; true when the node is to enter {@link #term} because of that. */
    boolean answered(NodeId from, Message.StandingResponse response) {
        if (!isInquiring() || response.number() != question || !asked().contains(from)) {
            return false;
        }
        answers.put(from, response);
        if (isComplete()) {
            return told();
        }
        if (!response.voters().isEmpty()) {
            // It may have named somebody who was not asked yet.
            askAtNanos = core.nowNanos();
        }
        return false;
    }

    /** The term to enter. */
    long term() {
        return term;
    }

    /** The newest membership that an answer told of, when it is newer than the node's own. */
    Optional<Membership> toldMembership() {
        LogId at = core.membershipAt();
        Optional<Membership> told = Optional.empty();
        for (Message.StandingResponse answer : answers.values()) {
            boolean known = !answer.membership().voters().isEmpty();
            boolean newer = answer.membershipAt().compareTo(at) > 0
                    || (told.isEmpty() && core.membership().voters().isEmpty());
            if (known && newer) {
                at = answer.membershipAt();
                told = Optional.of(answer.membership());
            }
        }
        return told;
    }

    /** More is durable; true, once, when that makes the node whole. */
    boolean persisted() {
        long index = core.gate.persistedIndex();
        boolean caughtUp = reason == Reason.ENTRIES_LOST && core.log.termAt(index) >= term;
        if (caughtUp || (isNewLearner() && index > 0)) {
            becomeWhole();
            return true;
        }
        return false;
    }

    /** When {@link #timeout} is due. */
    long deadlineNanos() {
        return askAtNanos;
    }

    /** Asks those that have not answered; who was told all and still has no leader begins anew. */
    void timeout() {
        if (core.nowNanos() < askAtNanos) {
            return;
        }
        boolean complete = isComplete();
        if (complete && core.leader().isEmpty()) {
            ask();
        }
        if (!complete || core.leader().isEmpty()) {
            for (NodeId node : asked()) {
                if (!answers.containsKey(node)) {
                    core.outbox.send(node, new Message.StandingRequest(core.term(), question));
                }
            }
        }
        long wait = complete ? REPEAT_TIMEOUTS : 1;
        askAtNanos = core.nowNanos() + wait * core.options.electionTimeoutNanos();
    }

    /** True for a node that starts empty and has no vote: only what a leader still thinks of it can tell of a loss. */
    private boolean isNewLearner() {
        return reason == Reason.FIRST_START && !core.membership().isVoter(core.self);
    }

    private void loseVote(NodeId by) {
        reason = Reason.VOTE_LOST;
        heard.add(by);
        ask();
    }

    /** Somebody who leads or campaigns knows a membership, perhaps a newer one than this node. */
    private void hear(NodeId other) {
        if (!informed && heard.size() < Membership.MEMBERS_MAX && heard.add(other)) {
            askAtNanos = core.nowNanos();
        }
    }

    private void becomeWhole() {
        reason = Reason.NONE;
        askAtNanos = Election.NEVER;
        answers.clear();
    }

    private void ask() {
        question = core.randomNumber();
        answers.clear();
        askAtNanos = core.nowNanos();
    }

    /** Everyone who matters has answered; true when that gives the node the term to enter. */
    private boolean told() {
        newest = LogId.ZERO;
        long highest = core.term();
        SortedSet<NodeId> called = called();
        for (Message.StandingResponse answer : answers.values()) {
            highest = Math.max(highest, answer.term());
        }
        for (NodeId voter : called) {
            LogId last = Objects.requireNonNull(answers.get(voter)).last();
            newest = last.compareTo(newest) > 0 ? last : newest;
        }
        informed = true;
        askAtNanos = core.nowNanos() + REPEAT_TIMEOUTS * core.options.electionTimeoutNanos();
        boolean voteUnknown = reason == Reason.VOTE_LOST;
        if (voteUnknown) {
            term = highest + 1;
            reason = Reason.ENTRIES_LOST;
        }
        return voteUnknown;
    }

    /** The other nodes whose answers are needed, as far as the node knows; none while it knows nobody. */
    private SortedSet<NodeId> called() {
        LogId at = core.membershipAt();
        SortedSet<NodeId> voters = core.memberships.possibleVoters(core.ladder.commit());
        for (Message.StandingResponse answer : answers.values()) {
            int order = voters.isEmpty() ? 1 : answer.membershipAt().compareTo(at);
            boolean fewer = answer.voters().size() < voters.size();
            if (!answer.voters().isEmpty() && (order > 0 || (order == 0 && fewer))) {
                at = answer.membershipAt();
                voters = answer.voters();
            }
        }
        SortedSet<NodeId> others = new TreeSet<>(voters);
        others.remove(core.self);
        return others;
    }

    private boolean isComplete() {
        SortedSet<NodeId> called = called();
        return !called.isEmpty() && answers.keySet().containsAll(called);
    }

    private SortedSet<NodeId> asked() {
        SortedSet<NodeId> asked = called();
        asked.addAll(heard);
        return asked;
    }
}
