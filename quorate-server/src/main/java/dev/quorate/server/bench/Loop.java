package dev.quorate.server.bench;

import dev.quorate.server.console.CommandFailedException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One part of a run: clients that call, until a number of calls is made or a time is over, and their answers awaited.
 *
 * <p>Without a schedule the loop is closed: a client calls again as soon as it is answered. With one it is open: a call
 * is made when it is due or, when all clients are busy then, by the next one that is free; calls that are due before
 * the end and could not be made by then are counted, not made.
 *
 * <p>One thread runs it; clients are freed by any thread.
 */
final class Loop {
    private static final Duration TICK = Duration.ofMillis(50);
    /** A server that only refuses would be asked as fast as this machine can. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(10);
    /** Calls have a deadline; one that is not ended so long after it never will be. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final long IDLE_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Tally tally;
    private final Choice choice;
    private final Bounds bounds;
    private final Optional<RateSchedule> schedule;
    private final ScheduledExecutorService timer;
    private final long startNanos = System.nanoTime();
    private final AtomicLong begun = new AtomicLong();
    private final Queue<Client> idle = new ConcurrentLinkedQueue<>();
    private final List<Client> clients;
    private final CountDownLatch working;
    private volatile @Nullable Thread pace;
    private volatile long unsent;

    /** What a client asks for next. Any thread. */
    interface Choice {
        Scenario.Step next(SplittableRandom random);
    }

    /** Sees a loop at work, now and then. */
    interface Watch {
        /**
         * Called by the thread that runs the loop.
         *
         * @param calls how many have come to an end
         * @param fraction how much of the loop is done, 0 to 1
         */
        void seen(long calls, double fraction);
    }

    /**
     * When a loop ends.
     *
     * @param duration no call is made after so much time
     * @param total no more calls are made than so many
     */
    record Bounds(Duration duration, long total) {}

    Loop(
            List<Client> clients,
            Choice choice,
            Bounds bounds,
            Optional<RateSchedule> schedule,
            Tally tally,
            ScheduledExecutorService timer) {
        this.clients = List.copyOf(clients);
        this.choice = choice;
        this.bounds = bounds;
        this.schedule = schedule;
        this.tally = tally;
        this.timer = timer;
        this.working = new CountDownLatch(clients.size());
    }

    /**
     * Lets the clients work and waits for their last answers.
     *
     * @param callTimeout after which every call is ended
     * @throws CommandFailedException when some never are
     */
    void run(Duration callTimeout, Watch watch) {
        if (schedule.isEmpty()) {
            clients.forEach(this::free);
        } else {
            RateSchedule due = schedule.get();
            idle.addAll(clients);
            Thread thread = new Thread(() -> pace(due), "quorate-bench-pace");
            thread.setDaemon(true);
            pace = thread;
            thread.start();
        }
        long longestNanos = bounds.duration().plus(callTimeout).plus(GRACE).toNanos();
        try {
            while (!working.await(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                watch.seen(tally.calls(), fraction());
                if (elapsedNanos() > longestNanos) {
                    throw new CommandFailedException("calls of " + working.getCount() + " clients were never ended");
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted");
        }
    }

    /** What counts the calls of this loop. */
    Tally tally() {
        return tally;
    }

    /** What a client asks for next. */
    Scenario.Step next(SplittableRandom random) {
        return choice.next(random);
    }

    /** How many calls of the schedule were due and not made, because no client was free before the end. */
    long unsent() {
        return unsent;
    }

    /** A client has been answered, and may call again. */
    void free(Client client) {
        if (schedule.isPresent()) {
            idle.add(client);
            LockSupport.unpark(pace);
        } else if (elapsedNanos() < bounds.duration().toNanos() && begun.getAndIncrement() < bounds.total()) {
            client.call(this, System.nanoTime());
        } else {
            working.countDown();
        }
    }

    /** A client's call failed: it may call again after a pause. */
    void freeAfterFailure(Client client) {
        try {
            var unused = timer.schedule(() -> free(client), PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException runIsOver) {
            // The command has given up already: nobody waits for this client.
            working.countDown();
        }
    }

    private void pace(RateSchedule due) {
        long endNanos = bounds.duration().toNanos();
        long planned = Math.min(bounds.total(), due.dueBefore(endNanos));
        long made = 0;
        while (made < planned) {
            long dueNanos = due.dueNanos(made);
            Client client = await(dueNanos, endNanos);
            if (client == null) {
                break;
            }
            made++;
            begun.set(made);
            client.call(this, startNanos + dueNanos);
        }
        unsent = planned - made;
        for (int back = 0; back < clients.size(); ) {
            if (idle.poll() == null) {
                LockSupport.parkNanos(this, IDLE_PARK_NANOS);
            } else {
                back++;
                working.countDown();
            }
        }
    }

    /** A free client once the time has come; null when there was none before the end. */
    private @Nullable Client await(long dueNanos, long endNanos) {
        for (long now = elapsedNanos(); now < dueNanos; now = elapsedNanos()) {
            LockSupport.parkNanos(this, dueNanos - now);
        }
        Client client = idle.poll();
        while (client == null && elapsedNanos() < endNanos) {
            LockSupport.parkNanos(this, IDLE_PARK_NANOS);
            client = idle.poll();
        }
        return client;
    }

    private long elapsedNanos() {
        return System.nanoTime() - startNanos;
    }

    private double fraction() {
        double byTime = (double) elapsedNanos() / bounds.duration().toNanos();
        double byCount = (double) begun.get() / bounds.total();
        return Math.min(1, Math.max(byTime, byCount));
    }
}
