package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@link StateMachineHandler#updatePending}. */
final class UpdatePendingTest {
    private final HandlerRig rig = HandlerRig.started();

    @Test
    void raisesTheCommittedIndex() {
        rig.handler().updatePending(4);
        assertThat(rig.handler().pendingRange()).contains(new IndexRange(1, 4));
        rig.handler().updatePending(9);
        assertThat(rig.handler().pendingRange()).contains(new IndexRange(1, 9));
    }

    @Test
    void ignoresSmallerValues() {
        rig.handler().updatePending(9);
        rig.handler().updatePending(4);
        rig.handler().updatePending(0);
        assertThat(rig.handler().pendingRange()).contains(new IndexRange(1, 9));
    }

    @Test
    void queuesNoWork() {
        for (int i = 1; i <= 1000; i++) {
            rig.handler().updatePending(i);
        }
        assertThat(rig.apply.step()).isFalse();
        assertThat(rig.bulk.step()).isFalse();
        assertThat(rig.handler().lastApplied()).isZero();
    }

    @Test
    void staysBehindWhatIsAppliedWithoutARange() {
        rig.writeThrough(5);
        rig.handler().updatePending(3);
        assertThat(rig.handler().pendingRange()).isEqualTo(Optional.empty());
    }

    @Test
    void isAMaximumWhateverThreadsCall() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        CountDownLatch go = new CountDownLatch(1);
        List<Future<?>> done = IntStream.range(0, 4)
                .<Future<?>>mapToObj(thread -> threads.submit(() -> {
                    go.await();
                    for (int i = 1; i <= 50_000; i++) {
                        rig.handler().updatePending((i * 7919L + thread) % 100_000);
                    }
                    return thread;
                }))
                .toList();
        go.countDown();
        for (Future<?> one : done) {
            one.get(30, TimeUnit.SECONDS);
        }
        threads.shutdown();
        long expected = IntStream.range(0, 4)
                .mapToLong(thread -> IntStream.rangeClosed(1, 50_000)
                        .mapToLong(i -> (i * 7919L + thread) % 100_000)
                        .max()
                        .orElseThrow())
                .max()
                .orElseThrow();
        assertThat(rig.handler().pendingRange()).contains(new IndexRange(1, expected));
    }
}
