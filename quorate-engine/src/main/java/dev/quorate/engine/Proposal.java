package dev.quorate.engine;

import dev.quorate.raft.LogId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.ForwardedOutcome;
import dev.quorate.spi.QuorateException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One entry that somebody wants in the log: on its way to LOOP first, and waiting to be applied then. */
abstract class Proposal extends Inbox.Item {
    private final ProposalDesk desk;
    private final EntryKind kind;
    private final Bytes payload;
    private final @Nullable RequestCounts counts;
    private final long sinceNanos;
    private boolean wasForwarded;
    private long forwardUntilNanos;

    /**
     * A proposal that comes in now.
     *
     * @param counts where its end is counted; null when it is not
     */
    private Proposal(ProposalDesk desk, EntryKind kind, Bytes payload, @Nullable RequestCounts counts) {
        this.desk = desk;
        this.kind = kind;
        this.payload = payload;
        this.counts = counts;
        this.sinceNanos = counts == null ? 0 : desk.nowNanos();
    }

    final EntryKind kind() {
        return kind;
    }

    final Bytes payload() {
        return payload;
    }

    /** True when it may be sent on to the leader by a node that does not lead. */
    boolean isForwardable() {
        return false;
    }

    /** Counts that it was answered at this time. APPLY only. */
    final void countAnswered(long nowNanos) {
        if (counts != null) {
            counts.answered(nowNanos - sinceNanos);
        }
    }

    /** How long it has waited until now; 0 when that is not counted. */
    final long waitedNanos(long nowNanos) {
        return counts == null ? 0 : nowNanos - sinceNanos;
    }

    /** Counts that it was not answered. Any thread. */
    final void countRejected(Rejection why) {
        if (counts != null) {
            counts.rejected(why, 1);
        }
    }

    /**
     * How long the leader is waited for: the first call counts, though the proposal be sent on again. Owned by LOOP.
     */
    final long forwardUntil(long deadlineNanos) {
        if (!wasForwarded) {
            wasForwarded = true;
            forwardUntilNanos = deadlineNanos;
        }
        return forwardUntilNanos;
    }

    /** Gives the answer; runs the caller's code. */
    abstract void succeed(ApplyResult result);

    /** Gives the failure; runs the caller's code. */
    abstract void fail(QuorateException reason);

    @Override
    final void discarded(QuorateException reason) {
        desk.refuse(new Proposal[] {this}, reason);
    }

    /** A command, whose proposer gets the state machine's answer. */
    static final class Command extends Proposal {
        private final CompletableFuture<Bytes> answer = new CompletableFuture<>();

        Command(ProposalDesk desk, Bytes payload) {
            super(desk, EntryKind.COMMAND, payload, desk.counts().proposals());
        }

        CompletableFuture<Bytes> answer() {
            return answer;
        }

        @Override
        boolean isForwardable() {
            return true;
        }

        @Override
        void succeed(ApplyResult result) {
            answer.complete(result.response());
        }

        @Override
        void fail(QuorateException reason) {
            answer.completeExceptionally(reason);
        }
    }

    /** What another node was asked for and sent on: the answer goes back there. */
    static final class Forwarded extends Proposal {
        private final Consumer<ForwardedOutcome> answer;

        /**
         * A proposal of another node.
         *
         * @param answer sends the answer; any thread calls it, once
         */
        Forwarded(ProposalDesk desk, EntryKind kind, Bytes payload, Consumer<ForwardedOutcome> answer) {
            super(desk, kind, payload, desk.counts().peerProposals());
            this.answer = answer;
        }

        @Override
        void succeed(ApplyResult result) {
            answer.accept(Refusals.toOutcome(result));
        }

        @Override
        void fail(QuorateException reason) {
            answer.accept(Refusals.toOutcome(reason));
        }
    }

    /** An entry of the engine itself, whose proposer gets its position. */
    static final class OfTheEngine extends Proposal {
        private final CompletableFuture<LogId> position = new CompletableFuture<>();

        OfTheEngine(ProposalDesk desk, EntryKind kind, Bytes payload) {
            super(desk, kind, payload, null);
        }

        CompletableFuture<LogId> position() {
            return position;
        }

        @Override
        void succeed(ApplyResult result) {
            position.complete(result.id());
        }

        @Override
        void fail(QuorateException reason) {
            position.completeExceptionally(reason);
        }
    }

    /** An entry of a client session, whose proposer gets the whole result. */
    static final class OfASession extends Proposal {
        private final CompletableFuture<ApplyResult> result = new CompletableFuture<>();

        OfASession(ProposalDesk desk, EntryKind kind, Bytes payload) {
            super(desk, kind, payload, desk.counts().proposals());
        }

        CompletableFuture<ApplyResult> result() {
            return result;
        }

        @Override
        boolean isForwardable() {
            return true;
        }

        @Override
        void succeed(ApplyResult itsResult) {
            result.complete(itsResult);
        }

        @Override
        void fail(QuorateException reason) {
            result.completeExceptionally(reason);
        }
    }
}
