package dev.quorate.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.OverloadedException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class OverloadTest {
    private final ExecutorService executor = Executors.newSingleThreadExecutor();

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void whatIsRefusedIsCountedApartFromWhatIsAdmitted() throws InterruptedException {
        Overload load = new Overload(new Narrow(2), 16);
        Overload.Phase phase = load.open(200_000, Duration.ofMillis(200));
        assertThat(phase.refused()).isPositive();
        assertThat(phase.failed()).isZero();
        assertThat(phase.latencies().getTotalCount()).isPositive();
        double all = phase.latencies().getTotalCount() + phase.refused();
        assertThat(phase.offeredRate() / phase.admittedRate())
                .isBetween(
                        0.99 * all / phase.latencies().getTotalCount(),
                        1.01 * all / phase.latencies().getTotalCount());
    }

    @Test
    void aClosedLoopThatFitsIsNeverRefused() throws InterruptedException {
        Overload.Phase phase = new Overload(new Narrow(4), 16).closed(4, Duration.ofMillis(100));
        assertThat(phase.refused()).isZero();
        assertThat(phase.failed()).isZero();
        assertThat(phase.admittedRate()).isPositive();
    }

    /** Takes so many puts at a time and refuses the rest. */
    private final class Narrow implements Subject {
        private final int openMax;
        private final AtomicInteger open = new AtomicInteger();

        Narrow(int openMax) {
            this.openMax = openMax;
        }

        @Override
        public boolean offers(Operation operation) {
            return operation == Operation.PUT;
        }

        @Override
        public CompletableFuture<?> put(Bytes key, Bytes value) {
            if (open.incrementAndGet() > openMax) {
                open.decrementAndGet();
                return CompletableFuture.failedFuture(new OverloadedException("too many puts"));
            }
            CompletableFuture<Void> result = new CompletableFuture<>();
            executor.execute(() -> {
                open.decrementAndGet();
                result.complete(null);
            });
            return result;
        }

        @Override
        public CompletableFuture<Optional<Bytes>> get(Bytes key, Operation how) {
            return CompletableFuture.completedFuture(Optional.empty());
        }

        @Override
        public long forces() {
            return 0;
        }

        @Override
        public int replicas() {
            return 1;
        }

        @Override
        public void settle() {}

        @Override
        public Optional<Bytes> stored(int replica, Bytes key) {
            return Optional.empty();
        }

        @Override
        public void close() {}
    }
}
