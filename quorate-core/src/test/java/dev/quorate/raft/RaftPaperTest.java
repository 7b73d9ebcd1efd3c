package dev.quorate.raft;

import static dev.quorate.raft.Subject.T;
import static dev.quorate.raft.Subject.only;
import static dev.quorate.raft.Subject.sent;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sentences of the extended Raft paper (sections 5 to 8) that state a property, one test each. */
class RaftPaperTest {
    private static Message.AppendEntries append(long term, LogId prev, String runs, long commit) {
        List<TermRun> entries = runs.isEmpty() ? List.of() : MessageText.runs(prev.index(), runs);
        return new Message.AppendEntries(term, prev, entries, commit, 1);
    }

    // 5.1

    @Test
    void requestOfAnOldTermIsRefusedWithTheNewOne() {
        Subject subject = Subject.withLog(5, 1, 3);

        assertThat(sent(subject.from(2, new Message.VoteRequest(4, new LogId(9, 9))), 2))
                .containsExactly(new Message.VoteResponse(5, false));
        assertThat(sent(subject.from(2, append(4, LogId.ZERO, "4x1", 0)), 2))
                .singleElement()
                .extracting(Message::term)
                .isEqualTo(5L);
        assertThat(subject.raft.last()).isEqualTo(new LogId(3, 2));
    }

    @Test
    void higherTermTurnsACandidateIntoAFollower() {
        Subject subject = Subject.fresh(3);
        subject.campaign();

        subject.from(2, new Message.VoteResponse(4, false));

        assertThat(subject.raft.role()).isEqualTo(Role.FOLLOWER);
        assertThat(subject.raft.term()).isEqualTo(4);
    }

    @Test
    void higherTermTurnsALeaderIntoAFollower() {
        Subject subject = Subject.leading(3);

        List<Effect> effects = subject.from(2, new Message.HeartbeatResponse(4, 0));

        assertThat(effects.get(0)).isEqualTo(new Effect.RoleChanged(Role.FOLLOWER, 4, Optional.empty()));
    }

    @Test
    void termsNeverFall() {
        Subject subject = Subject.withLog(5);

        subject.from(2, new Message.HeartbeatResponse(3, 1));
        subject.from(2, new Message.PreVoteResponse(2, false));
        subject.step(new Input.TermObserved(NodeId.of(2), 4));

        assertThat(subject.raft.term()).isEqualTo(5);
    }

    // 5.2

    @Test
    void electionTimeoutsAreSpreadOverOneToTwoTimeouts() {
        TreeSet<Long> waits = new TreeSet<>();
        for (long seed = 1; seed <= 200; seed++) {
            Subject subject = new Subject(RecoveredState.fresh(Subject.membership(3)), seed);
            waits.add(subject.raft.nextDeadlineNanos() - subject.nowNanos());
        }

        assertThat(waits).hasSizeGreaterThan(190);
        assertThat(waits.first()).isBetween(T, T + T / 10);
        assertThat(waits.last()).isBetween(2 * T - T / 10, 2 * T - 1);
    }

    @Test
    void signOfTheLeaderPostponesTheElection() {
        Subject subject = Subject.fresh(3);
        subject.from(2, new Message.Heartbeat(1, 0, 1));
        long before = subject.raft.nextDeadlineNanos();

        subject.pass(before - subject.nowNanos() - 1);
        subject.from(2, new Message.Heartbeat(1, 0, 2));

        assertThat(subject.raft.nextDeadlineNanos()).isGreaterThanOrEqualTo(subject.nowNanos() + T);
    }

    @Test
    void voterGivesOneVoteATermFirstComeFirstServed() {
        Subject subject = Subject.withLog(1);

        subject.from(2, new Message.VoteRequest(2, LogId.ZERO));
        subject.from(3, new Message.VoteRequest(2, LogId.ZERO));
        List<Effect> effects = subject.persist();

        assertThat(sent(effects, 2)).containsExactly(new Message.VoteResponse(2, true));
        assertThat(sent(effects, 3)).containsExactly(new Message.VoteResponse(2, false));
    }

    @Test
    void voteOutlivesARestart() {
        HardState voted = new HardState(2, Optional.of(NodeId.of(3)));
        RecoveredState recovered =
                new RecoveredState(voted, Subject.membership(3), LogId.ZERO, LogId.ZERO, 0, List.of(), EntrySizes.NONE);
        Subject subject = new Subject(recovered, 1);

        assertThat(sent(subject.from(2, new Message.VoteRequest(2, LogId.ZERO)), 2))
                .containsExactly(new Message.VoteResponse(2, false));
    }

    @Test
    void voteLeavesOnlyOnceDurable() {
        Subject subject = Subject.fresh(3);

        List<Effect> effects = subject.from(2, new Message.VoteRequest(1, LogId.ZERO));

        HardState vote = new HardState(1, Optional.of(NodeId.of(2)));
        assertThat(only(Effect.Persist.class, effects))
                .containsExactly(new Effect.Persist(1, Optional.of(vote), Optional.empty(), 0, 0, 0));
        assertThat(sent(effects, 2)).isEmpty();
        assertThat(sent(subject.persist(), 2)).containsExactly(new Message.VoteResponse(1, true));
    }

    @Test
    void candidateVotesForItselfOnlyOnceDurable() {
        Subject subject = Subject.fresh(3);
        subject.timeout();
        subject.from(2, new Message.PreVoteResponse(1, true));

        // Votes that nobody can have been asked for yet make no leader while its own is not durable.
        subject.from(2, new Message.VoteResponse(1, true));
        subject.from(3, new Message.VoteResponse(1, true));
        assertThat(subject.raft.role()).isEqualTo(Role.CANDIDATE);

        subject.persist();
        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 9})
    void majorityOfAllVotersMakesALeaderAndNoneLess(int voters) {
        Subject subject = Subject.fresh(voters);
        subject.campaign();

        for (int votes = 1; votes < voters / 2 + 1; votes++) {
            assertThat(subject.raft.role()).as("with %s votes", votes).isEqualTo(Role.CANDIDATE);
            subject.from(votes + 1, new Message.VoteResponse(1, true));
        }
        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);
    }

    @Test
    void candidateThatHearsALeaderOfItsTermFollowsIt() {
        Subject subject = Subject.fresh(3);
        subject.campaign();

        subject.from(2, append(1, LogId.ZERO, "1x1", 0));

        assertThat(subject.raft.role()).isEqualTo(Role.FOLLOWER);
        assertThat(subject.raft.leader()).contains(NodeId.of(2));
    }

    @Test
    void candidateIgnoresALeaderOfAnOldTerm() {
        Subject subject = Subject.withLog(3);
        subject.campaign();

        subject.from(2, append(3, LogId.ZERO, "1x1", 0));

        assertThat(subject.raft.role()).isEqualTo(Role.CANDIDATE);
        assertThat(subject.raft.last()).isEqualTo(LogId.ZERO);
    }

    @Test
    void splitVoteEndsInAnElectionOfAHigherTerm() {
        Subject subject = Subject.fresh(3);
        subject.campaign();
        subject.from(2, new Message.VoteResponse(1, false));
        subject.from(3, new Message.VoteResponse(1, false));

        subject.win();

        assertThat(subject.raft.role()).isEqualTo(Role.LEADER);
        assertThat(subject.raft.term()).isEqualTo(2);
    }

    // 5.3

    @Test
    void leaderAppendsItsOwnEntriesAndNeverOverwrites() {
        Subject subject = Subject.leading(3).settle();
        LogId before = subject.raft.last();

        subject.from(2, append(1, LogId.ZERO, "1x3", 3));
        assertThat(subject.raft.last()).isEqualTo(before);
        assertThat(subject.raft.rejectedMessages()).containsOnlyKeys(Rejection.SECOND_LEADER);

        subject.propose(1, 1);
        assertThat(subject.raft.last()).isEqualTo(new LogId(1, before.index() + 2));
    }

    @Test
    void proposalIsAnnouncedWrittenAndSentInThisOrder() {
        Subject subject = Subject.leading(3).settle();
        subject.from(3, new Message.AppendAccepted(1, 1, 1));

        assertThat(subject.propose(5, 6))
                .containsExactly(
                        new Effect.ProposalAccepted(new LogId(1, 2), 2),
                        new Effect.Persist(3, Optional.empty(), Optional.empty(), 0, 2, 3),
                        new Effect.Send(NodeId.of(2), append(1, new LogId(1, 1), "1x2", 1)),
                        new Effect.Send(NodeId.of(3), append(1, new LogId(1, 1), "1x2", 1)));
    }

    @Test
    void leaderCommitsWhatIsDurableAtAMajority() {
        Subject subject = Subject.leading(5).settle();
        subject.propose(1);

        subject.from(2, new Message.AppendAccepted(1, 2, 1));
        subject.from(3, new Message.AppendAccepted(1, 2, 1));
        // The leader's own disk has not answered: it is one of the three it takes.
        assertThat(subject.raft.commitIndex()).isEqualTo(1);

        assertThat(only(Effect.Commit.class, subject.persist())).containsExactly(new Effect.Commit(2));
    }

    @Test
    void leaderCommitsThroughOthersBeforeItsOwnDiskAnswersAndAppliesAfterwards() {
        Subject subject = Subject.leading(3).settle();
        subject.propose(1);

        subject.from(2, new Message.AppendAccepted(1, 2, 1));
        List<Effect> effects = subject.from(3, new Message.AppendAccepted(1, 2, 1));
        assertThat(subject.raft.commitIndex()).isEqualTo(2);
        assertThat(only(Effect.Commit.class, effects)).isEmpty();

        assertThat(only(Effect.Commit.class, subject.persist())).containsExactly(new Effect.Commit(2));
    }

    @Test
    void followerAcknowledgesOnlyWhatIsDurable() {
        Subject subject = Subject.fresh(3);

        assertThat(sent(subject.from(2, append(1, LogId.ZERO, "1x2", 2)), 2)).isEmpty();
        List<Effect> effects = subject.persist();
        assertThat(sent(effects, 2)).containsExactly(new Message.AppendAccepted(1, 2, 1));
        assertThat(only(Effect.Commit.class, effects)).containsExactly(new Effect.Commit(2));
    }

    @Test
    void followerCommitsOnlyWhatItKnowsToEqualTheLeadersLog() {
        Subject subject = Subject.withLog(4, 1, 1, 2, 2);

        // The leader has committed 4 entries; of this follower's it knows nothing beyond the second.
        subject.from(2, append(5, new LogId(1, 2), "", 4));

        assertThat(subject.raft.commitIndex()).isEqualTo(2);
    }

    @Test
    void followerRefusesEntriesBehindAHole() {
        Subject subject = Subject.withLog(1, 1, 1);
        subject.from(2, new Message.Heartbeat(1, 0, 1));

        assertThat(sent(subject.from(2, append(1, new LogId(1, 4), "1x1", 0)), 2))
                .containsExactly(new Message.AppendRejected(1, 4, 2, Optional.empty(), 1));
        assertThat(subject.raft.last().index()).isEqualTo(2);
    }

    @Test
    void followerKeepsEntriesBehindAMessageThatAgrees() {
        Subject subject = Subject.withLog(1, 1, 1, 1, 1);

        // An old message, late: it may be shorter than the log, and nothing may be cut off because of it.
        List<Effect> effects = subject.from(2, append(1, LogId.ZERO, "1x2", 0));

        assertThat(subject.raft.last().index()).isEqualTo(4);
        assertThat(only(Effect.Persist.class, effects)).isEmpty();
    }

    @Test
    void followerCutsOffExactlyFromTheFirstConflict() {
        Subject subject = Subject.withLog(4, 1, 1, 2, 2, 3);

        List<Effect> effects = subject.from(2, append(5, new LogId(1, 1), "1x1,2x1,4x1", 0));

        Effect.Persist persist = only(Effect.Persist.class, effects).get(0);
        assertThat(persist.truncateFrom()).isEqualTo(4);
        assertThat(persist.first()).isEqualTo(4);
        assertThat(persist.last()).isEqualTo(4);
        assertThat(subject.raft.last()).isEqualTo(new LogId(4, 4));
        assertThat(subject.raft.persistedIndex()).isEqualTo(3);
    }

    @ParameterizedTest(name = "({0}) {1}")
    @CsvSource({
        "a, 1 1 1 4 4 5 5 6 6",
        "b, 1 1 1 4",
        "c, 1 1 1 4 4 5 5 6 6 6 6",
        "d, 1 1 1 4 4 5 5 6 6 6 7 7",
        "e, 1 1 1 4 4 4 4",
        "f, 1 1 1 2 2 2 3 3 3 3 3",
    })
    void figure7LogsAreReconciled(String name, String terms) {
        long[] follower =
                Arrays.stream(terms.split(" ", -1)).mapToLong(Long::parseLong).toArray();
        long[] leader = {1, 1, 1, 4, 4, 5, 5, 6, 6, 6};
        // The leader of term 8 won by the votes of 3, 4 and 5, whose logs are as its own.
        Lab lab = new Lab().node(1, 5, 7, leader).node(2, 5, 7, follower);
        for (long id = 3; id <= 5; id++) {
            lab.node(id, 5, 7, leader);
        }
        lab.pass(T);
        lab.separate(2);
        lab.timeout(1);
        lab.settle();
        assertThat(lab.core(1).role()).as(name).isEqualTo(Role.LEADER);

        int before = refusals(lab);
        lab.separate();
        // The first messages to the follower were lost: heartbeats find that out.
        for (int i = 0; i < 3; i++) {
            lab.timeout(1);
            lab.settle();
        }

        assertThat(lab.log(2)).isEqualTo(lab.log(1)).hasSize(11);
        assertThat(lab.core(2).commitIndex()).isEqualTo(11);
        // One round trip for each term that differs, not for each entry.
        assertThat(refusals(lab) - before).isLessThanOrEqualTo(3);
    }

    private static int refusals(Lab lab) {
        return (int) lab.delivered().stream()
                .filter(Message.AppendRejected.class::isInstance)
                .count();
    }

    @Test
    void duplicatesChangeNothing() {
        Subject subject = Subject.fresh(3);
        Message.AppendEntries message = append(1, LogId.ZERO, "1x3", 2);
        subject.from(2, message);
        subject.persist();

        List<Effect> effects = subject.from(2, message);

        assertThat(effects).containsExactly(new Effect.Send(NodeId.of(2), new Message.AppendAccepted(1, 3, 1)));
    }

    // 5.4.1

    @ParameterizedTest
    @CsvSource({"2/9, false", "3/3, false", "3/4, true", "3/5, true", "4/1, true"})
    void voterRefusesACandidateWhoseLogIsOlder(String candidateLast, boolean granted) {
        Subject subject = Subject.withLog(4, 1, 1, 3, 3);

        subject.from(2, new Message.VoteRequest(5, MessageText.logId(candidateLast)));

        assertThat(sent(subject.persist(), 2)).containsExactly(new Message.VoteResponse(5, granted));
    }

    // 5.4.2

    @Test
    void leaderCommitsOnlyEntriesOfItsOwnTerm() {
        Subject subject = Subject.withLog(3, 1, 2);
        subject.win();
        subject.persist();

        for (long peer = 2; peer <= 5; peer++) {
            subject.from(peer, new Message.AppendAccepted(4, 2, 1));
        }
        assertThat(subject.raft.commitIndex())
                .as("entry of term 2 on all servers")
                .isZero();

        subject.from(2, new Message.AppendAccepted(4, 3, 1));
        subject.from(3, new Message.AppendAccepted(4, 3, 1));
        assertThat(subject.raft.commitIndex()).isEqualTo(3);
    }

    @Test
    void figure8EntryOfAnOldTermOnAMajorityMayStillBeOverwritten() {
        // (c): 1 has brought its entry of term 2 to a majority, in term 4; 5 holds one of term 3. Then 1 crashes.
        Lab lab = new Lab();
        lab.node(1, 5, 4, 1, 2, 4).node(2, 5, 4, 1, 2).node(3, 5, 4, 1, 2);
        lab.node(4, 5, 3, 1).node(5, 5, 3, 1, 3);
        lab.pass(T);
        lab.separate(1);

        // (d): 5 learns of term 4 by a first refusal, and is elected by 2, 3 and 4, whose logs end in older terms than
        // 3.
        lab.timeout(5);
        lab.settle();
        lab.timeout(5);
        lab.settle();

        assertThat(lab.core(5).role()).isEqualTo(Role.LEADER);
        assertThat(lab.log(2)).isEqualTo(lab.log(5)).startsWith(1L, 3L);
        assertThat(lab.core(5).commitIndex()).isEqualTo(3);
    }

    @Test
    void figure8EntryOfTheOwnTermOnAMajorityIsSafe() {
        // (e): 1 has brought an entry of its own term 4 to a majority; 5 cannot win any more.
        Lab lab = new Lab();
        lab.node(1, 5, 4, 1, 2, 4).node(2, 5, 4, 1, 2, 4).node(3, 5, 4, 1, 2, 4);
        lab.node(4, 5, 3, 1).node(5, 5, 3, 1, 3);
        lab.pass(T);
        lab.separate(1);

        for (int i = 0; i < 5; i++) {
            lab.timeout(5);
            lab.settle();
        }

        assertThat(lab.core(5).role()).isNotEqualTo(Role.LEADER);
    }

    // 7

    @Test
    void snapshotReplacesALogThatDoesNotHoldItsLastEntry() {
        Subject subject = Subject.withLog(2, 1, 1, 2, 2, 2);
        LogId lastIncluded = new LogId(3, 4);
        subject.from(2, new Message.Heartbeat(3, 0, 1));
        subject.persist();

        assertThat(subject.step(new Input.SnapshotReceived(lastIncluded, Subject.membership(3))))
                .containsExactly(new Effect.RestoreSnapshot(lastIncluded));
        assertThat(subject.step(new Input.SnapshotRestored(lastIncluded)))
                .containsExactly(new Effect.Persist(2, Optional.empty(), Optional.of(lastIncluded), 0, 0, 0));
        assertThat(subject.persist())
                .containsExactly(
                        new Effect.MembershipChanged(Subject.membership(3)),
                        new Effect.Send(NodeId.of(2), new Message.AppendAccepted(3, 4, 0)),
                        new Effect.Commit(4));
        assertThat(subject.raft.last()).isEqualTo(lastIncluded);
        assertThat(subject.raft.membership()).isEqualTo(Subject.membership(3));
    }

    @Test
    void snapshotNeverDropsAcknowledgedEntriesBehindIt() {
        Subject subject = Subject.withLog(2, 1, 1, 2, 2, 2);

        List<Effect> effects = subject.step(new Input.SnapshotReceived(new LogId(2, 3), Subject.membership(5)));

        assertThat(effects).containsExactly(new Effect.Commit(3), new Effect.SnapshotIgnored(new LogId(2, 3)));
        assertThat(subject.raft.last().index()).isEqualTo(5);
    }

    // 8

    @Test
    void newLeaderBeginsItsTermWithANoOp() {
        Subject subject = Subject.withLog(3, 1, 2);

        List<Effect> effects = subject.win();

        assertThat(effects.subList(0, 3))
                .containsExactly(
                        new Effect.RoleChanged(Role.LEADER, 4, Optional.of(Subject.SELF)),
                        new Effect.NoOpAppended(new LogId(4, 3)),
                        new Effect.Persist(2, Optional.empty(), Optional.empty(), 0, 3, 3));
        assertThat(sent(effects, 5))
                .containsExactly(new Message.AppendEntries(
                        4, new LogId(2, 2), Collections.singletonList(new TermRun(4, 3, 3)), 0, 1));
    }

    @Test
    void readWaitsForAnEntryOfTheLeadersTermAndForARound() {
        Subject subject = Subject.leading(3);
        assertThat(subject.read(7)).isEmpty();
        subject.persist();

        List<Effect> effects = subject.from(2, new Message.AppendAccepted(1, 1, 1));
        assertThat(only(Effect.ReadReady.class, effects)).isEmpty();
        assertThat(sent(effects, 3)).containsExactly(new Message.Heartbeat(1, 0, 2));

        assertThat(subject.from(3, new Message.HeartbeatResponse(1, 2))).contains(new Effect.ReadReady(7, 1));
    }
}
