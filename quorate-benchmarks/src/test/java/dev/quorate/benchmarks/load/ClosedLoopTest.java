package dev.quorate.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.quorate.spi.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClosedLoopTest {
    private static final Duration SHORT = Duration.ofMillis(20);

    private final ExecutorService executor = Executors.newFixedThreadPool(2);
    private final Workload workload = new Workload(100, 32);

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void everyKeyIsWrittenOnce() throws InterruptedException {
        MapSubject subject = MapSubject.faithful(executor);
        ClosedLoop.fill(workload, subject, 7, Duration.ofSeconds(30));
        assertThat(workload.written()).isEqualTo(100);
        assertThat(workload.verify(key -> subject.stored(0, workload.key(key))).isGreen())
                .isTrue();
        for (int key = 0; key < 100; key++) {
            assertThat(subject.stored(0, workload.key(key)))
                    .hasValueSatisfying(value -> assertThat(value.longAt(0)).isEqualTo(1));
        }
    }

    @Test
    void asManyOperationsAreOpenAsWereAskedFor() throws InterruptedException {
        MapSubject subject = MapSubject.faithful(executor);
        Measurement m = measure(subject, Operation.PUT, 16);
        assertThat(subject.openMost()).isLessThanOrEqualTo(16).isGreaterThan(1);
        assertThat(m.operations()).isPositive();
        assertThat(m.errors()).isZero();
        assertThat(m.cpuNanos()).isPositive();
        assertThat(m.allocatedBytes()).isPositive();
        assertThat(workload.verify(key -> subject.stored(0, workload.key(key))).isGreen())
                .isTrue();
    }

    @Test
    void answersThatComeAtOnceDoNotDeepenTheStack() throws InterruptedException {
        MapSubject subject = MapSubject.faithful(Runnable::run);
        Workload large = new Workload(50_000, 32);
        ClosedLoop.fill(large, subject, 1, Duration.ofMinutes(1));
        assertThat(large.written()).isEqualTo(50_000);
    }

    @Test
    void aMissingAnswerIsAnError() throws InterruptedException {
        MapSubject subject = MapSubject.faithful(Runnable::run);
        ClosedLoop.fill(workload, subject, 1, Duration.ofSeconds(30));
        MapSubject empty = MapSubject.faithful(Runnable::run);
        Measurement m = measure(empty, Operation.GET_LOCAL, 1);
        assertThat(m.errors()).isPositive();
        assertThat(m.firstError()).contains("get-local of key");
    }

    @Test
    void aSubjectThatOnlyRefusesEndsTheLoop() throws InterruptedException {
        MapSubject subject = new MapSubject(executor, key -> false, key -> true);
        Measurement m = measure(subject, Operation.PUT, 4);
        assertThat(m.operations()).isZero();
        assertThat(m.errors()).isBetween(ClosedLoop.ERRORS_MAX, ClosedLoop.ERRORS_MAX + 4);
        assertThatThrownBy(() -> ClosedLoop.fill(workload, subject, 1, Duration.ofSeconds(30)))
                .hasMessageContaining("refused");
    }

    @Test
    void aRunIsGreenWhenEverythingIsThere(@TempDir Path directory) throws Exception {
        List<String> lines = new ArrayList<>();
        Results results = new Runner(plan(directory, MapSubject.faithful(executor)), lines::add).run();
        assertThat(results.isGreen()).isTrue();
        assertThat(results.measurements()).hasSize(4);
        assertThat(results.checks()).hasSize(4);
        assertThat(TextReport.of(results, "map")).contains("**1 node, put, 2 in flight**", "4 times everything was");
        assertThat(lines).anyMatch(line -> line.contains("syncs/s"));
    }

    @Test
    void aRunIsRedWhenAnAcknowledgedKeyIsMissing(@TempDir Path directory) throws Exception {
        Bytes lost = workload.key(42);
        MapSubject subject = new MapSubject(executor, lost::equals, key -> false);
        Results results = new Runner(plan(directory, subject), line -> {}).run();
        assertThat(results.isGreen()).isFalse();
        assertThat(TextReport.of(results, "map")).contains("1 NOT AS WRITTEN: key 42");
    }

    /** A window ends when something was answered in it, or everything has failed, not when a time is over. */
    private Measurement measure(Subject subject, Operation operation, int inFlight) throws InterruptedException {
        try (ClosedLoop loop = ClosedLoop.start(workload, subject, operation, inFlight)) {
            ClosedLoop.Passage window = time -> {
                long before = loop.operations();
                await().until(() -> loop.operations() > before + 100 || loop.errors() > ClosedLoop.ERRORS_MAX);
            };
            return loop.measure(new Agreement(0.5, 5), window, SHORT, SHORT);
        }
    }

    private static Plan plan(Path directory, SubjectFactory subject) {
        return new Plan(
                directory,
                List.of(subject),
                List.of(1, 3),
                List.of(Operation.PUT, Operation.GET_LINEARIZABLE, Operation.GET_LOCAL),
                List.of(2, 8),
                2,
                100,
                32,
                SHORT,
                2,
                0.5,
                SHORT);
    }
}
