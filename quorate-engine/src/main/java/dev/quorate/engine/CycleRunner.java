package dev.quorate.engine;

import dev.quorate.spi.NanoClock;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread of a duty cycle in production: it polls while there is work, looks a few times more, and then parks until
 * its deadline or until a producer wakes it. An idle cycle therefore costs nothing, and a producer pays for a wake-up
 * only when the owner sleeps.
 */
final class CycleRunner {
    private static final int LOOKS_BEFORE_PARKING = 64;

    private final DutyCycle cycle;
    private final NanoClock clock;
    private final Thread thread;
    private final AtomicBoolean parked = new AtomicBoolean();
    private volatile boolean stopping;

    CycleRunner(String name, DutyCycle cycle, NanoClock clock) {
        this.cycle = cycle;
        this.clock = clock;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        cycle.wakeBy(this::wake);
    }

    void start() {
        thread.start();
    }

    /** Has the thread end after the step that it is in. */
    void stop() {
        stopping = true;
        LockSupport.unpark(thread);
    }

    /** Waits until the thread has ended. */
    void join() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** True on the thread of this runner. */
    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /** True while the thread sleeps, or is about to. */
    boolean isParked() {
        return parked.get();
    }

    private void wake() {
        if (parked.get() && parked.compareAndSet(true, false)) {
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        while (!stopping) {
            if (cycle.doWork() == 0 && !workComesSoon()) {
                park();
            }
        }
    }

    /** Looks for a moment whether something comes in: cheaper than to park when it does. */
    private boolean workComesSoon() {
        for (int look = 0; look < LOOKS_BEFORE_PARKING; look++) {
            if (cycle.hasWork()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private void park() {
        parked.set(true);
        if (!cycle.hasWork() && !stopping) {
            long deadline = cycle.nextDeadlineNanos();
            if (deadline == DutyCycle.NO_DEADLINE) {
                LockSupport.park(this);
            } else {
                long nanos = deadline - clock.nanoTime();
                if (nanos > 0) {
                    LockSupport.parkNanos(this, nanos);
                }
            }
        }
        parked.set(false);
    }
}
