package dev.quorate.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FiguresTest {
    @Test
    void theMedianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Spread.of(5, 1, 9)).isEqualTo(new Spread(1, 5, 9));
        assertThat(Spread.of(7)).isEqualTo(new Spread(7, 7, 7));
    }

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheMiddleTwo() {
        assertThat(Spread.of(4, 1, 9, 2)).isEqualTo(new Spread(1, 3, 9));
    }

    @Test
    void nothingHasNoMedian() {
        assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void warmIsWhenTwoWindowsAgree() {
        Agreement agreement = new Agreement(0.1, 10);
        assertThat(agreement.isWarm(100)).isFalse();
        assertThat(agreement.isWarm(120)).isFalse();
        assertThat(agreement.isWarm(109)).isTrue();
        assertThat(agreement.agreed()).isTrue();
        assertThat(agreement.windows()).isEqualTo(3);
    }

    @Test
    void waitingForAgreementEnds() {
        Agreement agreement = new Agreement(0.1, 3);
        assertThat(agreement.isWarm(100)).isFalse();
        assertThat(agreement.isWarm(200)).isFalse();
        assertThat(agreement.isWarm(100)).isTrue();
        assertThat(agreement.agreed()).isFalse();
    }

    @Test
    void twoWindowsInWhichNothingHappenedDoNotAgree() {
        Agreement agreement = new Agreement(0.1, 3);
        assertThat(agreement.isWarm(0)).isFalse();
        assertThat(agreement.isWarm(0)).isFalse();
    }

    @Test
    void ratesAreForASecondAndCostsForAnOperation() {
        Measurement m = new Measurement(500, 250_000_000, 1, 2, 3, 4, 125_000_000, 50_000, 100, 0, "", 2, true, 0.5);
        assertThat(m.rate()).isEqualTo(2000);
        assertThat(m.ratePerCpu()).isEqualTo(4000);
        assertThat(m.cpuMicros()).isEqualTo(250);
        assertThat(m.bytes()).isEqualTo(100);
        assertThat(m.forceRate()).isEqualTo(400);
        assertThat(m.operationsPerForce()).isEqualTo(5);
    }

    @Test
    void aWindowWithoutOperationsHasNoFigures() {
        Measurement m = new Measurement(0, 1, 0, 0, 0, 0, 1, 1, 0, 0, "", 2, true, 0.5);
        assertThat(m.cpuMicros()).isZero();
        assertThat(m.bytes()).isZero();
        assertThat(m.operationsPerForce()).isZero();
    }

    @Test
    void latenciesOfAllThreadsCountOnce() throws InterruptedException {
        Latencies latencies = new Latencies();
        Thread other = new Thread(() -> {
            for (int micros = 501; micros <= 1000; micros++) {
                latencies.record(micros * 1000L);
            }
        });
        other.start();
        for (int micros = 1; micros <= 500; micros++) {
            latencies.record(micros * 1000L);
        }
        other.join();
        Histogram histogram = latencies.take();
        assertThat(histogram.getTotalCount()).isEqualTo(1000);
        assertThat(histogram.getValueAtPercentile(50)).isBetween(499_000L, 501_000L);
        assertThat(histogram.getValueAtPercentile(99)).isBetween(989_000L, 991_000L);
        assertThat(latencies.take().getTotalCount()).isZero();
    }

    @Test
    void aLatencyBeyondTheScaleCountsAsItsEnd() {
        Latencies latencies = new Latencies();
        latencies.record(Long.MAX_VALUE);
        latencies.record(-1);
        assertThat(latencies.take().getTotalCount()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "999, 999 ns",
        "1000, 1.00 µs",
        "12345, 12.3 µs",
        "123456, 123 µs",
        "1234567, 1.23 ms",
        "123456789, 123 ms",
        "1500000000, 1.50 s"
    })
    void timesHaveThreeDigitsAndAUnit(long nanos, String text) {
        assertThat(TextReport.time(nanos)).isEqualTo(text);
    }
}
