package dev.quorate.engine;

import dev.quorate.spi.QuorateException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The futures of calls that run through several cycles, so that none of them stays open when the node ends. Any thread.
 */
final class OpenCalls {
    private final Map<Long, CompletableFuture<?>> open = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private volatile @Nullable QuorateException ended;

    /** Watches over a call until it is done. */
    <T> CompletableFuture<T> track(CompletableFuture<T> call) {
        long number = numbers.incrementAndGet();
        open.put(number, call);
        QuorateException reason = ended;
        if (reason != null) {
            call.completeExceptionally(reason);
        }
        var unused = call.whenComplete((value, failure) -> open.remove(number));
        return call;
    }

    /** Fails all that are not done, and all that come later. */
    void failAll(QuorateException reason) {
        ended = reason;
        open.values().forEach(call -> call.completeExceptionally(reason));
    }
}
