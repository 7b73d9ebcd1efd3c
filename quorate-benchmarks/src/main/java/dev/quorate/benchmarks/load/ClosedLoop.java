package dev.quorate.benchmarks.load;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of slots, each of which issues its next operation when the last one is answered.
 *
 * <pre>
 *   driver thread   issues ──► answer at once ──► issues the next slot's, round after round
 *                         └──► answer later, on the subject's thread ──► issues the next there
 *                                                                    └──► answer at once: back to the driver
 * </pre>
 *
 * A slot stops when the loop ends, or after too many errors.
 */
final class ClosedLoop implements AutoCloseable {
    /** Slots stop after so many errors: a subject that only refuses would spin. */
    static final long ERRORS_MAX = 1000;

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    /** Lets time pass. */
    @FunctionalInterface
    interface Passage {
        /** By the clock. */
        Passage REAL = time -> Thread.sleep(time.toMillis());

        void pass(Duration time) throws InterruptedException;
    }

    private final Subject subject;
    private final ProcessCosts costs = new ProcessCosts();
    private final Latencies latencies = new Latencies();
    private final LongAdder operations = new LongAdder();
    private final AtomicLong errors = new AtomicLong();
    private final AtomicReference<@Nullable String> firstError = new AtomicReference<>();
    private final Queue<Slot> returned = new ConcurrentLinkedQueue<>();
    private final CountDownLatch open;
    private final Thread driver;
    private final boolean once;
    private volatile boolean running = true;

    private ClosedLoop(Workload workload, Subject subject, Operation operation, int inFlight, boolean once) {
        int slots = operation == Operation.PUT ? Math.min(inFlight, workload.keys()) : inFlight;
        this.subject = subject;
        this.once = once;
        this.open = new CountDownLatch(slots);
        Deque<Slot> fresh = new ArrayDeque<>(slots);
        for (int i = 0; i < slots; i++) {
            fresh.add(new Slot(this, workload, subject, operation, i, slots));
        }
        this.driver = new Thread(() -> drive(fresh), "load-driver");
    }

    /** Starts the slots, which go on until the loop is closed. */
    static ClosedLoop start(Workload workload, Subject subject, Operation operation, int inFlight) {
        ClosedLoop loop = new ClosedLoop(workload, subject, operation, inFlight, false);
        loop.driver.start();
        return loop;
    }

    /** Writes every key once. */
    static void fill(Workload workload, Subject subject, int inFlight, Duration timeout) throws InterruptedException {
        try (ClosedLoop loop = new ClosedLoop(workload, subject, Operation.PUT, inFlight, true)) {
            loop.driver.start();
            if (!loop.open.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("writing every key once took longer than " + timeout);
            }
            if (loop.errors.get() > 0) {
                throw new IllegalStateException("writing every key once: " + loop.firstError.get());
            }
        }
    }

    /** Runs windows until two agree, then one that counts. */
    Measurement measure(Agreement agreement, Passage passage, Duration window, Duration measured)
            throws InterruptedException {
        boolean warm = false;
        while (!warm) {
            long before = operations.sum();
            long began = System.nanoTime();
            passage.pass(window);
            warm = agreement.isWarm((operations.sum() - before) * 1e9 / (System.nanoTime() - began));
        }
        latencies.take();
        long countBefore = operations.sum();
        long forcesBefore = subject.forces();
        long bytesBefore = costs.allocatedBytes();
        long cpuBefore = costs.cpuNanos();
        long began = System.nanoTime();
        passage.pass(measured);
        long nanos = System.nanoTime() - began;
        long cpu = costs.cpuNanos() - cpuBefore;
        long bytes = costs.allocatedBytes() - bytesBefore;
        long forces = subject.forces() - forcesBefore;
        long count = operations.sum() - countBefore;
        Histogram histogram = latencies.take();
        return new Measurement(
                count,
                nanos,
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue(),
                cpu,
                bytes,
                forces,
                errors(),
                Objects.requireNonNullElse(firstError.get(), ""),
                agreement.windows(),
                agreement.agreed(),
                costs.systemLoad());
    }

    /** The operations answered so far; any thread. */
    long operations() {
        return operations.sum();
    }

    /** The operations that failed or were answered wrongly so far; any thread. */
    long errors() {
        return errors.get();
    }

    /** An operation was answered; any thread. */
    void answered(long nanos, String problem) {
        if (problem.isEmpty()) {
            operations.increment();
            latencies.record(nanos);
        } else {
            errors.incrementAndGet();
            firstError.compareAndSet(null, problem);
        }
    }

    /** Issues the next operation of a slot whose answer came on a thread of the subject. */
    void goOn(Slot slot) {
        if (isOver(slot)) {
            open.countDown();
        } else if (slot.issue()) {
            returned.add(slot);
            LockSupport.unpark(driver);
        }
    }

    /** Stops the slots and waits for the answers that are out. */
    @Override
    public void close() {
        running = false;
        LockSupport.unpark(driver);
        try {
            if (!open.await(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(open.getCount() + " operations were never answered");
            }
            driver.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void drive(Deque<Slot> ready) {
        while (open.getCount() > 0) {
            Slot slot = returned.poll();
            if (slot == null) {
                slot = ready.poll();
            }
            if (slot == null) {
                LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(10));
            } else if (isOver(slot)) {
                open.countDown();
            } else if (slot.issue()) {
                ready.add(slot);
            }
        }
    }

    private boolean isOver(Slot slot) {
        return !running || errors.get() > ERRORS_MAX || (once && slot.isAtEnd());
    }
}
