package dev.quorate.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.Message.AppendAccepted;
import dev.quorate.raft.Message.AppendEntries;
import dev.quorate.raft.Message.Heartbeat;
import dev.quorate.raft.Message.HeartbeatResponse;
import dev.quorate.raft.Message.PreVoteRequest;
import dev.quorate.raft.Message.PreVoteResponse;
import dev.quorate.raft.Message.ReadIndexRequest;
import dev.quorate.raft.Message.ReadIndexResponse;
import dev.quorate.raft.Message.VoteRequest;
import dev.quorate.raft.Message.VoteResponse;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What {@link Rejoining} says of a node whose disk lost something, sentence by sentence. */
class RejoinTest {
    private static final LogId LATE = new LogId(9, 90);

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

        assertThat(node.raft.nextDeadlineNanos()).isEqualTo(Election.NEVER);
        node.pass(100 * Subject.T);
        assertThat(node.step(new Input.TimerFired())).isEmpty();
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
        node.from(2, new ReadIndexResponse(6, question, Optional.empty()));
        node.from(3, new ReadIndexResponse(8, question, Optional.empty()));
        node.from(4, new ReadIndexResponse(6, question + 1, Optional.empty()));
        node.from(4, new ReadIndexResponse(6, question, Optional.empty()));
        assertThat(node.raft.term()).as("one is missing").isEqualTo(2);

        assertThat(Subject.sent(node.timeout(), 5)).contains(new ReadIndexRequest(2, question));
        List<Effect> effects = node.from(5, new ReadIndexResponse(7, question, Optional.empty()));
        assertThat(Subject.only(Effect.Persist.class, effects))
                .singleElement()
                .extracting(Effect.Persist::hardState)
                .isEqualTo(Optional.of(new HardState(9, Optional.empty())));
        assertThat(node.raft.isRejoining()).isTrue();
    }

    @Test
    void anAnswerToAnEarlierLifeIsNoAnswer() {
        long before = question(damaged(2, Rejoin.VOTE_LOST, 1, 2).timeout());
        Subject node = new Subject(recovered(2, Rejoin.VOTE_LOST, 1, 2), 99);
        node.timeout();
        for (long voter = 2; voter <= 5; voter++) {
            node.from(voter, new ReadIndexResponse(6, before, Optional.empty()));
        }
        assertThat(node.raft.term()).isEqualTo(2);
    }

    @Test
    void whoAsksAnswersTheSameQuestionOfOthers() {
        Subject node = damaged(2, Rejoin.VOTE_LOST, 1, 2);
        assertThat(Subject.sent(node.from(3, new ReadIndexRequest(0, 77)), 3))
                .containsExactly(new ReadIndexResponse(2, 77, Optional.empty()));
    }

    @Test
    void aFirstStartVotesForAnEmptyLogAndForNoOther() {
        Subject node = first();
        node.from(2, new VoteRequest(1, new LogId(1, 1)));
        assertThat(Subject.sent(node.persist(), 2)).containsExactly(new VoteResponse(1, false));
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
            node.from(voter, new ReadIndexResponse(1, question, Optional.empty()));
        }
        node.persist();
        assertThat(node.raft.term()).isEqualTo(2);
        assertThat(node.raft.isRejoining()).isTrue();
    }

    @Test
    void firstStartsFormACluster() {
        Subject node = first();
        node.win();
        assertThat(node.raft.role()).isEqualTo(Role.LEADER);
        assertThat(node.raft.isRejoining()).isFalse();
    }

    @Test
    void aNodeAloneAndALearnerHaveNothingToFear() {
        RecoveredState alone = RecoveredState.fresh(Subject.membership(1));
        assertThat(new Subject(with(alone, Rejoin.FIRST_START), 1).raft.isRejoining())
                .isFalse();
        RecoveredState others = RecoveredState.fresh(Membership.ofVoters(NodeId.of(2), NodeId.of(3)));
        assertThat(new Subject(with(others, Rejoin.FIRST_START), 1).raft.isRejoining())
                .isFalse();
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
        assertThat(asked).singleElement().isInstanceOf(ReadIndexRequest.class);
        for (long voter = 3; voter <= 5; voter++) {
            assertThat(Subject.sent(effects, voter)).isEqualTo(asked);
        }
        return ((ReadIndexRequest) asked.get(0)).readId();
    }
}
