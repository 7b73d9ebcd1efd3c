package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.InvariantViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Two indexes that only grow, read as a pair by threads that take no lock. */
final class AppliedIndexTest {
    private static final long STEPS = 300_000;

    @Test
    void appliedNeverGoesBackAndNeverPassesPending() {
        AppliedIndex index = new AppliedIndex(5);
        index.raisePending(7);
        index.publish(6);
        assertThatThrownBy(() -> index.publish(6)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> index.publish(8)).isInstanceOf(InvariantViolation.class);
        assertThat(index.applied()).isEqualTo(6);
    }

    /**
     * The writer lets the pair take these values only, for each k: (2k, 2k), (2k, 2k+1), (2k+1, 2k+1), (2k+1, 2k+2): so
     * a range is empty, or exactly one long. Any pair of halves of different moments would be longer, or would name an
     * applied index.
     */
    @Test
    void aRangeIsAPairThatExisted() throws Exception {
        AppliedIndex index = new AppliedIndex(0);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<Future<Long>> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            readers.add(threads.submit(() -> {
                long wrong = 0;
                long appliedBefore = 0;
                while (index.applied() < STEPS) {
                    Optional<IndexRange> range = index.pendingRange();
                    if (range.isPresent()) {
                        wrong += range.get().size() == 1 ? 0 : 1;
                        wrong += range.get().first() > appliedBefore ? 0 : 1;
                        appliedBefore = range.get().first() - 1;
                    }
                }
                return wrong;
            }));
        }
        Future<?> writer = threads.submit(() -> {
            for (long i = 1; i <= STEPS; i++) {
                index.raisePending(i);
                index.publish(i);
            }
        });
        writer.get(60, TimeUnit.SECONDS);
        for (Future<Long> reader : readers) {
            assertThat(reader.get(60, TimeUnit.SECONDS)).isZero();
        }
        threads.shutdown();
    }

    /**
     * Commit runs ahead in strides while the apply follows: no reader may ever be shown an index that was applied
     * before it asked.
     */
    @Test
    void aRangeNeverBeginsBelowWhatWasAppliedBeforeTheQuestion() throws Exception {
        AppliedIndex index = new AppliedIndex(0);
        AtomicLong questions = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        Future<?> committer = threads.submit(() -> {
            for (long i = 1; i <= STEPS; i += 3) {
                index.raisePending(i);
            }
            index.raisePending(STEPS);
        });
        Future<?> worker = threads.submit(() -> {
            while (index.applied() < STEPS) {
                index.pendingRange().ifPresent(range -> index.publish(range.last()));
            }
        });
        Future<Long> reader = threads.submit(() -> {
            long wrong = 0;
            while (index.applied() < STEPS) {
                long applied = index.applied();
                Optional<IndexRange> range = index.pendingRange();
                wrong += range.isPresent() && range.get().first() <= applied ? 1 : 0;
                questions.incrementAndGet();
            }
            return wrong;
        });
        committer.get(60, TimeUnit.SECONDS);
        worker.get(60, TimeUnit.SECONDS);
        assertThat(reader.get(60, TimeUnit.SECONDS)).isZero();
        threads.shutdown();
    }
}
