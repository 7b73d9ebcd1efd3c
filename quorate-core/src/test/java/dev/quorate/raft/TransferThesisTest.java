package dev.quorate.raft;

import static dev.quorate.raft.Subject.HEARTBEAT;
import static dev.quorate.raft.Subject.T;
import static dev.quorate.raft.Subject.only;
import static dev.quorate.raft.Subject.sent;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The sentences of Ongaro's thesis, §3.10, and what belongs to them: priorities, and leaders whose disk stalls. */
class TransferThesisTest {
    private static final NodeId TWO = NodeId.of(2);
    private static final NodeId THREE = NodeId.of(3);

    private static List<Effect> transfer(Subject subject, NodeId to) {
        return subject.step(new Input.TransferLeadership(5, Optional.of(to)));
    }

    private static ChangeRefusal refusal(List<Effect> effects) {
        return only(Effect.TransferRefused.class, effects).get(0).reason();
    }

    private static Message.AppendAccepted accepted(long match) {
        return new Message.AppendAccepted(1, match, 1);
    }

    // 3.10: the steps of a transfer

    @Test
    void priorLeaderStopsToTakeProposals() {
        Subject subject = Subject.leading(3).settle();
        transfer(subject, THREE);

        assertThat(only(Effect.ProposalRefused.class, subject.propose(1)))
                .extracting(Effect.ProposalRefused::reason)
                .containsExactly(Refusal.TRANSFERRING);
        assertThat(subject.raft.last().index()).isEqualTo(1);
    }

    @Test
    void priorLeaderBringsTheTargetsLogUpToDateBeforeItSendsTimeoutNow() {
        Subject subject = Subject.leading(3).settle();
        subject.propose(1, 1);
        subject.persist();

        assertThat(sent(transfer(subject, TWO), 2)).doesNotContain(new Message.TimeoutNow(1));
        assertThat(sent(subject.from(2, accepted(2)), 2)).doesNotContain(new Message.TimeoutNow(1));
        assertThat(sent(subject.from(2, accepted(3)), 2)).contains(new Message.TimeoutNow(1));
    }

    @Test
    void leaseIsRevokedBeforeTimeoutNowLeavesAndNeverComesBackInTheTerm() {
        Subject subject = Subject.leading(3).settle();

        List<Effect> effects = transfer(subject, TWO);
        assertThat(effects.get(0)).isEqualTo(new Effect.LeaseChanged(false, 0));
        assertThat(sent(effects, 2)).containsExactly(new Message.TimeoutNow(1));
        for (int i = 0; i < 40; i++) {
            subject.timeout();
            assertThat(only(Effect.LeaseChanged.class, subject.from(3, new Message.HeartbeatResponse(1, i + 2))))
                    .isEmpty();
        }
        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);
    }

    @Test
    void targetCampaignsAtOnceAndWithoutPreVote() {
        Subject subject = Subject.fresh(3);
        subject.from(2, new Message.Heartbeat(1, 0, 1));
        subject.persist();

        subject.from(2, new Message.TimeoutNow(1));
        assertThat(subject.raft.role()).isEqualTo(Role.CANDIDATE);
        assertThat(sent(subject.persist(), 3)).containsExactly(new Message.VoteRequest(2, LogId.ZERO, true));
    }

    @Test
    void timeoutNowOfAnyoneButTheLeaderOfTheTermIsIgnored() {
        Subject subject = Subject.fresh(3);
        subject.from(2, new Message.Heartbeat(1, 0, 1));
        subject.persist();

        subject.from(3, new Message.TimeoutNow(1));
        subject.from(2, new Message.TimeoutNow(0));
        subject.from(2, new Message.TimeoutNow(2));
        assertThat(subject.raft.role()).isEqualTo(Role.FOLLOWER);
    }

    @Test
    void voterOfALiveLeaderVotesForACandidateThatTheLeaderAskedToCampaign() {
        Subject subject = Subject.fresh(3);
        subject.from(2, new Message.Heartbeat(1, 0, 1));
        subject.persist();

        subject.from(3, new Message.VoteRequest(2, LogId.ZERO, true));
        assertThat(sent(subject.persist(), 3)).containsExactly(new Message.VoteResponse(2, true));
    }

    @Test
    void transferIsAnsweredWhenTheNewLeaderIsHeard() {
        Subject subject = Subject.leading(3).settle();
        transfer(subject, TWO);
        subject.from(2, new Message.VoteRequest(2, new LogId(1, 1), true));
        assertThat(subject.raft.role()).isEqualTo(Role.FOLLOWER);
        subject.persist();

        assertThat(only(Effect.Transferred.class, subject.from(2, new Message.Heartbeat(2, 1, 1))))
                .containsExactly(new Effect.Transferred(5, TWO));
    }

    @Test
    void transferIsAbortedAfterAnElectionTimeoutAndTheLeaderGoesOn() {
        Subject subject = Subject.leading(3).settle();
        transfer(subject, TWO);
        long begun = subject.nowNanos();
        List<Effect> refused = List.of();
        while (refused.isEmpty()) {
            refused = List.copyOf(only(Effect.TransferRefused.class, subject.timeout()));
            subject.from(3, new Message.HeartbeatResponse(1, 1));
        }

        assertThat(refusal(refused)).isEqualTo(ChangeRefusal.TIMED_OUT);
        assertThat(subject.nowNanos()).isEqualTo(begun + T);
        assertThat(only(Effect.ProposalAccepted.class, subject.propose(1))).hasSize(1);
    }

    @Test
    void transferWithoutANewLeaderIsUnknown() {
        Subject subject = Subject.leading(3).settle();
        transfer(subject, TWO);
        subject.from(2, new Message.VoteRequest(2, new LogId(1, 1), true));
        subject.persist();
        List<Effect> refused = List.of();
        while (refused.isEmpty()) {
            refused = List.copyOf(only(Effect.TransferRefused.class, subject.timeout()));
        }

        assertThat(refusal(refused)).isEqualTo(ChangeRefusal.LEADERSHIP_LOST);
    }

    @Test
    void impossibleTransfersAreRefusedAtOnce() {
        assertThat(refusal(transfer(Subject.fresh(3), TWO))).isEqualTo(ChangeRefusal.NOT_LEADER);
        Subject subject = Subject.leading(3).settle();
        assertThat(refusal(transfer(subject, NodeId.of(9)))).isEqualTo(ChangeRefusal.INVALID);
        assertThat(only(Effect.Transferred.class, transfer(subject, NodeId.of(1))))
                .containsExactly(new Effect.Transferred(5, NodeId.of(1)));
        transfer(subject, TWO);
        assertThat(refusal(transfer(subject, THREE))).isEqualTo(ChangeRefusal.TRANSFER_IN_PROGRESS);
        assertThat(only(
                        Effect.ReconfigureRefused.class,
                        subject.step(new Input.Reconfigure(6, MembershipChange.remove(TWO)))))
                .extracting(Effect.ReconfigureRefused::reason)
                .containsExactly(ChangeRefusal.TRANSFER_IN_PROGRESS);
    }

    // priority

    @Test
    void bestTargetHasTheHighestPriorityAndThenTheLongestLog() {
        Subject subject = Subject.leading(4).settle();
        subject.from(2, new Message.HeartbeatResponse(1, 1, 3));
        subject.from(3, new Message.HeartbeatResponse(1, 1, 4));
        subject.from(4, new Message.HeartbeatResponse(1, 1, 4));
        subject.propose(1);
        subject.persist();
        subject.from(4, accepted(2));

        List<Effect> effects = subject.step(new Input.TransferLeadership(5, Optional.empty()));
        assertThat(sent(effects, 4)).containsExactly(new Message.TimeoutNow(1));
    }

    @Test
    void nodeOfLowerPriorityWaitsLonger() {
        for (long seed = 1; seed <= 200; seed++) {
            Subject eager = new Subject(RecoveredState.fresh(Subject.membership(3)), seed, 10);
            Subject reluctant = new Subject(RecoveredState.fresh(Subject.membership(3)), seed, 0);

            assertThat(eager.raft.nextDeadlineNanos()).isLessThan(eager.nowNanos() + 2 * T);
            assertThat(reluctant.raft.nextDeadlineNanos())
                    .isGreaterThanOrEqualTo(reluctant.nowNanos() + 2 * T)
                    .isLessThan(reluctant.nowNanos() + 3 * T);
        }
    }

    @Test
    void leaderHandsOverToACaughtUpVoterOfHigherPriority() {
        Subject subject = new Subject(RecoveredState.fresh(Subject.membership(3)), 1, 2);
        subject.win();
        subject.settle();
        long elected = subject.nowNanos();
        while (sent(subject.timeout(), 3).stream().noneMatch(Message.TimeoutNow.class::isInstance)) {
            subject.from(2, new Message.HeartbeatResponse(1, 1, 1));
            subject.from(3, new Message.HeartbeatResponse(1, 1, 3));
            subject.from(3, accepted(1));
            assertThat(subject.nowNanos()).isLessThan(elected + 10 * T);
        }

        assertThat(subject.nowNanos()).isGreaterThanOrEqualTo(elected + 4 * T);
    }

    @Test
    void leaderKeepsItsOfficeAmongEquals() {
        Subject subject = Subject.leading(3).settle();
        for (int i = 0; i < 100; i++) {
            assertThat(sent(subject.timeout(), 2)).noneMatch(Message.TimeoutNow.class::isInstance);
            subject.from(2, new Message.HeartbeatResponse(1, 1));
            subject.from(2, accepted(1));
        }
        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);
    }

    // a disk that stalls

    @Test
    void leaderWhoseDiskStallsHandsOverAndStepsDownWithinAnElectionTimeout() {
        Subject subject = Subject.leading(3).settle();
        subject.propose(1);
        long stalled = subject.nowNanos();
        subject.from(2, accepted(2));
        boolean handedOver = false;
        while (subject.raft.role() == Role.LEADER) {
            List<Effect> effects = subject.timeout();
            handedOver |= sent(effects, 2).contains(new Message.TimeoutNow(1));
            subject.from(2, new Message.HeartbeatResponse(1, 1));
            subject.from(3, new Message.HeartbeatResponse(1, 1));
        }

        assertThat(handedOver).isTrue();
        assertThat(subject.nowNanos()).isEqualTo(stalled + T);
    }

    @Test
    void leaderWhoseDiskIsSlowButWorksStays() {
        Subject subject = Subject.leading(3).settle();
        for (int i = 2; i < 60; i++) {
            subject.propose(1);
            subject.pass(4 * HEARTBEAT);
            subject.timeout();
            subject.persist();
            subject.from(2, accepted(i));
        }

        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);
        assertThat(subject.raft.term()).isEqualTo(1);
    }

    @Test
    void soleVoterHasNobodyToYieldTo() {
        Subject subject = Subject.leading(1);
        subject.persist();
        subject.propose(1);
        subject.pass(100 * T);
        subject.timeout();

        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);
    }
}
