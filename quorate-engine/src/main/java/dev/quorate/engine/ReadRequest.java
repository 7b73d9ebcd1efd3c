package dev.quorate.engine;

import dev.quorate.spi.QuorateException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One read of the state, its result, and the future that gets it. First evaluated, by whoever may read the state; then
 * completed.
 */
final class ReadRequest<T extends @Nullable Object> extends Inbox.Item {
    private final ReadDesk desk;
    private final Supplier<T> reading;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private long sinceNanos;
    private @Nullable T value;
    private @Nullable Throwable failure;

    ReadRequest(ReadDesk desk, Supplier<T> reading) {
        this.desk = desk;
        this.reading = reading;
    }

    CompletableFuture<T> answer() {
        return answer;
    }

    /** It has to wait from this time on; before it is handed to another thread. */
    void waitsSince(long nowNanos) {
        sinceNanos = nowNanos;
    }

    /** Since when it waits. */
    long sinceNanos() {
        return sinceNanos;
    }

    /** Reads the state; once. */
    void evaluate() {
        try {
            value = reading.get();
        } catch (RuntimeException | Error e) {
            // The caller's own code: whatever it throws is the caller's answer.
            failure = e;
        }
    }

    /** Hands the result to the caller; runs the caller's code. */
    void complete() {
        if (failure != null) {
            answer.completeExceptionally(failure);
        } else {
            answer.complete(value);
        }
    }

    /** Fails the read; runs the caller's code. */
    void fail(QuorateException reason) {
        answer.completeExceptionally(reason);
    }

    @Override
    void discarded(QuorateException reason) {
        desk.refuse(List.of(this), reason);
    }
}
