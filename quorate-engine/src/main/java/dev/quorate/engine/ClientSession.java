package dev.quorate.engine;

import dev.quorate.spi.AnswerLostException;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.EntryKind;
import dev.quorate.spi.InvalidRequestException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.SessionLostException;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A client whose commands take effect exactly once (thesis §6.3): each has a number in the session, by which all
 * replicas recognise it when it comes again, also after a change of leader, a restart or a snapshot. So a proposal
 * whose outcome is unknown is simply sent again, which this class does by itself.
 *
 * <p>Proposals get the sequences {@link #nextSequence}, +1, +2, … in the order of the calls. Those in flight at one
 * time take effect in any order. Any thread; at one time a session is used at one node only, by one client.
 *
 * <p>A session that is silent for longer than its timeout ends. When a client loses its node, it goes on at another one
 * with {@link QuorateNode#resumeSession}: it names the first sequence without an answer, and proposes again what it had
 * proposed from there on, in the same order. What took effect is answered as before, the rest is done now.
 */
public final class ClientSession {
    private final SessionDesk desk;
    private final long id;
    private final int inFlightMax;
    /** The calls without an answer, by sequence. Guarded by this. */
    private final TreeMap<Long, Call> unanswered = new TreeMap<>();

    private long nextSequence;
    private @Nullable String ended;

    ClientSession(SessionDesk desk, long id, long nextSequence, int inFlightMax) {
        this.desk = desk;
        this.id = id;
        this.nextSequence = nextSequence;
        this.inFlightMax = inFlightMax;
    }

    /** The id of the session: the index of the entry that opened it. */
    public long id() {
        return id;
    }

    /** The sequence that the next proposal gets. */
    public synchronized long nextSequence() {
        return nextSequence;
    }

    /**
     * The lowest sequence without an answer, {@link #nextSequence} when there is none: where to go on at another node.
     * A proposal that failed counts as unanswered until the next call of {@link #propose}, which gives it up.
     */
    public synchronized long firstUnanswered() {
        return unanswered.isEmpty() ? nextSequence : unanswered.firstKey();
    }

    /**
     * Replicates a command and applies it once. Sends it again while its outcome is unknown or this node knows no
     * leader, until the {@code patience} of {@link NodeOptions.Sessions} is over; the last attempt may take as long as
     * any proposal.
     *
     * @param command as in {@link QuorateNode#propose}
     * @return what {@code apply} answered when the command took effect. Fails as {@link QuorateNode#propose} does, with
     *     {@link dev.quorate.spi.OutcomeUnknownException} only when the patience is over or the node ended (the command
     *     may still be repeated at another node); with {@link SessionLostException}, which says whether the command may
     *     have taken effect; with {@link OverloadedException} when too many are in flight; with
     *     {@link AnswerLostException} when it took effect and only its answer is gone
     */
    public CompletableFuture<Bytes> propose(Bytes command) {
        if (command.length() > desk.commandBytesMax() - SessionEntry.COMMAND_OVERHEAD_BYTES) {
            return CompletableFuture.failedFuture(
                    new InvalidRequestException("a command of " + command.length() + " bytes is above the limit of "
                            + (desk.commandBytesMax() - SessionEntry.COMMAND_OVERHEAD_BYTES) + " in a session"));
        }
        Call call;
        synchronized (this) {
            if (ended != null) {
                return CompletableFuture.failedFuture(new SessionLostException(id, ended, false));
            }
            unanswered.values().removeIf(one -> one.failed);
            if (nextSequence - firstUnanswered() >= inFlightMax) {
                return CompletableFuture.failedFuture(new OverloadedException("session " + id + " waits for the answer "
                        + "of " + firstUnanswered() + ", and " + inFlightMax + " behind it are the most"));
            }
            call = new Call(nextSequence++, command);
            unanswered.put(call.sequence, call);
        }
        var unused = desk.propose(EntryKind.SESSION_COMMAND, call::payload).whenComplete(call::end);
        return call.answer;
    }

    /**
     * Says that the client is there, so that the session does not end by its timeout: an entry that does nothing else.
     *
     * @return done when it is applied. Fails as {@link #propose} does; with {@link SessionLostException} when the
     *     session is not there any more
     */
    public CompletableFuture<Void> keepAlive() {
        synchronized (this) {
            if (ended != null) {
                return CompletableFuture.failedFuture(new SessionLostException(id, ended, false));
            }
        }
        Bytes payload = SessionEntry.keepAlive(id).encode();
        CompletableFuture<Void> kept = new CompletableFuture<>();
        var unused = desk.propose(EntryKind.SESSION_COMMAND, () -> payload).whenComplete((settled, failure) -> {
            if (failure != null) {
                kept.completeExceptionally(failure);
            } else if (settled.result().effect() == ApplyResult.Effect.SESSION_LOST) {
                String reason = "session " + id + " was closed, or silent for longer than its timeout";
                lost(reason);
                kept.completeExceptionally(new SessionLostException(id, reason, false));
            } else {
                kept.complete(null);
            }
        });
        return kept;
    }

    /**
     * Ends the session, and what it keeps at all replicas is freed. Proposals in flight may fail with
     * {@link SessionLostException}. A session that is not closed ends by its timeout.
     */
    public CompletableFuture<Void> close() {
        synchronized (this) {
            ended = "session " + id + " was closed";
        }
        Bytes payload = new SessionEntry.Close(id).encode();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        var unused = desk.propose(EntryKind.CLOSE_SESSION, () -> payload).whenComplete((settled, failure) -> {
            if (failure == null) {
                closed.complete(null);
            } else {
                closed.completeExceptionally(failure);
            }
        });
        return closed;
    }

    private synchronized void settled(Call call) {
        unanswered.remove(call.sequence);
    }

    private synchronized void lost(String reason) {
        if (ended == null) {
            ended = reason;
        }
    }

    /** One command and its number. */
    private final class Call {
        final long sequence;
        final Bytes command;
        final CompletableFuture<Bytes> answer = new CompletableFuture<>();
        /** Without an answer for ever, as far as this node is concerned; guarded by the session. */
        boolean failed;

        Call(long sequence, Bytes command) {
            this.sequence = sequence;
            this.command = command;
        }

        Bytes payload() {
            return new SessionEntry.Command(id, sequence, Math.min(sequence, firstUnanswered()), command).encode();
        }

        void end(SessionDesk.@Nullable Settled settled, @Nullable Throwable failure) {
            if (settled != null) {
                end(settled.result(), settled.afterUnknown());
            } else if (failure != null) {
                synchronized (ClientSession.this) {
                    failed = true;
                }
                answer.completeExceptionally(failure);
            }
        }

        private void end(ApplyResult result, boolean afterUnknown) {
            settled(this);
            switch (result.effect()) {
                case APPLIED, REPEATED -> answer.complete(result.response());
                case ANSWER_LOST ->
                    fail(new AnswerLostException(
                            "command " + sequence + " of session " + id + " took effect, its answer is not kept"));
                case SESSION_LOST -> {
                    String reason = "session " + id + " was closed, or silent for longer than its timeout";
                    lost(reason);
                    fail(new SessionLostException(id, reason, afterUnknown));
                }
                case FORGOTTEN ->
                    fail(new InvalidRequestException("command " + sequence + " of session " + id
                            + " comes after a command that said its answer was known"));
                case TOO_FAR_AHEAD, TOO_MANY_SESSIONS ->
                    fail(new OverloadedException(
                            "command " + sequence + " of session " + id + " is too far ahead of the unanswered ones"));
            }
        }

        private void fail(QuorateException reason) {
            answer.completeExceptionally(reason);
        }
    }
}
