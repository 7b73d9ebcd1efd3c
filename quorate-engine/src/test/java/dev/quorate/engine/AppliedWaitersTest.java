package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.DeadlineExceededException;
import dev.quorate.spi.NanoClock;
import dev.quorate.spi.NodeStoppedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Waiters, an apply and a stop on real threads. */
final class AppliedWaitersTest {
    private static final long LAST = 100_000;
    private static final int OPEN_WAITS = 8;
    private static final long MEETINGS_MAX = 200_000;
    private static final Duration MEETING_TIME = Duration.ofSeconds(2);
    private static final long OVER = Long.MAX_VALUE;
    private static final Duration LONG = Duration.ofMinutes(5);

    private final AppliedIndex index = new AppliedIndex(0);
    private final ThreadCycle timers = new ThreadCycle();
    private final AppliedWaiters waiters = new AppliedWaiters(index, 100_000, NanoClock.system(), timers);
    private final ExecutorService threads = Executors.newFixedThreadPool(4);

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
        timers.executor.shutdownNow();
    }

    /**
     * Each thread keeps a few waits open and waits for the oldest: one that nobody wakes up stops its thread for good.
     */
    @Test
    void noWakeUpIsLost() throws Exception {
        List<Future<Integer>> arriving = new ArrayList<>();
        for (int thread = 0; thread < 3; thread++) {
            arriving.add(threads.submit(() -> {
                Queue<CompletableFuture<Void>> mine = new ArrayDeque<>();
                int waits = 0;
                while (index.applied() < LAST) {
                    mine.add(waiters.await(Math.min(LAST, index.applied() + 1 + waits++ % 3), LONG));
                    if (mine.size() > OPEN_WAITS) {
                        mine.remove().get(30, TimeUnit.SECONDS);
                    }
                }
                for (CompletableFuture<Void> wait : mine) {
                    wait.get(30, TimeUnit.SECONDS);
                }
                return waits;
            }));
        }
        Future<?> apply = threads.submit(() -> {
            for (long i = 1; i <= LAST; i++) {
                index.raisePending(i);
                index.publish(i);
                waiters.advance();
            }
        });
        apply.get(60, TimeUnit.SECONDS);
        for (Future<Integer> thread : arriving) {
            thread.get(60, TimeUnit.SECONDS);
        }
        assertThat(waiters.count()).as("none leaks").isZero();
    }

    /** The wait and the apply that ends it begin at the same moment, over and over. */
    @Test
    void aWakeUpAtTheMomentOfTheArrivalIsNotLost() throws Exception {
        long endNanos = System.nanoTime() + MEETING_TIME.toNanos();
        AtomicLong turn = new AtomicLong();
        Future<?> apply = threads.submit(() -> {
            for (long i = 1; turn.get() != OVER; i++) {
                while (turn.get() < i) {
                    Thread.onSpinWait();
                }
                index.raisePending(i);
                index.publish(i);
                waiters.advance();
            }
        });
        long meetings = 0;
        while (meetings < MEETINGS_MAX && System.nanoTime() - endNanos < 0) {
            turn.set(++meetings);
            waiters.await(meetings, LONG).get(20, TimeUnit.SECONDS);
        }
        turn.set(OVER);
        apply.get(60, TimeUnit.SECONDS);
        assertThat(meetings).isPositive();
        assertThat(waiters.count()).isZero();
    }

    @Test
    void aTimeoutBesideTheApplyIsOneOrTheOtherAndLeaksNothing() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Future<?> apply = threads.submit(() -> {
            for (long i = 1; !done.get(); i++) {
                index.raisePending(i);
                index.publish(i);
                waiters.advance();
            }
        });
        int late = 0;
        for (int i = 0; i < 2_000; i++) {
            CompletableFuture<Void> wait = waiters.await(index.applied() + 50, Duration.ofNanos(20_000));
            try {
                wait.get(10, TimeUnit.SECONDS);
                assertThat(index.applied()).isPositive();
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(DeadlineExceededException.class);
                late++;
            }
        }
        done.set(true);
        apply.get(60, TimeUnit.SECONDS);
        assertThat(late).isBetween(0, 2_000);
        assertThat(waiters.count()).isZero();
    }

    @Test
    void aStopReachesThoseWhoArriveAtTheSameMoment() throws Exception {
        List<Future<List<CompletableFuture<Void>>>> arriving = new ArrayList<>();
        AtomicBoolean stopped = new AtomicBoolean();
        for (int thread = 0; thread < 3; thread++) {
            arriving.add(threads.submit(() -> {
                List<CompletableFuture<Void>> mine = new ArrayList<>();
                for (int i = 0; i < 5_000 && !(stopped.get() && i % 100 == 0); i++) {
                    mine.add(waiters.await(1, LONG));
                }
                return mine;
            }));
        }
        waiters.close(() -> new NodeStoppedException("stop"));
        stopped.set(true);
        for (Future<List<CompletableFuture<Void>>> mine : arriving) {
            for (CompletableFuture<Void> wait : mine.get(60, TimeUnit.SECONDS)) {
                assertThat(wait).failsWithin(Duration.ofSeconds(10));
            }
        }
        assertThat(waiters.count()).isZero();
    }

    /** A cycle on a thread of the platform. */
    private static final class ThreadCycle implements Cycle {
        private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);

        private ThreadCycle() {
            executor.setRemoveOnCancelPolicy(true);
        }

        @Override
        public void execute(Runnable work) {
            executor.execute(work);
        }

        @Override
        public Timer schedule(long atNanos, Runnable work) {
            Future<?> scheduled = executor.schedule(work, atNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        }

        @Override
        public boolean isCurrent() {
            return false;
        }
    }
}
