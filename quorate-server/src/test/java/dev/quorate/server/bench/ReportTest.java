package dev.quorate.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quorate.server.bench.Failure.Outcome;
import dev.quorate.server.console.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** A result as it is printed; times are chosen so that three digits hold them exactly. */
final class ReportTest {
    private static final long MICRO = 1_000;

    @Test
    void theTextSaysWhatWasAskedHowItWentAndWhatIsMissing() {
        assertThat(String.join("\n", new TextReport(result(Optional.of(lost()))).lines(true)))
                .isEqualTo("""
                        mixed: 4 clients on 1 connection to 127.0.0.1:2379, 100 keys of 16 B, values of 256 B, \
                        closed loop, seed 1, 2.0 s

                        call   ops  ops/s  refused  unknown  p50     p90     p99     p99.9   max     bytes
                        range  10   5.0    0        0        120 µs  120 µs  120 µs  120 µs  120 µs  2.5 KiB
                        put    2    1.0    3        2        250 µs  500 µs  500 µs  500 µs  500 µs  544 B
                        all    12   6.0    3        2        120 µs  250 µs  500 µs  500 µs  500 µs  3.0 KiB

                          100 µs –   150 µs  |########################################|          10   83.3 %
                          150 µs –   200 µs  |                                        |           0    0.0 %
                          200 µs –   300 µs  |####                                    |           1    8.3 %
                          300 µs –   500 µs  |####                                    |           1    8.3 %

                        failed  code                outcome  count  first message
                        put     DEADLINE_EXCEEDED   unknown  2      no answer
                        put     RESOURCE_EXHAUSTED  refused  3      too many requests

                        NOT SENT: 9 calls were due and could not be made, all clients were busy; the latencies are \
                        without them
                        warm-up: 1 calls failed
                        servers: 0.50 CPU-s, 24.0 op/CPU-s, 41666.7 CPU µs/op, 100 bytes/op to storage
                        client: 0.25 CPU-s
                        verified: 5 keys, 7 acknowledged writes: 1 MISSING, 2 WRONG; first: b/4 is missing""");
    }

    @Test
    void thePlotCanBeLeftOutAndWhatIsThereIsSaid() {
        List<String> lines = new TextReport(result(Optional.of(new Verification(5, 7, 0, 0, "")))).lines(false);
        assertThat(lines).noneMatch(line -> line.contains("|#"));
        assertThat(lines).contains("verified: 5 keys, 7 acknowledged writes: all there");
    }

    @Test
    void jsonHasTheSameFigures() throws IOException {
        String line = new JsonReport(result(Optional.of(lost()))).line();
        assertThat(line).doesNotContain("\n");
        JsonNode json = new ObjectMapper().readTree(line);
        assertThat(json.get("scenario").textValue()).isEqualTo("mixed");
        assertThat(json.get("endpoints").get(0).textValue()).isEqualTo("127.0.0.1:2379");
        assertThat(json.get("seconds").doubleValue()).isEqualTo(2.0);
        assertThat(json.at("/calls/put/operations").longValue()).isEqualTo(2);
        assertThat(json.at("/calls/put/refused").longValue()).isEqualTo(3);
        assertThat(json.at("/calls/put/unknown").longValue()).isEqualTo(2);
        assertThat(json.at("/all/operations").longValue()).isEqualTo(12);
        assertThat(json.at("/all/perSecond").doubleValue()).isEqualTo(6.0);
        assertThat(json.at("/all/p50").doubleValue()).isBetween(119.9, 120.1);
        assertThat(json.at("/histogram/0/from").doubleValue()).isEqualTo(100.0);
        assertThat(json.at("/histogram/0/count").longValue()).isEqualTo(10);
        assertThat(json.at("/failures/1/code").textValue()).isEqualTo("RESOURCE_EXHAUSTED");
        assertThat(json.at("/failures/1/outcome").textValue()).isEqualTo("refused");
        assertThat(json.get("unsent").longValue()).isEqualTo(9);
        assertThat(json.get("serverCpuSeconds").doubleValue()).isEqualTo(0.5);
        assertThat(json.get("perServerCpuSecond").doubleValue()).isEqualTo(24.0);
        assertThat(json.get("serverStorageBytes").longValue()).isEqualTo(1200);
        assertThat(json.at("/verification/missing").longValue()).isEqualTo(1);
    }

    @Test
    void jsonLeavesOutWhatWasNotLookedAt() throws IOException {
        JsonNode json = new ObjectMapper().readTree(new JsonReport(result(Optional.empty())).line());
        assertThat(json.has("verification")).isFalse();
        assertThat(json.has("rate")).isFalse();
    }

    @Test
    void theBarsOfAHistogramAddUpWhateverTheLatencies() {
        Histogram latencies = new Histogram(Tally.NANOS_MAX, 3);
        LongStream.of(0, 1, 99, 100, 149, 150, 999_999, 1_000_000, 1_499_999, Tally.NANOS_MAX)
                .forEach(latencies::recordValue);
        List<Plot.Bar> bars = Plot.bars(latencies);
        assertThat(bars.stream().mapToLong(Plot.Bar::count).sum()).isEqualTo(10);
        assertThat(bars.get(0)).isEqualTo(new Plot.Bar(0, 100, 3));
        assertThat(bars.get(1)).isEqualTo(new Plot.Bar(100, 150, 2));
        assertThat(bars.get(2)).isEqualTo(new Plot.Bar(150, 200, 1));
        assertThat(bars.get(bars.size() - 1).count()).isEqualTo(1);
        assertThat(Plot.lines(new Histogram(Tally.NANOS_MAX, 3))).isEmpty();
    }

    @Test
    void timesHaveThreeDigits() {
        assertThat(Figures.time(0)).isEqualTo("0 ns");
        assertThat(Figures.time(999)).isEqualTo("999 ns");
        assertThat(Figures.time(9_994)).isEqualTo("9.99 µs");
        assertThat(Figures.time(9_996)).isEqualTo("10.0 µs");
        assertThat(Figures.time(123_400_000)).isEqualTo("123 ms");
        assertThat(Figures.time(2_000_000_000L)).isEqualTo("2.00 s");
        assertThat(Figures.rate(12_345.6)).isEqualTo("12,346");
        assertThat(Figures.rate(1.25)).isEqualTo("1.3");
    }

    private static Verification lost() {
        return new Verification(5, 7, 1, 2, "b/4 is missing");
    }

    private static Result result(Optional<Verification> verification) {
        Load load = new Load(
                Scenario.MIXED,
                new Shape("bench/", 100, 16, 256, 1, 80, 10),
                4,
                1,
                Optional.empty(),
                Duration.ZERO,
                Duration.ofSeconds(2),
                Long.MAX_VALUE,
                1);
        Histogram reads = new Histogram(Tally.NANOS_MAX, 3);
        reads.recordValueWithCount(120 * MICRO, 10);
        Histogram writes = new Histogram(Tally.NANOS_MAX, 3);
        writes.recordValue(250 * MICRO);
        writes.recordValue(499 * MICRO + 900);
        return new Result(
                load,
                List.of(new Endpoint("127.0.0.1", 2379)),
                2.0,
                List.of(new Row("range", 0, 0, 0, 2560, reads), new Row("put", 3, 2, 0, 544, writes)),
                List.of(
                        new Result.Failures(
                                new Failure(Kind.PUT, "DEADLINE_EXCEEDED", Outcome.UNKNOWN), 2, "no answer"),
                        new Result.Failures(
                                new Failure(Kind.PUT, "RESOURCE_EXHAUSTED", Outcome.REFUSED), 3, "too many requests")),
                9,
                1,
                Optional.of(new ServerCosts(0.5, OptionalLong.of(1200))),
                Duration.ofMillis(250),
                verification);
    }
}
