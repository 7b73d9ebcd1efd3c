package dev.quorate.engine;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.NotLeaderException;
import dev.quorate.spi.OutcomeUnknownException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.QuorateException.Retry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Proposes the entries of sessions again and again, as may be done with them, until there is an answer, the patience is
 * over, or only another node can help. Any thread.
 *
 * <pre>
 *   attempt ──► answer ──────────────────────────────────────────────► done
 *      ▲  └───► outcome unknown, no leader, too busy ──► patience over ► outcome unknown, if any attempt's is
 *      │                         │                └────────────────────► else the reason
 *      └── after a pause ◄───────┘        node ended, another leader is known and nothing is sent on to it:
 *                                         as if the patience were over
 * </pre>
 */
final class SessionDesk {
    private static final long PAUSE_NANOS = 10_000_000;
    private static final long PAUSE_NANOS_MAX = 640_000_000;
    /**
     * Where a session may go on at most: behind it is the window that {@link SessionEntry#keepAlive} must be out of.
     */
    private static final long SEQUENCE_MAX = SessionEntry.SEQUENCE_MAX - SessionEntry.IN_FLIGHT_MAX;

    /**
     * What came of an entry.
     *
     * @param afterUnknown true when an attempt before the answered one may have taken effect
     */
    record Settled(ApplyResult result, boolean afterUnknown) {}

    private final NodeCore core;
    private final OpenCalls calls;

    SessionDesk(NodeCore core, OpenCalls calls) {
        this.core = core;
        this.calls = calls;
    }

    /** Opens a session with the limits of this node. */
    CompletableFuture<ClientSession> open() {
        NodeOptions.Sessions options = core.settings().options().sessions();
        Bytes payload = new SessionEntry.Open(
                        options.timeout().toMillis(), options.inFlightMax(), options.sessionsMax())
                .encode();
        CompletableFuture<ClientSession> opened = new CompletableFuture<>();
        var unused = propose(EntryKind.OPEN_SESSION, () -> payload).whenComplete((settled, failure) -> {
            if (failure != null) {
                opened.completeExceptionally(failure);
            } else if (settled.result().effect() == ApplyResult.Effect.TOO_MANY_SESSIONS) {
                opened.completeExceptionally(new OverloadedException(
                        "the cluster has " + options.sessionsMax() + " sessions, no more are opened at present"));
            } else {
                opened.complete(new ClientSession(this, settled.result().id().index(), 1, options.inFlightMax()));
            }
        });
        return opened;
    }

    /** A session that was opened before. */
    ClientSession resume(long id, long nextSequence) {
        if (id < 1 || nextSequence < 1 || nextSequence > SEQUENCE_MAX) {
            throw new InvalidRequestException("session " + id + " from sequence " + nextSequence
                    + ": both are at least 1, the sequence at most " + SEQUENCE_MAX);
        }
        return new ClientSession(
                this, id, nextSequence, core.settings().options().sessions().inFlightMax());
    }

    /** The largest command of a session. */
    int commandBytesMax() {
        return core.settings().options().limits().proposalBytesMax();
    }

    /**
     * Proposes an entry until there is an answer.
     *
     * @param payload asked for at each attempt
     */
    CompletableFuture<Settled> propose(EntryKind kind, Supplier<Bytes> payload) {
        Call call = new Call(kind, payload);
        call.attempt();
        return call.outcome;
    }

    private static QuorateException known(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof QuorateException known
                ? known
                : new OutcomeUnknownException("a proposal failed: " + cause, cause);
    }

    private boolean isWorthARetry(QuorateException failure) {
        if (failure instanceof NotLeaderException refusal) {
            return refusal.leader().isEmpty() || core.settings().options().forwarding();
        }
        return failure.retry() != Retry.USELESS
                && !(failure instanceof NodeStoppedException)
                && !(failure instanceof NodeHaltedException);
    }

    /** One entry on its way. */
    private final class Call {
        private final EntryKind kind;
        private final Supplier<Bytes> payload;
        private final long deadlineNanos = core.settings().clock().nanoTime()
                + core.settings().options().sessions().patience().toNanos();
        /** Completes for whoever waits. */
        final CompletableFuture<Settled> outcome = new CompletableFuture<>();
        /** Fails when the node ends in the middle of a pause. */
        private final CompletableFuture<ApplyResult> answer = calls.track(new CompletableFuture<>());

        private long pauseNanos = PAUSE_NANOS;
        private volatile @Nullable QuorateException unknown;
        /** True while an attempt has no outcome: the node may end before it has. */
        private volatile boolean underWay;

        Call(EntryKind kind, Supplier<Bytes> payload) {
            this.kind = kind;
            this.payload = payload;
            var unused = answer.whenComplete(this::end);
        }

        void attempt() {
            if (answer.isDone()) {
                return;
            }
            underWay = true;
            var unused = core.proposals().proposeOfSession(kind, payload.get()).whenComplete((result, failure) -> {
                if (failure == null) {
                    answer.complete(result);
                } else {
                    failed(known(failure));
                }
            });
        }

        private void failed(QuorateException failure) {
            if (failure.retry() == Retry.UNKNOWN) {
                unknown = failure;
            }
            underWay = false;
            long nowNanos = core.settings().clock().nanoTime();
            if (!isWorthARetry(failure) || nowNanos - deadlineNanos >= 0) {
                answer.completeExceptionally(failure);
                return;
            }
            long pause = pauseNanos;
            pauseNanos = Math.min(PAUSE_NANOS_MAX, 2 * pauseNanos);
            core.cycle(Duties.LOOP)
                    .schedule(nowNanos + pause, () -> core.answers().deliverFromAnywhere(this::attempt));
        }

        private void end(@Nullable ApplyResult result, @Nullable Throwable failure) {
            QuorateException before = unknown;
            if (result != null) {
                outcome.complete(new Settled(result, before != null));
            } else if (failure != null) {
                outcome.completeExceptionally(reason(known(failure), before));
            }
        }

        private QuorateException reason(QuorateException last, @Nullable QuorateException before) {
            if (last.retry() == Retry.UNKNOWN || (before == null && !underWay)) {
                return last;
            }
            String earlier = before == null ? "an attempt was under way" : before.getMessage();
            return new OutcomeUnknownException(
                    "it may have taken effect (" + earlier + "), and no other attempt can be made here: "
                            + last.getMessage(),
                    last);
        }
    }
}
