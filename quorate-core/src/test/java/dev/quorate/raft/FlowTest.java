package dev.quorate.raft;

import static dev.quorate.raft.Subject.HEARTBEAT;
import static dev.quorate.raft.Subject.T;
import static dev.quorate.raft.Subject.only;
import static dev.quorate.raft.Subject.sent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How entries flow to a follower, what is held for the disk, and what the core says of itself. */
class FlowTest {
    private static Subject replicating() {
        return Subject.leading(3).settle();
    }

    private static long entries(List<Message> messages) {
        return messages.stream()
                .mapToLong(message -> message instanceof Message.AppendEntries append ? append.count() : 0)
                .sum();
    }

    /** The last index that was sent to node 2, the first of the peers. */
    private static long sentUpTo(Subject subject) {
        return subject.raft.status().peers().values().iterator().next().nextIndex() - 1;
    }

    private static Message accepted(long match) {
        return new Message.AppendAccepted(1, match, 1);
    }

    @Test
    void fullWindowGathersEntriesAndOneAnswerLetsThemGoTogether() {
        Subject subject = replicating();
        List<Message> sent = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            sent.addAll(sent(subject.propose(1), 2));
        }
        // Four messages are in flight, forty-six entries wait.
        assertThat(sent).hasSize(4);

        List<Message> next = sent(subject.from(2, accepted(2)), 2);

        assertThat(next).hasSize(1);
        assertThat(entries(next)).isEqualTo(46);
    }

    @Test
    void everyEntryIsSentExactlyOnceWhenNothingIsLost() {
        Subject subject = replicating();
        long total = 0;
        for (int i = 0; i < 300; i++) {
            total += entries(sent(subject.propose(1, 2, 3), 2));
            if (i % 7 == 0) {
                long known = sentUpTo(subject);
                total += entries(sent(subject.from(2, accepted(known)), 2));
            }
        }
        while (total < 900) {
            long known = sentUpTo(subject);
            total += entries(sent(subject.from(2, accepted(known)), 2));
        }

        assertThat(total).isEqualTo(900);
        assertThat(subject.raft.last().index()).isEqualTo(901);
    }

    @Test
    void slowPeerIsSentOneEntryAgainAndNotTheWholeWindow() {
        Subject subject = replicating();
        for (int i = 0; i < 10; i++) {
            subject.propose(1, 1, 1);
        }
        subject.pass(2 * HEARTBEAT);

        assertThat(entries(sent(subject.from(2, new Message.HeartbeatResponse(1, 1)), 2)))
                .isEqualTo(1);
        // Until two more heartbeats have passed nothing is repeated.
        subject.pass(2 * HEARTBEAT - 1);
        assertThat(sent(subject.from(2, new Message.HeartbeatResponse(1, 1)), 2))
                .isEmpty();
        // It was slow, not deaf: it acknowledges everything it got, and only what it never got follows.
        assertThat(entries(sent(subject.from(2, accepted(13)), 2))).isEqualTo(18);
    }

    @Test
    void answerThatCoversMoreThanTheProbeShowsThatNothingWasLost() {
        Subject subject = replicating();
        for (int i = 0; i < 4; i++) {
            subject.propose(1, 1, 1);
        }
        subject.pass(2 * HEARTBEAT);
        subject.from(2, new Message.HeartbeatResponse(1, 1));

        assertThat(sent(subject.from(2, accepted(8)), 2)).isEmpty();
        assertThat(sent(subject.propose(1), 2))
                .containsExactly(new Message.AppendEntries(1, new LogId(1, 13), List.of(new TermRun(1, 14, 14)), 1, 1));
    }

    @Test
    void answerThatCoversTheProbeAloneShowsThatTheRestWasLost() {
        Subject subject = replicating();
        for (int i = 0; i < 4; i++) {
            subject.propose(1, 1, 1);
        }
        subject.pass(2 * HEARTBEAT);
        subject.from(2, new Message.HeartbeatResponse(1, 1));

        assertThat(entries(sent(subject.from(2, accepted(2)), 2))).isEqualTo(11);
    }

    @Test
    void peerThatIsGoneCostsHeartbeatsOnly() {
        Subject subject = replicating();
        subject.propose(1);
        subject.persist();

        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            messages.addAll(sent(subject.timeout(), 3));
            subject.from(2, accepted(2));
        }

        assertThat(messages).hasSize(100).allMatch(Message.Heartbeat.class::isInstance);
    }

    @Test
    void oneAcknowledgementAnswersAllMessagesThatOneWriteCovers() {
        Subject subject = Subject.fresh(3);
        for (int i = 0; i < 10; i++) {
            LogId prev = i == 0 ? LogId.ZERO : new LogId(1, i);
            subject.from(2, new Message.AppendEntries(1, prev, List.of(new TermRun(1, i + 1, i + 1)), 0, i));
        }

        assertThat(subject.persist())
                .containsExactly(new Effect.Send(NodeId.of(2), new Message.AppendAccepted(1, 10, 9)));
    }

    @Test
    void cutOffEntriesDoNotBecomeDurableByTheWriteThatBroughtThem() {
        Subject subject = Subject.fresh(3);
        subject.from(2, new Message.AppendEntries(1, LogId.ZERO, List.of(new TermRun(1, 1, 5)), 0, 1));
        subject.from(3, new Message.AppendEntries(2, new LogId(1, 2), List.of(new TermRun(2, 3, 3)), 0, 1));

        // The first write holds five entries of term 1, of which two are left.
        subject.step(new Input.Persisted(1));
        assertThat(subject.raft.persistedIndex()).isEqualTo(2);

        assertThat(sent(subject.persist(), 3)).containsExactly(new Message.AppendAccepted(2, 3, 1));
    }

    @Test
    void heldMessagesAreLimitedAndTheNewestStay() {
        Subject subject = Subject.fresh(3);
        subject.from(2, new Message.Heartbeat(1, 0, 0));
        for (int round = 1; round <= DurabilityGate.HELD_MAX; round++) {
            subject.from(2, new Message.Heartbeat(1, 0, round));
        }

        List<Message> messages = sent(subject.persist(), 2);

        assertThat(messages)
                .hasSize(DurabilityGate.HELD_MAX)
                .startsWith(new Message.HeartbeatResponse(1, 1))
                .endsWith(new Message.HeartbeatResponse(1, DurabilityGate.HELD_MAX));
    }

    @Test
    void leaderWhoseDiskStaysFullStepsDownAfterAnElectionTimeout() {
        Subject subject = replicating();
        subject.step(new Input.StorageSpace(false));
        assertThat(subject.propose(1))
                .containsExactly(new Effect.ProposalRefused(Refusal.STORAGE_FULL, Optional.of(Subject.SELF)));
        long full = subject.nowNanos();

        while (subject.raft.role() == Role.LEADER) {
            subject.timeout();
            subject.from(2, new Message.HeartbeatResponse(1, 1));
        }

        assertThat(subject.nowNanos()).isEqualTo(full + T);
        assertThat(subject.raft.nextDeadlineNanos()).as("no campaign").isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void fullDiskStillVotesAndFollows() {
        Subject subject = Subject.fresh(3);
        subject.step(new Input.StorageSpace(false));

        subject.from(2, new Message.VoteRequest(1, LogId.ZERO));
        assertThat(sent(subject.persist(), 2)).containsExactly(new Message.VoteResponse(1, true));
    }

    @Test
    void impossibleAnswersAreDroppedAndCounted() {
        Subject subject = replicating();

        assertThat(subject.from(2, accepted(99))).isEmpty();
        assertThat(subject.from(2, new Message.AppendAccepted(1, 1, 99))).isEmpty();
        assertThat(subject.from(2, new Message.AppendRejected(1, 99, 1, Optional.empty(), 1)))
                .isEmpty();
        assertThat(subject.from(2, new Message.HeartbeatResponse(1, 99))).isEmpty();

        assertThat(subject.raft.rejectedMessages()).containsOnlyKeys(Rejection.IMPOSSIBLE_ANSWER);
        assertThat(subject.raft.rejectedMessages()).containsEntry(Rejection.IMPOSSIBLE_ANSWER, 4L);
    }

    @Test
    void clockThatGoesBackStandsStill() {
        Subject subject = replicating();
        long deadline = subject.raft.nextDeadlineNanos();
        subject.pass(-5 * T);

        assertThat(subject.step(new Input.TimerFired())).isEmpty();
        assertThat(subject.raft.nextDeadlineNanos()).isEqualTo(deadline);
    }

    @Test
    void roleIsToldOnceAStepInItsFinalState() {
        Subject subject = Subject.withLog(3);
        subject.campaign();

        // A higher term and a leader of it in one message.
        List<Effect> effects = subject.from(2, new Message.Heartbeat(7, 0, 1));

        assertThat(only(Effect.RoleChanged.class, effects))
                .containsExactly(new Effect.RoleChanged(Role.FOLLOWER, 7, Optional.of(NodeId.of(2))));
    }

    @Test
    void ownBugsHaltTheNode() {
        assertThatThrownBy(() -> replicating().step(new Input.Persisted(99))).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> replicating().step(new Input.Applied(99))).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> replicating().step(new Input.SnapshotSaved(new LogId(1, 9))))
                .isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> replicating().step(new Input.Purged(new LogId(1, 1))))
                .isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> replicating().step(new Input.SnapshotRestored(new LogId(1, 1))))
                .isInstanceOf(InvariantViolation.class);
    }

    @Test
    void sameInputsWithTheSameSeedGiveTheSameEffects() {
        assertThat(history(11)).isEqualTo(history(11)).isNotEqualTo(history(12));
    }

    private static List<Object> history(long seed) {
        Subject subject = new Subject(RecoveredState.fresh(Subject.membership(3)), seed);
        List<Object> history = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            history.add(subject.raft.nextDeadlineNanos());
            history.addAll(subject.timeout());
        }
        return history;
    }
}
