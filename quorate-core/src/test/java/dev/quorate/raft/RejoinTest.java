package dev.quorate.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.Message.AppendAccepted;
import dev.quorate.raft.Message.AppendEntries;
import dev.quorate.raft.Message.Heartbeat;
import dev.quorate.raft.Message.HeartbeatResponse;
import dev.quorate.raft.Message.PreVoteRequest;
import dev.quorate.raft.Message.PreVoteResponse;
import dev.quorate.raft.Message.StandingRequest;
import dev.quorate.raft.Message.StandingResponse;
import dev.quorate.raft.Message.VoteRequest;
import dev.quorate.raft.Message.VoteResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@link Rejoining} says of a node whose disk lost something, sentence by sentence. */
class RejoinTest {
    private static final LogId LATE = new LogId(9, 90);
    private static final LogId BEGUN = new LogId(7, 120);
    private static final LogId OLD = new LogId(1, 1);

    @Test
    void whoLostEntriesVotesForNobody() {
        Subject node = damaged(5, Rejoin.entriesLost(5), 1, 2);
        node.pass(2 * Subject.T);

        assertThat(Subject.sent(node.from(2, new PreVoteRequest(10, LATE)), 2))
                .containsExactly(new PreVoteResponse(5, false));
        node.from(2, new VoteRequest(10, LATE));
        assertThat(Subject.sent(node.persist(), 2)).containsExactly(new VoteResponse(10, false));
    }

    @Test
    void whoLostEntriesDoesNotCampaign() {
        Subject node = damaged(5, Rejoin.entriesLost(5), 1, 2);

        for (int times = 0; times < 100; times++) {
            node.pass(Subject.T);
            for (Effect effect : node.step(new Input.TimerFired())) {
                assertThat(((Effect.Send) effect).message()).isInstanceOf(StandingRequest.class);
            }
        }
        assertThat(node.raft.role()).isEqualTo(Role.FOLLOWER);
    }

    @Test
    void aLeaderThatCountsWhatWasLostLearnsThatItsTermIsOver() {
        Subject node = damaged(5, Rejoin.entriesLost(5), 1, 2);

        List<Effect> effects = node.from(2, new AppendEntries(4, new LogId(2, 2), List.of(), 2, 7));
        assertThat(Subject.sent(effects, 2)).containsExactly(new HeartbeatResponse(5, 0));
    }

    @Test
    void anEntryOfALaterTermMakesItWholeOnceItIsDurable() {
        Subject node = damaged(5, Rejoin.entriesLost(5), 1, 2);
        List<TermRun> old = List.of(new TermRun(3, 3, 4));
        node.from(2, new AppendEntries(6, new LogId(2, 2), old, 0, 1));
        assertThat(Subject.sent(node.persist(), 2)).contains(new AppendAccepted(6, 4, 1));
        assertThat(node.raft.isRejoining()).as("entries of terms before").isTrue();

        node.from(2, new AppendEntries(6, new LogId(3, 4), List.of(new TermRun(6, 5, 5)), 0, 1));
        assertThat(node.raft.isRejoining()).as("not durable yet").isTrue();
        node.persist();
        assertThat(node.raft.isRejoining()).isFalse();

        node.pass(2 * Subject.T);
        node.from(3, new VoteRequest(10, LATE));
        assertThat(Subject.sent(node.persist(), 3)).containsExactly(new VoteResponse(10, true));
    }

    @Test
    void whoFindsItselfRepairedAtTheStartIsWhole() {
        assertThat(damaged(6, Rejoin.entriesLost(5), 1, 2, 6).raft.isRejoining())
                .isFalse();
    }

    @Test
    void whoLostItsVoteTakesNothingUntilEveryVoterHasToldItsTerm() {
        Subject node = damaged(2, Rejoin.VOTE_LOST, 1, 2);
        long question = question(node.timeout());

        assertThat(node.from(2, new Heartbeat(6, 2, 3))).isEmpty();
        assertThat(node.from(2, new AppendEntries(6, new LogId(2, 2), List.of(), 2, 3)))
                .isEmpty();
        assertThat(node.from(2, new VoteRequest(9, LATE))).isEmpty();
        node.from(2, told(6, question, OLD));
        node.from(3, told(8, question, OLD));
        node.from(4, told(6, question + 1, OLD));
        node.from(4, told(6, question, OLD));
        assertThat(node.raft.term()).as("one is missing").isEqualTo(2);

        assertThat(Subject.sent(node.timeout(), 5)).contains(new StandingRequest(2, question));
        List<Effect> effects = node.from(5, told(7, question, OLD));
        assertThat(Subject.only(Effect.Persist.class, effects))
                .singleElement()
                .extracting(Effect.Persist::hardState)
                .isEqualTo(Optional.of(new HardState(9, Optional.empty())));
        assertThat(node.raft.isRejoining()).isTrue();
    }

    @Test
    void whoHasAskedVotesForALogThatIsAsUpToDateAsAnyItHeardOf() {
        Subject node = damaged(2, Rejoin.VOTE_LOST, 1, 2);
        long question = question(node.timeout());
        for (long voter = 2; voter <= 4; voter++) {
            node.from(voter, told(6, question, OLD));
        }
        node.from(5, told(6, question, new LogId(6, 50)));
        node.persist();
        node.pass(2 * Subject.T);

        node.from(3, new VoteRequest(9, new LogId(6, 49)));
        assertThat(Subject.sent(node.persist(), 3)).containsExactly(new VoteResponse(9, false));
        node.from(5, new VoteRequest(10, new LogId(6, 50)));
        assertThat(Subject.sent(node.persist(), 5)).containsExactly(new VoteResponse(10, true));
        assertThat(node.raft.isRejoining()).isTrue();
    }

    @Test
    void anAnswerToAnEarlierLifeIsNoAnswer() {
        long before = question(damaged(2, Rejoin.VOTE_LOST, 1, 2).timeout());
        Subject node = new Subject(recovered(2, Rejoin.VOTE_LOST, 1, 2), 99);
        node.timeout();
        for (long voter = 2; voter <= 5; voter++) {
            node.from(voter, told(6, before, OLD));
        }
        assertThat(node.raft.term()).isEqualTo(2);
    }

    @Test
    void whoAsksAnswersTheSameQuestionOfOthers() {
        Subject node = damaged(2, Rejoin.VOTE_LOST, 1, 2);
        assertThat(Subject.sent(node.from(3, new StandingRequest(0, 77)), 3))
                .containsExactly(told(2, 77, new LogId(2, 2)));
    }

    @Test
    void aFirstStartVotesForAnEmptyLog() {
        Subject node = first();
        node.from(3, new VoteRequest(1, LogId.ZERO));
        assertThat(Subject.sent(node.persist(), 3)).containsExactly(new VoteResponse(1, true));
        assertThat(node.raft.isRejoining()).as("the candidate may have lost").isTrue();

        node.from(3, new Heartbeat(1, 0, 1));
        assertThat(node.raft.isRejoining()).isFalse();
    }

    @Test
    void aFirstStartAsksWhenThereIsALeaderThatItDidNotVoteFor() {
        Subject node = first();
        assertThat(node.from(3, new Heartbeat(1, 0, 1))).isEmpty();
        long question = question(node.timeout());
        for (long voter = 2; voter <= 5; voter++) {
            node.from(voter, told(1, question, OLD));
        }
        node.persist();
        assertThat(node.raft.term()).isEqualTo(2);
        assertThat(node.raft.isRejoining()).isTrue();
    }

    @Test
    void aFirstStartAsksWhenACandidateHasEntries() {
        Subject node = first();
        assertThat(node.from(2, new VoteRequest(4, OLD))).isEmpty();
        assertThat(node.raft.term()).isZero();
        question(node.timeout());
    }

    @Test
    void firstStartsFormACluster() {
        Subject node = first();
        node.win();
        assertThat(node.raft.role()).isEqualTo(Role.LEADER);
        assertThat(node.raft.isRejoining()).isFalse();
    }

    @Test
    void firstStartsFromASnapshotFormACluster() {
        Subject node = restored();
        assertThat(node.raft.isRejoining()).isTrue();
        node.win();
        assertThat(node.raft.role()).isEqualTo(Role.LEADER);
        assertThat(node.raft.isRejoining()).isFalse();
    }

    @Test
    void aFirstStartFromASnapshotVotesForALogThatEndsWithIt() {
        Subject node = restored();
        node.pass(2 * Subject.T);
        assertThat(Subject.sent(node.from(3, new PreVoteRequest(8, BEGUN)), 3))
                .containsExactly(new PreVoteResponse(8, true));
    }

    @Test
    void aFirstStartFromASnapshotAsksWhenACandidateHasMore() {
        Subject node = restored();
        node.pass(2 * Subject.T);
        assertThat(Subject.sent(node.from(3, new VoteRequest(9, new LogId(8, 121))), 3))
                .as("the cluster has gone on, perhaps with a vote of this node")
                .isEmpty();
        assertThat(node.raft.term()).isEqualTo(7);
        question(node.timeout());
    }

    @Test
    void aFirstStartFromASnapshotThatHasMoreAsks() {
        Subject node = new Subject(restored(8, List.of(new TermRun(8, 121, 122)), EntrySizes.of(0, 0)), 1);
        assertThat(node.raft.isAskingVoters()).isTrue();
        question(node.timeout());
    }

    @Test
    void aNodeAloneHasNothingToFear() {
        RecoveredState alone = RecoveredState.fresh(Subject.membership(1));
        assertThat(new Subject(with(alone, Rejoin.FIRST_START), 1).raft.isRejoining())
                .isFalse();
    }

    @Test
    void aNewLearnerAsksOnlyWhenALeaderThinksThatItHasEntries() {
        Membership others = Membership.ofVoters(NodeId.of(2), NodeId.of(3), NodeId.of(4), NodeId.of(5));
        Subject fresh = new Subject(with(RecoveredState.fresh(others), Rejoin.FIRST_START), 1);
        fresh.from(2, new Heartbeat(3, 0, 1));
        fresh.from(2, new AppendEntries(3, LogId.ZERO, List.of(new TermRun(1, 1, 1)), 0, 1));
        fresh.persist();
        assertThat(fresh.raft.isRejoining()).isFalse();

        Subject wiped = new Subject(with(RecoveredState.fresh(others), Rejoin.FIRST_START), 1);
        assertThat(wiped.from(2, new Heartbeat(3, 7, 1))).isEmpty();
        question(wiped.timeout());
    }

    @Test
    void whoLostEntriesVotesForALogThatHoldsThemOnceAllHaveToldWhatTheyHave() {
        Subject node = damaged(5, Rejoin.entriesLost(5), 1, 2);
        long question = question(node.timeout());
        for (long voter = 2; voter <= 5; voter++) {
            node.from(voter, told(4, question, voter == 4 ? new LogId(4, 50) : OLD));
        }
        assertThat(node.raft.term()).isEqualTo(5);
        node.pass(2 * Subject.T);

        assertThat(Subject.sent(node.from(3, new PreVoteRequest(6, new LogId(4, 49))), 3))
                .containsExactly(new PreVoteResponse(5, false));
        assertThat(Subject.sent(node.from(4, new PreVoteRequest(6, new LogId(4, 50))), 4))
                .containsExactly(new PreVoteResponse(6, true));
        assertThat(node.raft.isRejoining()).isTrue();
    }

    @Test
    void whoWasToldAllAndStillHasNoLeaderAsksAnew() {
        Subject node = damaged(5, Rejoin.entriesLost(5), 1, 2);
        long question = question(node.timeout());
        for (long voter = 2; voter <= 5; voter++) {
            node.from(voter, told(4, question, LATE));
        }
        long next = question(node.timeout());
        assertThat(next).isNotEqualTo(question);
        for (long voter = 2; voter <= 4; voter++) {
            node.from(voter, told(4, next, OLD));
        }
        node.pass(2 * Subject.T);
        assertThat(Subject.sent(node.from(4, new PreVoteRequest(6, OLD)), 4))
                .as("the old answers count until all new ones are there")
                .containsExactly(new PreVoteResponse(5, false));
    }

    @Test
    void whoForgotAChangeOfMembershipAsksThoseThatTheNewestAnswerNames() {
        Subject node = damaged(2, Rejoin.VOTE_LOST, 1, 2);
        long question = question(node.timeout());
        Membership later = Membership.ofVoters(NodeId.of(1), NodeId.of(2), NodeId.of(7));
        List<Effect> effects = node.from(2, told(6, question, OLD, new LogId(3, 9), later));
        assertThat(effects).contains(new Effect.MembershipHeard(later));
        for (long voter = 3; voter <= 5; voter++) {
            node.from(voter, told(99, question, OLD));
        }
        assertThat(node.raft.term()).as("node 7 has not told").isEqualTo(2);

        assertThat(Subject.sent(node.timeout(), 7)).containsExactly(new StandingRequest(2, question));
        node.from(7, told(8, question, OLD, new LogId(3, 9), later));
        assertThat(node.raft.term())
                .as("above all that was told by those who matter")
                .isEqualTo(9);
    }

    @Test
    void aNodeThatWasRemovedDoesNotSayHowNewALogMustBe() {
        Subject node = damaged(5, Rejoin.entriesLost(5), 1, 2);
        long question = question(node.timeout());
        Membership later = Membership.ofVoters(NodeId.of(1), NodeId.of(2));
        node.from(3, told(4, question, LATE));
        node.from(2, told(4, question, new LogId(4, 50), new LogId(3, 9), later));
        node.pass(2 * Subject.T);
        assertThat(Subject.sent(node.from(2, new PreVoteRequest(6, new LogId(4, 50))), 2))
                .as("node 3 is no voter any more, whatever its log holds")
                .containsExactly(new PreVoteResponse(6, true));
    }

    @Test
    void whoForgotItsTermKeepsAPromiseThatItMayHaveGivenForAnElectionTimeout() {
        Subject node = damaged(0, Rejoin.VOTE_LOST);
        long question = question(node.timeout());
        for (long voter = 2; voter <= 5; voter++) {
            node.from(voter, told(6, question, OLD));
        }
        node.persist();
        assertThat(Subject.sent(node.from(3, new PreVoteRequest(9, OLD)), 3))
                .as("a leader may hold a lease by what this node told it")
                .containsExactly(new PreVoteResponse(7, false));
        node.pass(2 * Subject.T);
        assertThat(Subject.sent(node.from(3, new PreVoteRequest(9, OLD)), 3))
                .containsExactly(new PreVoteResponse(9, true));
    }

    @Test
    void whoLostEntriesTellsNobodyThatItIsNoMember() {
        Subject node = damaged(5, Rejoin.entriesLost(5), 1, 2);
        assertThat(Subject.sent(node.from(7, new PreVoteRequest(5, LATE)), 7))
                .containsExactly(new PreVoteResponse(5, false));
    }

    @Test
    void aJoiningNodeThatLostItsDataAsksWhoThinksThatItHasSome() {
        Subject wiped = new Subject(with(RecoveredState.fresh(Membership.NONE), Rejoin.FIRST_START), 1);
        assertThat(wiped.from(2, new Heartbeat(3, 7, 1))).isEmpty();
        List<Effect> asked = wiped.timeout();
        long question = ((StandingRequest) Subject.sent(asked, 2).get(0)).number();
        Membership members = Membership.ofVoters(NodeId.of(1), NodeId.of(2), NodeId.of(3));
        wiped.from(2, told(3, question, OLD, OLD, members));
        assertThat(Subject.sent(wiped.timeout(), 3)).containsExactly(new StandingRequest(0, question));
        wiped.from(3, told(4, question, OLD, OLD, members));
        assertThat(wiped.raft.term()).isEqualTo(5);
    }

    @Test
    void aJoiningNodeThatWentDownWithItsFirstEntriesIsWhole() {
        RecoveredState joined = new RecoveredState(
                new HardState(1, Optional.empty()),
                Membership.NONE,
                LogId.ZERO,
                LogId.ZERO,
                0,
                List.of(new TermRun(1, 1, 3)),
                EntrySizes.of(0, 0, 0),
                Rejoin.FIRST_START);
        assertThat(new Subject(joined, 1).raft.isRejoining()).isFalse();
    }

    private static StandingResponse told(long term, long question, LogId last) {
        return told(term, question, last, LogId.ZERO, Subject.membership(5));
    }

    private static StandingResponse told(long term, long question, LogId last, LogId at, Membership membership) {
        return new StandingResponse(term, question, last, at, membership, membership.voters());
    }

    /** A node whose disk holds a snapshot that its cluster begins with, and nothing else. */
    private static Subject restored() {
        return new Subject(restored(7, List.of(), EntrySizes.NONE), 1);
    }

    private static RecoveredState restored(long term, List<TermRun> runs, EntrySizes sizes) {
        return new RecoveredState(
                new HardState(term, Optional.empty()),
                Subject.membership(5),
                BEGUN,
                BEGUN,
                BEGUN.index(),
                runs,
                sizes,
                Rejoin.firstStart(7));
    }

    private static Subject first() {
        return new Subject(with(RecoveredState.fresh(Subject.membership(5)), Rejoin.FIRST_START), 1);
    }

    private static Subject damaged(long term, Rejoin rejoin, long... terms) {
        return new Subject(recovered(term, rejoin, terms), 1);
    }

    private static RecoveredState recovered(long term, Rejoin rejoin, long... terms) {
        return with(Subject.recovered(5, term, terms), rejoin);
    }

    private static RecoveredState with(RecoveredState state, Rejoin rejoin) {
        return new RecoveredState(
                state.hardState(),
                state.membership(),
                state.purged(),
                state.snapshot(),
                state.applied(),
                state.runs(),
                state.sizes(),
                rejoin);
    }

    /** The number of the question that every other voter got. */
    private static long question(List<Effect> effects) {
        List<Message> asked = Subject.sent(effects, 2);
        assertThat(asked).singleElement().isInstanceOf(StandingRequest.class);
        for (long voter = 3; voter <= 5; voter++) {
            assertThat(Subject.sent(effects, voter)).isEqualTo(asked);
        }
        return ((StandingRequest) asked.get(0)).number();
    }
}
