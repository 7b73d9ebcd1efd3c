package dev.quorate.engine;

import dev.quorate.raft.Invariant;
import dev.quorate.spi.QuorateException;

/** What one of the four cycles is for; called by the owner of its {@link DutyCycle} only. */
interface Duty {
    /** Nothing but the work that others leave. */
    Duty LEFT_WORK_ONLY = new Duty() {
        @Override
        public int work(DutyCycle cycle, long nowNanos) {
            Invariant.check(cycle.nextItem() == null, "an item for a cycle that takes none");
            return 0;
        }

        @Override
        public long deadlineNanos() {
            return DutyCycle.NO_DEADLINE;
        }

        @Override
        public boolean hasWork() {
            return false;
        }

        @Override
        public void abandon(QuorateException reason) {}
    };

    /**
     * Does the work of a step: takes {@link DutyCycle#nextItem} until it is null, then does what is due.
     *
     * @param nowNanos read after the items of this step had arrived
     * @return how much was done, without the work that others left
     */
    int work(DutyCycle cycle, long nowNanos);

    /** When there is something to do even if nothing comes in; {@link DutyCycle#NO_DEADLINE} for never. */
    long deadlineNanos();

    /** True when there is something to do that is not in the inbox. */
    boolean hasWork();

    /** Fails all requests that are held here, because the node stops; called once. */
    void abandon(QuorateException reason);
}
