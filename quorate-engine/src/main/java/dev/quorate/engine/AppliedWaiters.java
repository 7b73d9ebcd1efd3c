package dev.quorate.engine;

import dev.quorate.spi.DeadlineExceededException;
import dev.quorate.spi.NanoClock;
import dev.quorate.spi.OverloadedException;
import dev.quorate.spi.QuorateException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait until an index is applied: bounded, ordered by index, without a thread each. Any thread waits; APPLY
 * advances.
 *
 * <p>No wake-up is lost, because both sides write first and look second. A waiter counts itself, enters the map and
 * then reads the applied index again; APPLY publishes the applied index and then looks for waiters. One of the two sees
 * the other. Whoever takes a waiter out of the map completes it, so it is completed once.
 */
final class AppliedWaiters {
    private static final Duration TIMEOUT_MAX = Duration.ofDays(10_000);

    private final AppliedIndex index;
    private final int waitersMax;
    private final NanoClock clock;
    private final Cycle timers;
    private final ConcurrentSkipListMap<Place, Waiter> waiting = new ConcurrentSkipListMap<>();
    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong arrivals = new AtomicLong();
    private volatile @Nullable Supplier<? extends QuorateException> closedBy;

    /**
     * Nobody waits yet.
     *
     * @param timers the cycle that ends waits whose time is up; must never be busy for long
     */
    AppliedWaiters(AppliedIndex index, int waitersMax, NanoClock clock, Cycle timers) {
        this.index = index;
        this.waitersMax = waitersMax;
        this.clock = clock;
        this.timers = timers;
    }

    CompletableFuture<Void> await(long target, Duration timeout) {
        if (index.applied() >= target) {
            return CompletableFuture.completedFuture(null);
        }
        if (timeout.isZero() || timeout.isNegative()) {
            return CompletableFuture.failedFuture(new DeadlineExceededException(target, index.applied(), timeout));
        }
        if (count.incrementAndGet() > waitersMax) {
            count.decrementAndGet();
            return CompletableFuture.failedFuture(
                    new OverloadedException(waitersMax + " waits for an index to be applied are the limit"));
        }
        Waiter waiter = new Waiter(new Place(target, arrivals.incrementAndGet()), timeout);
        waiting.put(waiter.place, waiter);
        Supplier<? extends QuorateException> closed = closedBy;
        if (index.applied() >= target) {
            complete(waiter);
        } else if (closed != null) {
            fail(waiter, closed.get());
        } else {
            long nanos = (timeout.compareTo(TIMEOUT_MAX) < 0 ? timeout : TIMEOUT_MAX).toNanos();
            waiter.timeAt(clock.nanoTime() + nanos);
        }
        return waiter.future;
    }

    /**
     * Completes those whose index is applied, in the order of their indexes. After the index was published; APPLY only.
     */
    void advance() {
        if (count.get() == 0) {
            return;
        }
        long applied = index.applied();
        for (Map.Entry<Place, Waiter> first = waiting.firstEntry();
                first != null && first.getKey().target() <= applied;
                first = waiting.firstEntry()) {
            complete(first.getValue());
        }
    }

    /**
     * Fails all who wait, and all who come later. Any thread; only the first call has an effect on those who come
     * later.
     */
    void close(Supplier<? extends QuorateException> reason) {
        if (closedBy == null) {
            closedBy = reason;
        }
        for (Waiter waiter : waiting.values()) {
            fail(waiter, reason.get());
        }
    }

    /** How many wait now. */
    int count() {
        return count.get();
    }

    private void complete(Waiter waiter) {
        if (remove(waiter)) {
            waiter.future.complete(null);
        }
    }

    private void fail(Waiter waiter, QuorateException failure) {
        if (remove(waiter)) {
            waiter.future.completeExceptionally(failure);
        }
    }

    private boolean remove(Waiter waiter) {
        if (waiting.remove(waiter.place) == null) {
            return false;
        }
        count.decrementAndGet();
        waiter.cancelTimer();
        return true;
    }

    private record Place(long target, long arrival) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byTarget = Long.compare(target, other.target);
            return byTarget != 0 ? byTarget : Long.compare(arrival, other.arrival);
        }
    }

    private final class Waiter {
        private final Place place;
        private final Duration timeout;
        private final CompletableFuture<Void> future = new CompletableFuture<>();
        private volatile Cycle.@Nullable Timer timer;

        private Waiter(Place place, Duration timeout) {
            this.place = place;
            this.timeout = timeout;
        }

        private void timeAt(long deadlineNanos) {
            timer = timers.schedule(deadlineNanos, this::expire);
            if (future.isDone()) {
                cancelTimer();
            }
        }

        private void expire() {
            fail(this, new DeadlineExceededException(place.target(), index.applied(), timeout));
        }

        private void cancelTimer() {
            Cycle.Timer present = timer;
            if (present != null) {
                present.cancel();
            }
        }
    }
}
