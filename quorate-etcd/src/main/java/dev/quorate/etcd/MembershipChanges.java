package dev.quorate.etcd;

import dev.quorate.engine.QuorateNode;
import dev.quorate.engine.ReadConsistency;
import dev.quorate.raft.ChangeRefusal;
import dev.quorate.raft.Membership;
import dev.quorate.raft.MembershipChange;
import dev.quorate.spi.ChangeRefusedException;
import dev.quorate.spi.NotLeaderException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Changes of membership that wait for their turn: the node refuses one while another is under way or while no leader is
 * known, nothing has happened then, and a moment later it fits.
 */
final class MembershipChanges {
    /** How long a change waits for its turn. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration PAUSE = Duration.ofMillis(50);

    private final QuorateNode node;
    private final ScheduledExecutorService timer;

    /**
     * Changes at this node.
     *
     * @param timer asks again; nothing there blocks
     */
    MembershipChanges(QuorateNode node, ScheduledExecutorService timer) {
        this.node = node;
        this.timer = timer;
    }

    /** Makes a change; the result fails with what the node said last. */
    CompletableFuture<Membership> make(MembershipChange change) {
        return attempt(() -> node.reconfigure(change));
    }

    /** The membership as the cluster has it now, and not as this node had it when it last heard of it. */
    CompletableFuture<Membership> current() {
        return attempt(() ->
                node.read(ReadConsistency.LINEARIZABLE, () -> node.status().membership()));
    }

    private CompletableFuture<Membership> attempt(Supplier<CompletableFuture<Membership>> question) {
        CompletableFuture<Membership> result = new CompletableFuture<>();
        attempt(question, System.nanoTime() + PATIENCE.toNanos(), result);
        return result;
    }

    private void attempt(
            Supplier<CompletableFuture<Membership>> question,
            long deadlineNanos,
            CompletableFuture<Membership> result) {
        var unused = question.get().whenComplete((membership, failure) -> {
            if (failure == null) {
                result.complete(membership);
            } else if (!passes(failure) || System.nanoTime() - deadlineNanos >= 0) {
                result.completeExceptionally(failure);
            } else {
                again(question, deadlineNanos, result, failure);
            }
        });
    }

    private void again(
            Supplier<CompletableFuture<Membership>> question,
            long deadlineNanos,
            CompletableFuture<Membership> result,
            Throwable failure) {
        try {
            var next = timer.schedule(
                    () -> attempt(question, deadlineNanos, result), PAUSE.toNanos(), TimeUnit.NANOSECONDS);
            if (next.isCancelled()) {
                result.completeExceptionally(failure);
            }
        } catch (RejectedExecutionException closing) {
            result.completeExceptionally(failure);
        }
    }

    /** True when nothing happened and the reason passes by itself. */
    private static boolean passes(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ChangeRefusedException refused) {
            Optional<ChangeRefusal> reason = refused.reason();
            return reason.equals(Optional.of(ChangeRefusal.CHANGE_IN_PROGRESS))
                    || reason.equals(Optional.of(ChangeRefusal.NOT_READY));
        }
        return cause instanceof NotLeaderException;
    }
}
