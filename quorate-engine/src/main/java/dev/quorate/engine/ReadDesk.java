package dev.quorate.engine;

import dev.quorate.spi.NanoClock;
import dev.quorate.spi.NodeStoppedException;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import dev.quorate.spi.TransferFailedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where reads come in and where their answers go out. Any thread.
 *
 * <pre>
 *   LOCAL ─────────────────────────────────────────────────────────────► state
 *   LEASE ─ commit index, clock, lease? ─ yes ─ (wait until applied) ──► state
 *                                         no ─┐
 *   LINEARIZABLE ─────────────────────────────┴─► LOOP, ReadIndex ─ (wait until applied) ──► state
 * </pre>
 *
 * A state machine that reads concurrently is read by the caller at once, or by the callers' executor after a wait; any
 * other one on APPLY only.
 */
final class ReadDesk {
    private final DutyCycle loop;
    private final DutyCycle apply;
    private final StateMachineHandler handler;
    private final NodeView view;
    private final NanoClock clock;
    private final Answers answers;
    private final boolean concurrently;
    private final Duration timeout;
    private final Admission admission;
    private final int readsMax;
    private final RequestCounts counts;

    ReadDesk(
            DutyCycle loop,
            DutyCycle apply,
            StateMachineHandler handler,
            NodeView view,
            NanoClock clock,
            Answers answers,
            boolean concurrently,
            NodeOptions options,
            RequestCounts counts) {
        this.loop = loop;
        this.apply = apply;
        this.handler = handler;
        this.view = view;
        this.clock = clock;
        this.answers = answers;
        this.concurrently = concurrently;
        this.timeout = options.timeouts().read();
        this.readsMax = options.limits().readsMax();
        this.counts = counts;
        this.admission = new Admission(readsMax, Long.MAX_VALUE);
    }

    /** Reads with this consistency; the answer of a read that had to wait completes on the callers' executor. */
    <T extends @Nullable Object> CompletableFuture<T> read(ReadConsistency consistency, Supplier<T> reading) {
        ReadRequest<T> request = new ReadRequest<>(this, reading);
        switch (consistency) {
            case LOCAL -> readNow(request);
            case LEASE -> readLeased(request);
            case LINEARIZABLE -> submit(loop, request);
        }
        return request.answer();
    }

    /** How many reads wait. */
    int inFlight() {
        return admission.count();
    }

    /**
     * Reads whose read index is known: has them answered as soon as it is applied.
     *
     * @param readIndex no state before this index may answer
     */
    void confirmed(ReadBatch batch, long readIndex) {
        if (handler.lastApplied() >= readIndex) {
            toApply(batch);
            return;
        }
        var unused = handler.waitApplied(readIndex, timeout).whenComplete((done, failure) -> {
            if (failure == null) {
                toApply(batch);
            } else {
                refuse(batch.reads(), asQuorate(failure));
            }
        });
    }

    /** Fails reads, from whatever cycle. */
    void refuse(List<? extends ReadRequest<?>> reads, QuorateException reason) {
        admission.leave(reads.size(), 0);
        counts.rejected(Rejection.of(reason), reads.size());
        answers.deliverFromAnywhere(() -> {
            for (ReadRequest<?> read : reads) {
                read.fail(reason);
            }
        });
    }

    /** Answers reads for which the state is fresh enough. APPLY only. */
    void answer(List<? extends ReadRequest<?>> reads) {
        if (reads.isEmpty()) {
            return;
        }
        admission.leave(reads.size(), 0);
        long nowNanos = clock.measuringNanos();
        for (ReadRequest<?> read : reads) {
            counts.answered(nowNanos - read.sinceNanos());
        }
        if (!concurrently) {
            for (ReadRequest<?> read : reads) {
                read.evaluate();
            }
        }
        answers.deliver(() -> {
            for (ReadRequest<?> read : reads) {
                if (concurrently) {
                    read.evaluate();
                }
                read.complete();
            }
        });
    }

    private void readNow(ReadRequest<?> request) {
        if (concurrently) {
            request.evaluate();
            request.complete();
        } else {
            submit(apply, request);
        }
    }

    private void readLeased(ReadRequest<?> request) {
        long committed = view.committedAnywhere();
        long nowNanos = clock.nanoTime();
        if (!view.isLeased(nowNanos)) {
            submit(loop, request);
        } else if (handler.lastApplied() >= committed) {
            readNow(request);
        } else if (enter(request)) {
            confirmed(new ReadBatch(this, List.of(request)), committed);
        }
    }

    private void submit(DutyCycle cycle, ReadRequest<?> request) {
        if (enter(request) && !cycle.offer(request)) {
            admission.leave(1, 0);
            counts.rejected(Rejection.STOPPED, 1);
            request.fail(new NodeStoppedException("the node is closed"));
        }
    }

    private boolean enter(ReadRequest<?> request) {
        if (admission.enter(0)) {
            request.waitsSince(clock.measuringNanos());
            return true;
        }
        counts.rejected(Rejection.OVERLOADED, 1);
        request.fail(new OverloadedException("too many reads wait, the limit is " + readsMax));
        return false;
    }

    private void toApply(ReadBatch batch) {
        if (!apply.offer(batch)) {
            batch.discarded(new NodeStoppedException("the node is closed"));
        }
    }

    private static QuorateException asQuorate(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof QuorateException known
                ? known
                : new TransferFailedException("the wait for the state failed: " + cause, cause);
    }
}
