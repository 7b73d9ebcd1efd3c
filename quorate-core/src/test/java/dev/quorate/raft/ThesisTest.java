package dev.quorate.raft;

import static dev.quorate.raft.Subject.DRIFT;
import static dev.quorate.raft.Subject.HEARTBEAT;
import static dev.quorate.raft.Subject.T;
import static dev.quorate.raft.Subject.only;
import static dev.quorate.raft.Subject.sent;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The sentences of Ongaro's thesis (chapters 3, 4, 6 and 9) that state a property the paper does not. */
class ThesisTest {
    private static final Message.HeartbeatResponse echo(long round) {
        return new Message.HeartbeatResponse(1, round);
    }

    // 3.8: what an answer rests on is durable before it leaves

    @Test
    void termIsDurableBeforeAnyMessageTellsIt() {
        Subject subject = Subject.fresh(3);

        assertThat(sent(subject.from(2, new Message.Heartbeat(4, 0, 1)), 2)).isEmpty();
        assertThat(sent(subject.from(2, new Message.Heartbeat(4, 0, 2)), 2)).isEmpty();

        assertThat(sent(subject.persist(), 2))
                .containsExactly(new Message.HeartbeatResponse(4, 1), new Message.HeartbeatResponse(4, 2));
    }

    @Test
    void heartbeatIsAnsweredWhileEntriesAreBeingWritten() {
        Subject subject = Subject.fresh(3);
        subject.from(2, new Message.Heartbeat(1, 0, 1));
        subject.persist();
        subject.from(2, new Message.AppendEntries(1, LogId.ZERO, MessageText.runs(0, "1x2"), 0, 1));

        assertThat(sent(subject.from(2, new Message.Heartbeat(1, 0, 2)), 2)).containsExactly(echo(2));
    }

    // 4.2.1: non-voting servers

    @Test
    void learnerReceivesEntriesAndNeverCounts() {
        TreeMap<NodeId, String> addresses = new TreeMap<>(Subject.membership(4).addresses());
        TreeSet<NodeId> voters = new TreeSet<>(Subject.membership(3).voters());
        Membership membership =
                new Membership(voters, new TreeSet<>(), new TreeSet<>(List.of(NodeId.of(4))), addresses);
        Subject subject = new Subject(RecoveredState.fresh(membership), 1);
        subject.campaign();

        subject.from(4, new Message.VoteResponse(1, true));
        assertThat(subject.raft.role()).isEqualTo(Role.CANDIDATE);

        List<Effect> effects = subject.from(3, new Message.VoteResponse(1, true));
        assertThat(sent(effects, 4)).hasSize(1);
        subject.persist();
        subject.from(4, new Message.AppendAccepted(1, 1, 1));
        assertThat(subject.raft.commitIndex()).isZero();
    }

    @Test
    void nodeThatIsNoVoterNeverCampaigns() {
        Membership others = Membership.ofVoters(NodeId.of(2), NodeId.of(3));
        Subject subject = new Subject(RecoveredState.fresh(others), 1);

        assertThat(subject.raft.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
        subject.pass(100 * T);
        assertThat(subject.step(new Input.TimerFired())).isEmpty();
    }

    // 4.2.3: disruptive servers

    @Test
    void followerOfALiveLeaderIgnoresRequestsForVotesAndTheirTerms() {
        Subject subject = Subject.fresh(3);
        subject.from(2, new Message.Heartbeat(1, 0, 1));
        subject.persist();
        subject.pass(T - 1);

        assertThat(subject.from(3, new Message.VoteRequest(9, new LogId(8, 8)))).isEmpty();
        assertThat(sent(subject.from(3, new Message.PreVoteRequest(9, new LogId(8, 8))), 3))
                .containsExactly(new Message.PreVoteResponse(1, false));
        assertThat(subject.raft.term()).isEqualTo(1);
        assertThat(subject.raft.leader()).contains(NodeId.of(2));

        subject.pass(1);
        subject.from(3, new Message.VoteRequest(9, new LogId(8, 8)));
        assertThat(subject.raft.term()).isEqualTo(9);
    }

    @Test
    void leaderIgnoresRequestsForVotesAndTheirTerms() {
        Subject subject = Subject.leading(3).settle();

        assertThat(subject.from(3, new Message.VoteRequest(9, new LogId(8, 8)))).isEmpty();
        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);
    }

    // 6.2: a leader that is cut off

    @Test
    void leaderThatNoQuorumAnswersForAnElectionTimeoutStepsDown() {
        Subject subject = Subject.leading(5).settle();
        long begun = subject.nowNanos();
        subject.pass(T / 2);
        // One of four is not enough.
        subject.from(2, echo(1));

        while (subject.raft.role() == Role.LEADER) {
            subject.timeout();
        }

        assertThat(subject.nowNanos()).isEqualTo(begun + T);
        assertThat(subject.raft.leader()).isEmpty();
        assertThat(subject.raft.term()).isEqualTo(1);
    }

    @Test
    void leaderThatAQuorumAnswersStays() {
        Subject subject = Subject.leading(5).settle();

        for (int i = 0; i < 50; i++) {
            subject.timeout();
            subject.from(2 + i % 4, echo(1));
            subject.from(2 + (i + 1) % 4, echo(1));
        }

        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);
    }

    // 6.4: linearizable reads

    @Test
    void readIsConfirmedOnlyByARoundThatBeganAfterIt() {
        Subject subject = Subject.leading(3).settle();
        subject.timeout();

        // Round 2 is on its way when the read comes.
        subject.read(1);
        assertThat(only(Effect.ReadReady.class, subject.from(2, echo(2)))).isEmpty();

        assertThat(only(Effect.ReadReady.class, subject.from(2, echo(3)))).hasSize(1);
    }

    @Test
    void readsThatComeWhileARoundRunsShareTheNext() {
        Subject subject = Subject.leading(3).settle();
        assertThat(sent(subject.read(1), 2)).hasSize(1);

        for (long readId = 2; readId <= 50; readId++) {
            assertThat(subject.read(readId)).isEmpty();
        }
        List<Effect> first = subject.from(2, echo(2));
        assertThat(only(Effect.ReadReady.class, first)).hasSize(1);
        assertThat(sent(first, 2)).hasSize(1);
        assertThat(only(Effect.ReadReady.class, subject.from(3, echo(3)))).hasSize(49);
    }

    @Test
    void readIndexIsTheCommitIndexAtTheTimeOfTheRead() {
        Subject subject = Subject.leading(3).settle();
        subject.propose(1);
        subject.persist();
        subject.read(1);
        subject.from(2, new Message.AppendAccepted(1, 2, 1));
        subject.read(2);

        subject.from(2, echo(2));
        assertThat(only(Effect.ReadReady.class, subject.from(2, echo(3)))).containsExactly(new Effect.ReadReady(2, 2));
    }

    @Test
    void followersReadGetsTheIndexOfTheLeader() {
        Subject leader = Subject.leading(3).settle();
        leader.from(2, new Message.ReadIndexRequest(1, 44));

        assertThat(sent(leader.from(3, echo(2)), 2))
                .containsExactly(new Message.ReadIndexResponse(1, 44, Optional.of(1L)));
    }

    @Test
    void followersReadIsNotConfirmedByAnAnswerToAnEarlierLife() {
        Subject before = new Subject(RecoveredState.fresh(Subject.membership(3)), 1);
        Subject after = new Subject(RecoveredState.fresh(Subject.membership(3)), 2);
        for (Subject life : List.of(before, after)) {
            life.from(2, new Message.Heartbeat(1, 0, 1));
            life.persist();
        }
        Message.ReadIndexRequest old =
                (Message.ReadIndexRequest) sent(before.read(1), 2).get(0);
        after.read(1);

        assertThat(after.from(2, new Message.ReadIndexResponse(1, old.readId(), Optional.of(3L))))
                .isEmpty();
    }

    @Test
    void deposedLeaderRefusesTheReadsThatWait() {
        Subject subject = Subject.leading(3).settle();
        subject.read(1);

        assertThat(only(Effect.ReadRefused.class, subject.from(2, new Message.HeartbeatResponse(5, 0))))
                .containsExactly(new Effect.ReadRefused(1, Refusal.LEADERSHIP_LOST, Optional.empty()));
    }

    @Test
    void answerToALeaderOfThePastConfirmsNoRoundOfThePresent() {
        Subject subject = Subject.withLog(6);

        assertThat(sent(subject.from(2, new Message.Heartbeat(5, 0, 88)), 2))
                .containsExactly(new Message.HeartbeatResponse(6, 0));
        assertThat(sent(subject.from(2, new Message.AppendEntries(5, LogId.ZERO, List.of(), 0, 88)), 2))
                .containsExactly(new Message.HeartbeatResponse(6, 0));
    }

    // 6.4.1: leases

    @Test
    void leaseCountsFromTheTimeTheRoundWasSent() {
        Subject subject = Subject.leading(3).settle();
        subject.timeout();
        long begun = subject.nowNanos();
        subject.pass(HEARTBEAT / 2);

        assertThat(only(Effect.LeaseChanged.class, subject.from(2, echo(2))))
                .containsExactly(new Effect.LeaseChanged(true, begun + T - DRIFT));
    }

    @Test
    void leaseNeedsAnEntryOfTheOwnTermCommitted() {
        Subject subject = Subject.leading(3);
        subject.persist();

        assertThat(only(Effect.LeaseChanged.class, subject.from(2, echo(1)))).isEmpty();
        assertThat(only(Effect.LeaseChanged.class, subject.from(2, new Message.AppendAccepted(1, 1, 1))))
                .hasSize(1);
    }

    @Test
    void leaseIsRevokedBeforeAnythingElseOfAStepDown() {
        Subject subject = Subject.leading(3).settle();
        subject.read(1);

        List<Effect> effects = subject.from(2, new Message.HeartbeatResponse(5, 0));

        assertThat(effects.get(0)).isEqualTo(new Effect.LeaseChanged(false, 0));
        assertThat(effects.get(1)).isEqualTo(new Effect.RoleChanged(Role.FOLLOWER, 5, Optional.empty()));
    }

    @Test
    void leaseIsToldAFewTimesAHeartbeatAndNotForEveryAnswer() {
        Subject subject = Subject.leading(3).settle();
        int told = 0;
        for (int i = 0; i < 1000; i++) {
            subject.pass(HEARTBEAT / 1000);
            subject.read(i);
            told += only(Effect.LeaseChanged.class, subject.from(2, echo(i + 2)))
                    .size();
        }

        assertThat(told).isBetween(1, 4);
    }

    @Test
    void nobodyIsElectedWhileALeaseCanLast() {
        // The voter hears the round as soon as it begins, restarts, and is asked by a candidate one drift before the
        // lease is over.
        Subject voter = Subject.fresh(3);
        voter.from(2, new Message.Heartbeat(1, 0, 1));
        voter.persist();
        Subject restarted = new Subject(Subject.recovered(3, 1), 5);

        restarted.pass(T - DRIFT);
        assertThat(restarted.from(3, new Message.VoteRequest(2, LogId.ZERO))).isEmpty();
        assertThat(restarted.raft.nextDeadlineNanos()).isGreaterThan(restarted.nowNanos());
        assertThat(restarted.raft.term()).isEqualTo(1);
    }

    // 9.6: pre-vote

    @Test
    void preVoteChangesNothingAtTheVoter() {
        Subject subject = Subject.withLog(3, 1);
        long deadline = subject.raft.nextDeadlineNanos();

        assertThat(subject.from(2, new Message.PreVoteRequest(4, new LogId(1, 1))))
                .containsExactly(new Effect.Send(NodeId.of(2), new Message.PreVoteResponse(4, true)));

        assertThat(subject.raft.term()).isEqualTo(3);
        assertThat(subject.raft.status().votedFor()).isEmpty();
        assertThat(subject.raft.nextDeadlineNanos()).isEqualTo(deadline);
    }

    @Test
    void nodeThatIsCutOffDoesNotRaiseItsTerm() {
        Subject subject = Subject.fresh(3);

        for (int i = 0; i < 20; i++) {
            subject.timeout();
        }

        assertThat(subject.raft.role()).isEqualTo(Role.PRE_CANDIDATE);
        assertThat(subject.raft.term()).isZero();
    }

    @Test
    void preVoteOfAnotherTermDoesNotCount() {
        Subject subject = Subject.withLog(3);
        subject.timeout();

        for (long peer = 2; peer <= 5; peer++) {
            subject.from(peer, new Message.PreVoteResponse(3, true));
        }

        assertThat(subject.raft.role()).isEqualTo(Role.PRE_CANDIDATE);
    }
}
