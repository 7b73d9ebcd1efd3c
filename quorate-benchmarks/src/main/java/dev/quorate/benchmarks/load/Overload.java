package dev.quorate.benchmarks.load;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.OverloadedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Puts more on a subject than it can do: first a closed loop finds what it can do, then an open loop offers a multiple
 * of that, whatever is answered. One thread submits; it takes its part of the processor, too.
 */
public final class Overload {
    private static final long SETTLE_SECONDS = 60;

    private final Subject subject;
    private final Bytes value;
    private final Latencies latencies = new Latencies();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private long submitted;

    /** A load of puts with values of so many bytes. */
    public Overload(Subject subject, int valueBytes) {
        this.subject = subject;
        this.value = Bytes.copyOf(new byte[valueBytes]);
    }

    /**
     * What a phase gave.
     *
     * @param offeredRate what was submitted in a second
     * @param admittedRate what was acknowledged in a second
     * @param refused how many were refused as too many: nothing happened
     * @param failed how many ended otherwise
     * @param latencies of those that were acknowledged, in nanoseconds
     */
    public record Phase(double offeredRate, double admittedRate, long refused, long failed, Histogram latencies) {}

    /** As much as the subject does with a fixed number in flight. */
    public Phase closed(int inFlight, Duration time) throws InterruptedException {
        Semaphore slots = new Semaphore(inFlight);
        begin();
        long began = System.nanoTime();
        while (System.nanoTime() - began < time.toNanos()) {
            slots.acquire();
            submit(Optional.of(slots));
        }
        return end(began, System.nanoTime());
    }

    /** So many a second, whatever becomes of them. */
    public Phase open(double rate, Duration time) throws InterruptedException {
        begin();
        long began = System.nanoTime();
        long now = began;
        while (now - began < time.toNanos()) {
            long due = (long) (rate * (now - began) / 1e9);
            if (submitted >= due) {
                LockSupport.parkNanos(50_000);
            }
            while (submitted < due) {
                submit(Optional.empty());
            }
            now = System.nanoTime();
        }
        return end(began, now);
    }

    private void begin() {
        latencies.take();
        answered.set(0);
        refused.set(0);
        failed.set(0);
        submitted = 0;
    }

    private void submit(Optional<Semaphore> slots) {
        byte[] key =
                ByteBuffer.allocate(Long.BYTES).putLong(submitted++ % 100_000).array();
        long asked = System.nanoTime();
        var unused = subject.put(Bytes.wrap(key), value).whenComplete((result, failure) -> {
            if (failure == null) {
                latencies.record(System.nanoTime() - asked);
            } else if (isOverloaded(failure)) {
                refused.incrementAndGet();
            } else {
                failed.incrementAndGet();
            }
            answered.incrementAndGet();
            slots.ifPresent(Semaphore::release);
        });
    }

    private static boolean isOverloaded(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        return cause instanceof OverloadedException;
    }

    private Phase end(long began, long ended) throws InterruptedException {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
        while (answered.get() < submitted) {
            if (System.nanoTime() > limit) {
                throw new IllegalStateException(submitted - answered.get() + " puts were never answered");
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        Histogram taken = latencies.take();
        double seconds = (ended - began) / 1e9;
        return new Phase(submitted / seconds, taken.getTotalCount() / seconds, refused.get(), failed.get(), taken);
    }
}
