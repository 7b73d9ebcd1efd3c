package dev.quorate.engine;

import java.util.concurrent.Executor;

/**
 * A duty cycle as the other cycles see it: a place to leave work. In production each cycle is a thread; in a simulation
 * all of them are stepped by one. Work left by one thread runs in the order it was left.
 */
interface Cycle extends Executor {
    /**
     * Leaves work for the cycle, from any thread; never refused until the cycle has stopped, never run by the caller.
     */
    @Override
    void execute(Runnable work);

    /** Leaves work to be done at, or soon after, this time of the node's clock, from any thread. */
    Timer schedule(long atNanos, Runnable work);

    /** True on the thread that owns the cycle: the check of ownership. */
    boolean isCurrent();

    /** Work that waits for its time. */
    interface Timer {
        /** Drops the work if it has not begun; any thread, any number of times. */
        void cancel();
    }
}
