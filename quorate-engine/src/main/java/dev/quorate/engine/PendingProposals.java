package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.QuorateException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The proposals that are in the log of this node and not applied yet, each waiting for what is applied at its index.
 *
 * <p>Only that decides: the entry itself gives the answer, another entry at the index proves that it is lost and may be
 * proposed again, and as long as nothing is applied there the outcome is unknown, whoever leads meanwhile and whatever
 * was cut off here.
 *
 * <p>LOOP hands proposals over before it announces the commit index that covers them, so that APPLY, which looks at
 * what was handed over after it applied, finds every proposal whose entry it has seen. Owned by APPLY.
 */
final class PendingProposals {
    private final ProposalDesk desk;
    private final Inbox handedOver = new Inbox();
    /** One line for each term this node led in, the oldest first; more than one only after a change of leader. */
    private final ArrayDeque<Line> lines = new ArrayDeque<>();

    PendingProposals(ProposalDesk desk) {
        this.desk = desk;
    }

    /** Hands proposals over; LOOP only. */
    void handOver(AcceptedProposals accepted) {
        handedOver.offer(accepted);
    }

    /** Answers those whose index is among the results, which have no hole. */
    void applied(List<ApplyResult> results) {
        takeHandedOver();
        SettledProposals settled = new SettledProposals();
        for (Line line : lines) {
            line.applied(results, settled);
        }
        finish(settled);
    }

    /** The state was replaced by a snapshot: what it contains can no longer be told. */
    void installed(LogId lastIncluded) {
        takeHandedOver();
        SettledProposals settled = new SettledProposals();
        QuorateException unknown = new OutcomeUnknownException(
                "a snapshot up to " + lastIncluded + " was installed over the index of the proposal");
        for (Line line : lines) {
            line.failThrough(lastIncluded.index(), unknown, settled);
        }
        finish(settled);
    }

    /** Fails those whose time is up. */
    void expire(long nowNanos) {
        takeHandedOver();
        long deadline = nextDeadlineNanos();
        if (deadline == DutyCycle.NO_DEADLINE || deadline - nowNanos > 0) {
            return;
        }
        SettledProposals settled = SettledProposals.ofExpired();
        for (Line line : lines) {
            line.expire(nowNanos, settled);
        }
        finish(settled);
    }

    /** When the first time is up; {@link DutyCycle#NO_DEADLINE} when nobody waits. */
    long nextDeadlineNanos() {
        long deadline = DutyCycle.NO_DEADLINE;
        for (Line line : lines) {
            AcceptedProposals first = line.batches.peek();
            if (first != null) {
                deadline = DutyCycle.earlier(deadline, first.deadlineNanos());
            }
        }
        return deadline;
    }

    /** Fails all: the node stops, and whether their entries will be committed is not known. */
    void abandon(QuorateException reason) {
        takeHandedOver();
        SettledProposals settled = new SettledProposals();
        QuorateException unknown = new OutcomeUnknownException(
                "the node stopped before the proposal was answered: " + reason.getMessage(), reason);
        for (Line line : lines) {
            line.failThrough(Long.MAX_VALUE, unknown, settled);
        }
        finish(settled);
    }

    private void takeHandedOver() {
        Inbox.Item item = handedOver.drain();
        while (item != null) {
            Inbox.Item next = Inbox.following(item);
            if (item instanceof AcceptedProposals accepted) {
                Line line = lines.peekLast();
                if (line == null || line.term != accepted.term()) {
                    line = new Line(accepted.term());
                    lines.add(line);
                }
                line.batches.add(accepted);
            }
            item = next;
        }
    }

    private void finish(SettledProposals settled) {
        if (lines.size() > 1) {
            lines.removeIf(line -> line.batches.isEmpty());
        }
        desk.settle(settled);
    }

    /** The proposals of one term, in the order of their indexes. */
    private static final class Line {
        private final long term;
        private final ArrayDeque<AcceptedProposals> batches = new ArrayDeque<>();
        /** How many of the first batch are answered. */
        private int answered;

        private Line(long term) {
            this.term = term;
        }

        private void applied(List<ApplyResult> results, SettledProposals settled) {
            long from = results.get(0).id().index();
            long to = from + results.size() - 1;
            QuorateException lost = null;
            for (AcceptedProposals batch = head(); batch != null && nextIndex(batch) <= to; batch = head()) {
                long index = nextIndex(batch);
                Proposal proposal = batch.at(answered++);
                ApplyResult result = results.get((int) (index - from));
                if (result.id().term() == term) {
                    settled.add(proposal, result);
                } else {
                    lost = lost != null ? lost : lostTo(result.id());
                    settled.add(proposal, lost);
                }
            }
        }

        private void failThrough(long index, QuorateException reason, SettledProposals settled) {
            for (AcceptedProposals batch = head(); batch != null && nextIndex(batch) <= index; batch = head()) {
                settled.add(batch.at(answered++), reason);
            }
        }

        private void expire(long nowNanos, SettledProposals settled) {
            for (AcceptedProposals batch = head();
                    batch != null && batch.deadlineNanos() - nowNanos <= 0;
                    batch = head()) {
                QuorateException unknown = new OutcomeUnknownException(
                        "the proposal at " + new LogId(term, nextIndex(batch)) + " was not applied in time");
                failThrough(batch.first().index() + batch.count() - 1, unknown, settled);
            }
        }

        private @Nullable AcceptedProposals head() {
            AcceptedProposals first = batches.peek();
            if (first != null && answered == first.count()) {
                batches.remove();
                answered = 0;
                first = batches.peek();
            }
            return first;
        }

        private long nextIndex(AcceptedProposals batch) {
            return batch.first().index() + answered;
        }

        private static QuorateException lostTo(LogId winner) {
            return new NotLeaderException(
                    "another leader's entry " + winner + " took the place of the proposal", Optional.empty());
        }
    }
}
