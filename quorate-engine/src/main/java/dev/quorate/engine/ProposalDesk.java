package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NanoClock;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where proposals come in and where their answers go out: the limits of what may be under way, counted from here to the
 * answer. Any thread.
 */
final class ProposalDesk {
    private final DutyCycle loop;
    private final Answers answers;
    private final NodeOptions.Limits limits;
    private final NanoClock clock;
    private final Admission admission;
    private final ProposalPace pace;
    private final NodeCounts counts;

    ProposalDesk(DutyCycle loop, Answers answers, NodeOptions options, NanoClock clock, NodeCounts counts) {
        this.loop = loop;
        this.answers = answers;
        this.limits = options.limits();
        this.clock = clock;
        this.counts = counts;
        this.admission = new Admission(limits.proposalsMax(), limits.proposalsBytesMax());
        this.pace = new ProposalPace(options.timeouts().proposalQueue().toNanos(), limits.proposalsMax());
    }

    /** Hands in a command; the answer completes on the callers' executor. */
    CompletableFuture<Bytes> propose(Bytes command) {
        if (command.length() > limits.proposalBytesMax()) {
            counts.proposals().rejected(Rejection.INVALID, 1);
            return CompletableFuture.failedFuture(tooLarge(command));
        }
        OverloadedException refusal = admit(command.length());
        if (refusal != null) {
            counts.proposals().rejected(Rejection.of(refusal), 1);
            return CompletableFuture.failedFuture(refusal);
        }
        Proposal.Command proposal = new Proposal.Command(this, command);
        handIn(proposal);
        return proposal.answer();
    }

    /** Hands in an entry of the engine; the position is known when it is applied here. */
    CompletableFuture<LogId> propose(EntryKind kind, Bytes payload) {
        Proposal.OfTheEngine proposal = new Proposal.OfTheEngine(this, kind, payload);
        submit(proposal);
        return proposal.position();
    }

    /** Hands in an entry of a client session; what it did is known when it is applied here. */
    CompletableFuture<ApplyResult> proposeOfSession(EntryKind kind, Bytes payload) {
        Proposal.OfASession proposal = new Proposal.OfASession(this, kind, payload);
        submit(proposal);
        return proposal.result();
    }

    /** An entry of the engine that is handed to the core without limits and without anybody who waits. LOOP only. */
    Proposal ofTheEngine(EntryKind kind, Bytes payload) {
        admission.enterAnyway(payload.length());
        return new Proposal.OfTheEngine(this, kind, payload);
    }

    /** How many proposals are taken and not answered. */
    int inFlight() {
        return admission.count();
    }

    /** How many may be at present. */
    int room() {
        return Math.min(pace.room(), limits.proposalsMax());
    }

    /** Where proposals are counted. */
    NodeCounts counts() {
        return counts;
    }

    /** The time, for measuring. */
    long nowNanos() {
        return clock.measuringNanos();
    }

    /** Fails proposals that are in no log, from whatever cycle. */
    void refuse(Proposal[] proposals, QuorateException reason) {
        refuse(proposals, Rejection.of(reason), reason);
    }

    /** Fails a proposal that was sent on and not answered in time, from whatever cycle. */
    void expire(Proposal proposal, QuorateException reason) {
        refuse(new Proposal[] {proposal}, Rejection.EXPIRED, reason);
    }

    private void refuse(Proposal[] proposals, Rejection why, QuorateException reason) {
        leave(proposals);
        for (Proposal proposal : proposals) {
            proposal.countRejected(why);
        }
        answers.deliverFromAnywhere(() -> {
            for (Proposal proposal : proposals) {
                proposal.fail(reason);
            }
        });
    }

    /** Delivers settled proposals, each with its own outcome, and gives their room free. APPLY only. */
    void settle(SettledProposals settled) {
        if (!settled.isEmpty()) {
            admission.leave(settled.count(), settled.bytes());
            long nowNanos = clock.nanoTime();
            settled.count(nowNanos);
            pace.answered(nowNanos, settled.count(), admission.count(), settled.waitedNanos(nowNanos));
            answers.deliver(settled);
        }
    }

    /**
     * Takes a proposal of another node, within the limits; LOOP only.
     *
     * @return false when it was refused, which it was told
     */
    boolean takes(Proposal.Forwarded proposal) {
        if (proposal.payload().length() > limits.proposalBytesMax()) {
            reject(proposal, tooLarge(proposal.payload()));
            return false;
        }
        return enters(proposal);
    }

    private void submit(Proposal proposal) {
        if (enters(proposal)) {
            handIn(proposal);
        }
    }

    private void handIn(Proposal proposal) {
        if (!loop.offer(proposal)) {
            leave(new Proposal[] {proposal});
            reject(proposal, new NodeStoppedException("the node is closed"));
        }
    }

    private boolean enters(Proposal proposal) {
        OverloadedException refusal = admit(proposal.payload().length());
        if (refusal != null) {
            reject(proposal, refusal);
        }
        return refusal == null;
    }

    /** Takes room for one more; null when there was some. */
    private @Nullable OverloadedException admit(long bytes) {
        if (!pace.admits(admission.count() + 1)) {
            return new OverloadedException(
                    "proposals wait longer than they may, no more than " + pace.room() + " are taken at present");
        } else if (!admission.enter(bytes)) {
            return new OverloadedException("too many proposals under way, the limits are " + limits.proposalsMax()
                    + " and " + limits.proposalsBytesMax() + " bytes");
        }
        return null;
    }

    /** Fails a proposal that was not taken, at once. */
    private static void reject(Proposal proposal, QuorateException reason) {
        proposal.countRejected(Rejection.of(reason));
        proposal.fail(reason);
    }

    private InvalidRequestException tooLarge(Bytes command) {
        return new InvalidRequestException(
                "a command of " + command.length() + " bytes is above the limit of " + limits.proposalBytesMax());
    }

    private void leave(Proposal[] proposals) {
        long bytes = 0;
        for (Proposal proposal : proposals) {
            bytes += proposal.payload().length();
        }
        admission.leave(proposals.length, bytes);
    }
}
