package dev.quorate.engine;

import dev.quorate.spi.NanoClock;
import dev.quorate.spi.NodeHaltedException;
import dev.quorate.spi.QuorateException;
import org.jspecify.annotations.Nullable;

/**
 * One of the four loops of a node, as an object that is stepped: it has no thread, never waits for another cycle, and
 * knows the time from the node's clock alone. In production a {@link CycleRunner} steps it; in a simulation one thread
 * steps all of them.
 *
 * <p>A step takes everything out of the inbox first and reads the clock second: what was in the inbox is then judged by
 * a time that is not before its arrival, however long the thread paused in between.
 */
final class DutyCycle implements Cycle {
    /** No time: nothing happens until something comes in. */
    static final long NO_DEADLINE = Long.MAX_VALUE;

    private final Inbox inbox = new Inbox();
    private final TimerQueue timers = new TimerQueue();
    private final String name;
    private final NanoClock clock;
    private final Halt halt;
    private Duty duty = Duty.LEFT_WORK_ONLY;
    private volatile Runnable waker = () -> {};
    private @Nullable Thread running;
    private Inbox.@Nullable Item rest;
    private int ran;
    private boolean abandoned;

    /**
     * A cycle without a duty yet.
     *
     * @param name for messages: LOOP, LOG, APPLY or BULK
     */
    DutyCycle(String name, NanoClock clock, Halt halt) {
        this.name = name;
        this.clock = clock;
        this.halt = halt;
    }

    /** Gives the cycle its duty; once, before the first step, because duties need the cycles of each other. */
    void begin(Duty itsDuty) {
        duty = itsDuty;
    }

    /** Sets what is called when work came in; once, before the first step. */
    void wakeBy(Runnable itsWaker) {
        waker = itsWaker;
    }

    /**
     * Does what there is to do, and returns how much that was; after 0, a step is useless before
     * {@link #nextDeadlineNanos} or the next arrival. The owner only.
     */
    int doWork() {
        running = Thread.currentThread();
        try {
            NodeHaltedException halted = halt.cause();
            if (halted != null) {
                return discardAll(halted, inbox.drain());
            }
            rest = inbox.drain();
            long nowNanos = clock.nanoTime();
            int done = timers.runDue(nowNanos);
            done += duty.work(this, nowNanos) + ran;
            ran = 0;
            return done;
        } catch (RuntimeException | Error failure) {
            // Whatever it is, it is a fault of ours, of a disk or of the state machine: the node halts and says why.
            halt.by("the node halted in " + name, failure);
            return 1;
        } finally {
            running = null;
        }
    }

    /**
     * When {@link #doWork} has something to do even if nothing comes in; {@link #NO_DEADLINE} for never. The owner
     * only.
     */
    long nextDeadlineNanos() {
        return halt.cause() != null ? NO_DEADLINE : earlier(timers.nextDeadlineNanos(), duty.deadlineNanos());
    }

    /** True when {@link #doWork} has something to do at once. The owner only. */
    boolean hasWork() {
        return !inbox.isEmpty() || (halt.cause() != null ? !abandoned : duty.hasWork());
    }

    /** Fails what is left, and takes nothing any more. By the one who stopped the owner. */
    void close(QuorateException reason) {
        running = Thread.currentThread();
        try {
            discardAll(reason, inbox.drainAndClose());
        } finally {
            running = null;
        }
    }

    /** Adds an item and wakes the owner; false when the cycle is closed. Any thread. */
    boolean offer(Inbox.Item item) {
        if (!inbox.offer(item)) {
            return false;
        }
        waker.run();
        return true;
    }

    /** Adds an item without waking the owner: {@link #wake} follows when a batch is complete. Any thread. */
    boolean offerQuietly(Inbox.Item item) {
        return inbox.offer(item);
    }

    /** Has the owner step soon, when it sleeps. Any thread. */
    void wake() {
        waker.run();
    }

    @Override
    public void execute(Runnable work) {
        offer(new LeftWork(work));
    }

    @Override
    public Timer schedule(long atNanos, Runnable work) {
        TimerQueue.Due due = timers.timer(atNanos, work);
        if (isCurrent()) {
            timers.add(due);
        } else {
            execute(() -> timers.add(due));
        }
        return due;
    }

    @Override
    public boolean isCurrent() {
        return running == Thread.currentThread();
    }

    /**
     * The next item of the step; null when all are taken. Runs and skips what other cycles left to be run. The owner
     * only.
     */
    Inbox.@Nullable Item nextItem() {
        for (Inbox.Item item = rest; item != null; item = rest) {
            rest = Inbox.following(item);
            if (!(item instanceof WorkItem work)) {
                return item;
            }
            work.run();
            ran++;
        }
        return null;
    }

    /** The earlier of two times. */
    static long earlier(long a, long b) {
        if (a == NO_DEADLINE || b == NO_DEADLINE) {
            return a == NO_DEADLINE ? b : a;
        }
        return a - b <= 0 ? a : b;
    }

    private int discardAll(QuorateException reason, Inbox.@Nullable Item drained) {
        int count = discardChain(rest, reason) + discardChain(drained, reason);
        rest = null;
        if (!abandoned) {
            abandoned = true;
            duty.abandon(reason);
            count++;
        }
        return count;
    }

    private static int discardChain(Inbox.@Nullable Item first, QuorateException reason) {
        int count = 0;
        Inbox.Item item = first;
        while (item != null) {
            Inbox.Item next = Inbox.following(item);
            item.discarded(reason);
            count++;
            item = next;
        }
        return count;
    }

    /** Work that runs when its turn comes, before the items that came after it. */
    abstract static class WorkItem extends Inbox.Item {
        abstract void run();
    }

    private static final class LeftWork extends WorkItem {
        private final Runnable work;

        private LeftWork(Runnable work) {
            this.work = work;
        }

        @Override
        void run() {
            work.run();
        }
    }
}
