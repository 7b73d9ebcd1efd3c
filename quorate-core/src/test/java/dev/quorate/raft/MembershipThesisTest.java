package dev.quorate.raft;

import static dev.quorate.raft.Subject.DRIFT;
import static dev.quorate.raft.Subject.HEARTBEAT;
import static dev.quorate.raft.Subject.T;
import static dev.quorate.raft.Subject.only;
import static dev.quorate.raft.Subject.sent;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The sentences of Ongaro's thesis, chapter 4 and Raft §6, that state a property of a change of membership. */
class MembershipThesisTest {
    private static NodeId id(long id) {
        return NodeId.of(id);
    }

    private static SortedSet<NodeId> ids(long... ids) {
        SortedSet<NodeId> set = new TreeSet<>();
        for (long each : ids) {
            set.add(id(each));
        }
        return set;
    }

    private static Membership membership(
            SortedSet<NodeId> voters, SortedSet<NodeId> outgoing, SortedSet<NodeId> learners) {
        TreeMap<NodeId, String> addresses = new TreeMap<>();
        List.of(voters, outgoing, learners).forEach(each -> each.forEach(node -> addresses.put(node, "")));
        return new Membership(voters, outgoing, learners, addresses);
    }

    private static Membership voters(long... voters) {
        return membership(ids(voters), ids(), ids());
    }

    private static List<Effect> change(Subject subject, MembershipChange change) {
        return subject.step(new Input.Reconfigure(7, change));
    }

    private static void acknowledge(Subject subject, long from) {
        subject.from(from, new Message.AppendAccepted(1, subject.raft.last().index(), 1));
    }

    private static ChangeRefusal refusal(List<Effect> effects) {
        return only(Effect.ReconfigureRefused.class, effects).get(0).reason();
    }

    /** A leader of 1, 2, 3 with learner 4, which has caught up. */
    private static Subject withLearner() {
        Subject subject = new Subject(RecoveredState.fresh(membership(ids(1, 2, 3), ids(), ids(4))), 1);
        subject.win();
        subject.settle();
        acknowledge(subject, 4);
        return subject;
    }

    private static List<Effect> memberships(Subject subject, long index, Membership membership) {
        long prev = index - 1;
        return subject.step(new Input.Received(
                id(2),
                new Message.AppendEntries(
                        1, prev == 0 ? LogId.ZERO : new LogId(1, prev), List.of(new TermRun(1, index, index)), 0, 1),
                EntrySizes.of(0),
                List.of(new LoggedMembership(index, membership))));
    }

    // Raft 6, thesis 4.1 and 4.3: joint consensus

    @Test
    void serverUsesTheLatestConfigurationInItsLogWhetherCommittedOrNot() {
        Subject subject = Subject.fresh(3);
        Membership joint = membership(ids(1, 2, 3, 4), ids(1, 2, 3), ids());

        assertThat(only(Effect.MembershipChanged.class, memberships(subject, 1, joint)))
                .containsExactly(new Effect.MembershipChanged(joint));
        assertThat(subject.raft.commitIndex()).isZero();
        assertThat(subject.raft.membership()).isEqualTo(joint);
    }

    @Test
    void serverFallsBackToTheConfigurationBeforeWhenTheEntryIsRemovedFromItsLog() {
        Subject subject = Subject.fresh(3);
        memberships(subject, 1, membership(ids(1, 2, 3, 4), ids(1, 2, 3), ids()));
        subject.persist();

        Message overwrites = new Message.AppendEntries(2, LogId.ZERO, List.of(new TermRun(2, 1, 1)), 0, 1);
        assertThat(only(Effect.MembershipChanged.class, subject.from(3, overwrites)))
                .containsExactly(new Effect.MembershipChanged(voters(1, 2, 3)));
        assertThat(subject.raft.membership()).isEqualTo(voters(1, 2, 3));
    }

    @Test
    void jointConfigurationNeedsSeparateMajoritiesForCommitment() {
        Subject subject = withLearner();
        change(subject, MembershipChange.replace(id(3), id(4), ""));
        subject.persist();
        long joint = subject.raft.last().index();
        assertThat(subject.raft.membership()).isEqualTo(membership(ids(1, 2, 4), ids(1, 2, 3), ids()));

        // 1 and 4 are two of the new three, but one of the old three.
        acknowledge(subject, 4);
        assertThat(subject.raft.commitIndex()).isLessThan(joint);
        // 3 with 1 makes the old majority.
        acknowledge(subject, 3);
        assertThat(subject.raft.commitIndex()).isEqualTo(joint);
    }

    @Test
    void leaderLeavesTheJointConfigurationByItselfOnceItIsCommitted() {
        Subject subject = withLearner();
        assertThat(only(Effect.MembershipAppended.class, change(subject, MembershipChange.promote(id(4)))))
                .extracting(Effect.MembershipAppended::membership)
                .containsExactly(membership(ids(1, 2, 3, 4), ids(1, 2, 3), ids()));
        subject.persist();
        subject.from(2, new Message.AppendAccepted(1, subject.raft.last().index(), 1));
        List<Effect> effects = subject.from(
                3, new Message.AppendAccepted(1, subject.raft.last().index(), 1));

        assertThat(only(Effect.MembershipAppended.class, effects))
                .extracting(Effect.MembershipAppended::membership)
                .containsExactly(voters(1, 2, 3, 4));
        assertThat(only(Effect.Reconfigured.class, effects)).isEmpty();

        subject.persist();
        acknowledge(subject, 2);
        effects = subject.from(
                3, new Message.AppendAccepted(1, subject.raft.last().index(), 1));
        assertThat(only(Effect.Reconfigured.class, effects))
                .containsExactly(new Effect.Reconfigured(7, voters(1, 2, 3, 4)));
    }

    @Test
    void newLeaderThatFindsAJointConfigurationCompletesIt() {
        Membership joint = membership(ids(1, 2, 4), ids(1, 2, 3), ids());
        RecoveredState recovered = new RecoveredState(
                new HardState(1, Optional.empty()),
                voters(1, 2, 3),
                LogId.ZERO,
                LogId.ZERO,
                0,
                List.of(new TermRun(1, 1, 1)),
                EntrySizes.of(0),
                List.of(new LoggedMembership(1, joint)));
        Subject subject = new Subject(recovered, 1);
        subject.win();
        subject.persist();
        assertThat(subject.raft.membership()).isEqualTo(joint);

        subject.from(2, new Message.AppendAccepted(2, 2, 1));
        assertThat(subject.raft.membership()).isEqualTo(voters(1, 2, 4));
        assertThat(subject.raft.last().index()).isEqualTo(3);
    }

    @Test
    void candidateInAJointConfigurationNeedsVotesOfBothMajorities() {
        Subject subject = new Subject(RecoveredState.fresh(membership(ids(1, 4, 5), ids(1, 2, 3), ids())), 1);
        subject.timeout();
        subject.from(2, new Message.PreVoteResponse(1, true));
        subject.from(3, new Message.PreVoteResponse(1, true));
        assertThat(subject.raft.role()).isEqualTo(Role.PRE_CANDIDATE);
        subject.from(5, new Message.PreVoteResponse(1, true));
        subject.persist();

        subject.from(4, new Message.VoteResponse(1, true));
        subject.from(5, new Message.VoteResponse(1, true));
        assertThat(subject.raft.role()).isEqualTo(Role.CANDIDATE);
        subject.from(2, new Message.VoteResponse(1, true));
        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);
    }

    @Test
    void readsLeaseAndCheckQuorumNeedBothMajorities() {
        Subject subject = withLearner();
        change(subject, MembershipChange.voters(ids(1, 4)));
        long changed = subject.nowNanos();
        subject.read(1);
        long round = only(Effect.Send.class, subject.timeout()).stream()
                .filter(send -> send.message() instanceof Message.Heartbeat)
                .mapToLong(send -> ((Message.Heartbeat) send.message()).round())
                .max()
                .orElseThrow();

        assertThat(only(Effect.ReadReady.class, subject.from(4, new Message.HeartbeatResponse(1, round))))
                .isEmpty();
        List<Effect> effects = subject.from(3, new Message.HeartbeatResponse(1, round));
        assertThat(only(Effect.ReadReady.class, effects)).hasSize(1);

        // From here on only one half answers.
        subject.persist();
        while (subject.raft.role() == Role.LEADER) {
            subject.timeout();
            subject.from(4, new Message.HeartbeatResponse(1, 1));
        }
        assertThat(subject.nowNanos()).isLessThanOrEqualTo(changed + T + HEARTBEAT);
    }

    // 4.1: one change at a time

    @Test
    void leaderRefusesAChangeWhileAnotherIsUnderWay() {
        Subject subject = withLearner();
        change(subject, MembershipChange.promote(id(4)));

        assertThat(refusal(change(subject, MembershipChange.remove(id(2)))))
                .isEqualTo(ChangeRefusal.CHANGE_IN_PROGRESS);
    }

    @Test
    void leaderRefusesAChangeBeforeAnEntryOfItsTermIsCommitted() {
        Subject subject = Subject.leading(3);

        assertThat(refusal(change(subject, MembershipChange.remove(id(2))))).isEqualTo(ChangeRefusal.NOT_READY);
        subject.settle();
        assertThat(only(Effect.MembershipAppended.class, change(subject, MembershipChange.remove(id(2)))))
                .hasSize(1);
    }

    @Test
    void leaderWhoseDiskIsFullRefusesAChange() {
        Subject subject = Subject.leading(3).settle();
        subject.step(new Input.StorageSpace(false));

        assertThat(refusal(change(subject, MembershipChange.remove(id(2))))).isEqualTo(ChangeRefusal.STORAGE_FULL);
    }

    @Test
    void serverThatDoesNotLeadRefusesAChange() {
        assertThat(refusal(change(Subject.fresh(3), MembershipChange.remove(id(2)))))
                .isEqualTo(ChangeRefusal.NOT_LEADER);
    }

    @Test
    void changeThatIsDoneAlreadySucceedsAgain() {
        Subject subject = withLearner();

        assertThat(change(subject, MembershipChange.addLearner(id(4), "")))
                .containsExactly(new Effect.Reconfigured(7, subject.raft.membership()));
        assertThat(change(subject, MembershipChange.remove(id(9)))).hasSize(1);
        assertThat(subject.raft.last().index()).isEqualTo(1);
    }

    @Test
    void deposedLeaderAnswersThatTheOutcomeIsNotKnown() {
        Subject subject = withLearner();
        change(subject, MembershipChange.promote(id(4)));

        assertThat(refusal(subject.from(2, new Message.HeartbeatResponse(5, 0))))
                .isEqualTo(ChangeRefusal.LEADERSHIP_LOST);
    }

    // 4.1: requests are processed without consulting the configuration

    @Test
    void serverAcceptsEntriesOfALeaderThatIsNotInItsConfiguration() {
        Subject subject = new Subject(RecoveredState.fresh(Membership.NONE), 1);

        subject.from(5, new Message.AppendEntries(3, LogId.ZERO, List.of(new TermRun(3, 1, 1)), 0, 1));
        assertThat(sent(subject.persist(), 5)).containsExactly(new Message.AppendAccepted(3, 1, 1));
        assertThat(subject.raft.leader()).contains(id(5));
    }

    @Test
    void serverGrantsItsVoteToACandidateThatIsNotInItsConfiguration() {
        Subject subject = Subject.fresh(3);

        subject.from(9, new Message.VoteRequest(2, LogId.ZERO));
        assertThat(sent(subject.persist(), 9)).containsExactly(new Message.VoteResponse(2, true));
    }

    @Test
    void serverThatIsNoVoterInItsOwnConfigurationStillVotes() {
        Subject subject = new Subject(RecoveredState.fresh(membership(ids(2, 3), ids(), ids(1))), 1);

        subject.from(2, new Message.VoteRequest(2, LogId.ZERO));
        assertThat(sent(subject.persist(), 2)).containsExactly(new Message.VoteResponse(2, true));
    }

    @Test
    void answerOfAStrangerCountsForNothingAndItsTermDisturbsNobody() {
        Subject subject = Subject.leading(3).settle();

        subject.from(7, new Message.HeartbeatResponse(9, 0));
        subject.from(7, new Message.AppendAccepted(9, 1, 1));
        subject.from(7, new Message.VoteResponse(9, true));
        subject.step(new Input.TermObserved(id(7), 9));

        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);
        assertThat(subject.raft.term()).isEqualTo(1);
        assertThat(subject.raft.rejectedMessages()).containsEntry(Rejection.UNKNOWN_SENDER, 4L);
    }

    // 4.2.1: catching up new servers

    @Test
    void newVoterIsALearnerFirstAndVotesOnlyOnceItHasCaughtUp() {
        Subject subject = Subject.leading(3).settle();
        change(subject, MembershipChange.addVoter(id(4), "host:4"));
        assertThat(subject.raft.membership().learners()).containsExactly(id(4));
        subject.settle();
        subject.timeout();
        assertThat(subject.raft.membership().isVoter(id(4))).isFalse();

        acknowledge(subject, 4);
        subject.timeout();
        assertThat(subject.raft.membership().isJoint()).isTrue();
        assertThat(subject.raft.membership().voters()).contains(id(4));
        assertThat(subject.raft.membership().addresses()).containsEntry(id(4), "host:4");
    }

    @Test
    void aRemovalThatLeavesTooFewAnsweringVotersIsRefused() {
        Subject subject = Subject.leading(3).settle();
        for (int i = 0; i < 15; i++) {
            subject.timeout();
            subject.from(2, new Message.HeartbeatResponse(1, i + 2));
        }
        List<Effect> effects = change(subject, MembershipChange.remove(id(2)));
        assertThat(only(Effect.ReconfigureRefused.class, effects))
                .singleElement()
                .satisfies(refused -> {
                    assertThat(refused.reason()).isEqualTo(ChangeRefusal.QUORUM_SILENT);
                    assertThat(refused.why()).contains("[1, 3], only [1] answered");
                });
        assertThat(subject.raft.membership().isJoint()).isFalse();

        change(subject, MembershipChange.remove(id(3)));
        assertThat(subject.raft.membership().isJoint())
                .as("the silent one may go")
                .isTrue();
    }

    /** Found by the random clusters: it looked as fresh as its leader was, for an election timeout. */
    @Test
    void learnerThatHasNeverAcknowledgedAnEntryIsNotPromoted() {
        Subject subject = new Subject(RecoveredState.fresh(membership(ids(1, 2, 3), ids(), ids(4))), 1);
        subject.win();
        subject.settle();

        List<Effect> effects = change(subject, MembershipChange.promote(id(4)));
        assertThat(only(Effect.ReconfigureRefused.class, effects))
                .singleElement()
                .extracting(Effect.ReconfigureRefused::reason)
                .isEqualTo(ChangeRefusal.LEARNER_BEHIND);
    }

    @Test
    void learnerIsNotPromotedWhileItLagsByMoreThanAnElectionTimeout() {
        Subject subject = withLearner();
        subject.propose(1, 1, 1);
        subject.persist();
        for (int i = 0; i < 15; i++) {
            subject.timeout();
            subject.from(2, new Message.AppendAccepted(1, 4, i + 1));
            subject.from(4, new Message.HeartbeatResponse(1, i + 1));
        }

        List<Effect> effects = change(subject, MembershipChange.promote(id(4)));
        assertThat(only(Effect.ReconfigureRefused.class, effects))
                .singleElement()
                .satisfies(refused -> {
                    assertThat(refused.reason()).isEqualTo(ChangeRefusal.LEARNER_BEHIND);
                    assertThat(refused.why()).contains("node 4 is at entry 1 of 4");
                });
        acknowledge(subject, 4);
        subject.timeout();
        subject.propose(1);
        subject.timeout();
        acknowledge(subject, 4);
        assertThat(only(Effect.MembershipAppended.class, change(subject, MembershipChange.promote(id(4)))))
                .hasSize(1);
    }

    @Test
    void newServerThatIsTooSlowAfterTenRoundsIsGivenUp() {
        Subject subject = Subject.leading(3).settle();
        change(subject, MembershipChange.addVoter(id(4), ""));
        subject.settle();
        List<Effect> refused = List.of();
        int rounds = 0;
        while (refused.isEmpty() && rounds < 100) {
            long target = subject.raft.last().index();
            subject.propose(1);
            subject.persist();
            // Each round takes it longer than an election timeout.
            for (int i = 0; i < 12; i++) {
                List<Effect> effects = subject.timeout();
                acknowledge(subject, 2);
                subject.from(4, new Message.HeartbeatResponse(1, 1));
                refused = refused.isEmpty() ? List.copyOf(only(Effect.ReconfigureRefused.class, effects)) : refused;
            }
            subject.from(4, new Message.AppendAccepted(1, target, 1));
            rounds++;
        }

        assertThat(refusal(refused)).isEqualTo(ChangeRefusal.CATCH_UP_FAILED);
        assertThat(rounds).isBetween(Reconfiguration.ROUNDS_MAX, Reconfiguration.ROUNDS_MAX + 2);
        assertThat(subject.raft.membership().learners()).containsExactly(id(4));
    }

    // 4.2.2: removing the current leader

    @Test
    void leaderThatIsRemovedDoesNotCountItselfAndStepsDownOnceThatIsCommitted() {
        Subject subject = Subject.leading(3).settle();
        change(subject, MembershipChange.remove(id(1)));
        subject.persist();
        acknowledge(subject, 2);
        acknowledge(subject, 3);
        assertThat(subject.raft.membership()).isEqualTo(voters(2, 3));
        long last = subject.raft.last().index();
        subject.persist();

        acknowledge(subject, 2);
        assertThat(subject.raft.commitIndex()).isLessThan(last);
        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);

        List<Effect> effects = subject.from(3, new Message.AppendAccepted(1, last, 1));
        assertThat(only(Effect.Reconfigured.class, effects)).hasSize(1);
        assertThat(effects.get(0)).isEqualTo(new Effect.LeaseChanged(false, 0));
        assertThat(sent(effects, 2)).contains(new Message.TimeoutNow(1));
        assertThat(subject.raft.role()).isEqualTo(Role.FOLLOWER);
        assertThat(subject.raft.status().removed()).isTrue();
        assertThat(subject.raft.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void serverThatIsNotInItsConfigurationStillCampaignsUntilThatIsCommitted() {
        Subject subject = Subject.fresh(3);
        memberships(subject, 1, voters(2, 3));
        subject.persist();

        subject.timeout();
        assertThat(subject.raft.role()).isEqualTo(Role.PRE_CANDIDATE);
        // Its own vote does not count: it needs both of the others.
        subject.from(2, new Message.PreVoteResponse(2, true));
        assertThat(subject.raft.role()).isEqualTo(Role.PRE_CANDIDATE);
        subject.from(3, new Message.PreVoteResponse(2, true));
        assertThat(subject.raft.role()).isEqualTo(Role.CANDIDATE);

        subject.from(2, new Message.Heartbeat(2, 1, 1));
        subject.persist();
        subject.timeout();
        assertThat(subject.raft.role()).isEqualTo(Role.FOLLOWER);
        assertThat(subject.raft.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    // 4.2.3: disruptive servers

    @Test
    void removedServerIsSentTheEntryThatRemovedItAndForgotten() {
        Subject subject = Subject.leading(3).settle();
        change(subject, MembershipChange.remove(id(3)));
        subject.persist();
        acknowledge(subject, 2);
        subject.from(3, new Message.AppendAccepted(1, 2, 1));
        subject.persist();
        acknowledge(subject, 2);
        assertThat(subject.raft.status().peers()).containsKey(id(3));

        acknowledge(subject, 3);
        assertThat(sent(subject.timeout(), 3)).containsExactly(new Message.Heartbeat(1, 3, 2));
        assertThat(subject.raft.status().peers()).doesNotContainKey(id(3));
    }

    @Test
    void candidateThatWasRemovedIsToldSoAndGoesQuiet() {
        Subject member = new Subject(Subject.recovered(3, 1, 1, 1), 1);
        member.pass(T);
        assertThat(sent(member.from(7, new Message.PreVoteRequest(2, new LogId(1, 1))), 7))
                .containsExactly(new Message.NotMember(1, 0));

        Subject removed = Subject.fresh(3);
        removed.timeout();
        removed.from(2, new Message.NotMember(4, 17));
        assertThat(removed.raft.status().removed()).isTrue();
        assertThat(removed.raft.nextDeadlineNanos()).isEqualTo(Long.MAX_VALUE);

        // Added again, it is as good as ever.
        removed.from(2, new Message.Heartbeat(4, 0, 1));
        assertThat(removed.raft.status().removed()).isFalse();
        assertThat(removed.raft.nextDeadlineNanos()).isLessThan(Long.MAX_VALUE);
    }

    @Test
    void serverThatKnowsALaterConfigurationIgnoresThatItWasRemoved() {
        Subject subject = Subject.fresh(3);
        memberships(subject, 1, voters(1, 2, 3));
        subject.persist();
        subject.timeout();

        subject.from(2, new Message.NotMember(1, 1));
        assertThat(subject.raft.role()).isEqualTo(Role.PRE_CANDIDATE);
    }

    // 6.4.1 with 4: leases across a change

    @Test
    void leaseOfASoleVoterEndsWhenItGetsCompany() {
        Subject subject = Subject.leading(1);
        subject.persist();
        change(subject, MembershipChange.addLearner(id(2), ""));
        subject.persist();
        acknowledge(subject, 2);

        List<Effect> effects = change(subject, MembershipChange.promote(id(2)));
        assertThat(effects.get(0)).isEqualTo(new Effect.LeaseChanged(false, 0));
        subject.persist();
        List<Effect> later = subject.from(2, new Message.HeartbeatResponse(1, 1));
        assertThat(only(Effect.LeaseChanged.class, later))
                .allMatch(lease -> lease.untilNanos() <= subject.nowNanos() + T - DRIFT);
    }

    @Test
    void soleVoterBeginsItsHeartbeatsWhenItGetsCompany() {
        Subject subject = Subject.leading(1);
        subject.persist();
        assertThat(subject.raft.nextDeadlineNanos()).isGreaterThan(subject.nowNanos() + 10 * T);

        change(subject, MembershipChange.addLearner(id(2), ""));
        assertThat(subject.raft.nextDeadlineNanos()).isEqualTo(subject.nowNanos() + HEARTBEAT);
    }

    @Test
    void membershipOfASnapshotIsInForceAndReportedOnceTheLogIsReset() {
        Subject subject = new Subject(RecoveredState.fresh(Membership.NONE), 1);
        subject.from(2, new Message.Heartbeat(3, 0, 1));
        subject.persist();
        subject.step(new Input.SnapshotReceived(new LogId(3, 9), voters(1, 2, 3)));
        subject.step(new Input.SnapshotRestored(new LogId(3, 9)));
        assertThat(subject.raft.membership()).isEqualTo(Membership.NONE);

        assertThat(only(Effect.MembershipChanged.class, subject.persist()))
                .containsExactly(new Effect.MembershipChanged(voters(1, 2, 3)));
        assertThat(subject.raft.status().membershipIndex()).isEqualTo(9);
        assertThat(subject.raft.nextDeadlineNanos()).isLessThan(Long.MAX_VALUE);
    }

    @Test
    void followerThatBecomesTheSoleVoterWaitsForTheLeaseOfTheLeaderThatLeaves() {
        Subject subject = Subject.fresh(3);
        memberships(subject, 1, voters(1));
        subject.persist();

        assertThat(subject.raft.nextDeadlineNanos()).isGreaterThanOrEqualTo(subject.nowNanos() + T);
        subject.from(2, new Message.Heartbeat(1, 1, 2));
        subject.timeout();
        subject.persist();
        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);
    }

    // 4.4: availability, addresses

    @Test
    void addressChangesWithoutAJointConfigurationAndTheNodeStaysWhoItIs() {
        Subject subject = Subject.leading(3).settle();

        assertThat(only(Effect.MembershipAppended.class, change(subject, MembershipChange.updateAddress(id(2), "n:2"))))
                .singleElement()
                .satisfies(appended -> {
                    assertThat(appended.membership().isJoint()).isFalse();
                    assertThat(appended.membership().addresses()).containsEntry(id(2), "n:2");
                });
        subject.settle();
        assertThat(subject.raft.status().peers())
                .hasEntrySatisfying(id(2), peer -> assertThat(peer.matchIndex()).isEqualTo(2));
    }

    @Test
    void demotedVoterIsALearnerAfterBothMajoritiesAgreed() {
        Subject subject = Subject.leading(3).settle();
        change(subject, MembershipChange.demote(id(3)));
        assertThat(subject.raft.membership()).isEqualTo(membership(ids(1, 2), ids(1, 2, 3), ids(3)));
        subject.persist();
        acknowledge(subject, 2);

        assertThat(subject.raft.membership()).isEqualTo(membership(ids(1, 2), ids(), ids(3)));
    }

    @Test
    void membershipWithoutVotersIsRefused() {
        Subject subject = Subject.leading(1);
        subject.persist();

        assertThat(refusal(change(subject, MembershipChange.remove(id(1))))).isEqualTo(ChangeRefusal.INVALID);
        assertThat(refusal(change(subject, MembershipChange.promote(id(5))))).isEqualTo(ChangeRefusal.INVALID);
        assertThat(refusal(change(subject, MembershipChange.addLearner(id(1), ""))))
                .isEqualTo(ChangeRefusal.INVALID);
    }
}
