package dev.quorate.engine;

import dev.quorate.spi.QuorateException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * The way from the node to its callers: everything that may run a caller's code goes through here, a batch at a time,
 * and never from LOOP or LOG. With a direct executor that code runs on APPLY.
 */
final class Answers {
    private final Executor executor;
    private final DutyCycle apply;

    Answers(Executor executor, DutyCycle apply) {
        this.executor = executor;
        this.apply = apply;
    }

    /** Has the callers' executor run this; on APPLY, on BULK, or by the one who closes the node. */
    void deliver(Runnable batch) {
        try {
            executor.execute(batch);
        } catch (RejectedExecutionException e) {
            // An executor that was shut down before its node must not leave callers waiting for ever.
            batch.run();
        }
    }

    /** As {@link #deliver}, from any thread. */
    void deliverFromAnywhere(Runnable batch) {
        if (!apply.offer(new Delivery(this, batch))) {
            deliver(batch);
        }
    }

    /** A delivery on its way to APPLY; it is made even if APPLY stops before. */
    private static final class Delivery extends DutyCycle.WorkItem {
        private final Answers answers;
        private final Runnable batch;

        private Delivery(Answers answers, Runnable batch) {
            this.answers = answers;
            this.batch = batch;
        }

        @Override
        void run() {
            answers.deliver(batch);
        }

        @Override
        void discarded(QuorateException reason) {
            answers.deliver(batch);
        }
    }
}
