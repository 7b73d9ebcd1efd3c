package dev.quorate.server.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.drill.FailoverResult.Spread;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What a failover test makes of its measurements. */
final class FailoverReportTest {
    private static final long SECOND = 1_000_000_000L;

    private static Death death(double after, double firstSeconds) {
        return new Death(
                1000,
                after,
                firstSeconds,
                firstSeconds,
                3,
                2,
                Map.of("etcdserver: request timed out", 2L, "etcdserver: too many requests", 3L),
                new ArrayList<>(Collections.nCopies(30, 100.0)));
    }

    private static FailoverResult result(List<Death> followers, List<Death> leaders) {
        List<Return> returns = List.of(new Return(1, 2));
        return new FailoverResult(Duration.ofMillis(500), 2000, 1000, followers, followers, leaders, returns, returns);
    }

    @Test
    void theMedianDecidesAndNotTheWorst() {
        List<Death> followers = List.of(death(100, 0), death(991, 0), death(1000, 0));
        List<Death> leaders = List.of(death(0, 0.6), death(0, 0.9), death(0, 5));
        FailoverResult result = result(followers, leaders);
        assertThat(result.kept()).isEqualTo(0.991);
        assertThat(result.timeouts()).isEqualTo(1.8);
        assertThat(result.followerDeathIsCheap()).isTrue();
        assertThat(result.leaderIsReplacedInTime()).isTrue();
        assertThat(new FailoverReport(result).lines())
                .anyMatch(line -> line.startsWith("kept: at least 99 %"))
                .anyMatch(line -> line.startsWith("kept: writes flow again within 2 election timeouts"))
                .anyMatch(line -> line.matches("leader dies: writes refused +3 +3 +3 +3"))
                .anyMatch(line -> line.matches("leader dies: writes of unknown outcome +2 +2 +2 +3"))
                .contains("leader dies: 9 writes failed with: etcdserver: too many requests")
                .noneMatch(line -> line.startsWith("MISSED"));
    }

    @Test
    void whatIsMissedIsSaid() {
        FailoverResult result = result(List.of(death(989, 0)), List.of(death(0, 1.001)));
        assertThat(result.followerDeathIsCheap()).isFalse();
        assertThat(result.leaderIsReplacedInTime()).isFalse();
        assertThat(new FailoverReport(result).lines())
                .anyMatch(line -> line.startsWith("MISSED: at least 99 %"))
                .anyMatch(line -> line.startsWith("MISSED: writes flow again"));
    }

    @Test
    void jsonHasEverySingleMeasurement() throws IOException {
        FailoverResult result = result(List.of(death(990, 0.1), death(1000, 0.2)), List.of(death(0, 0.7)));
        JsonNode json = new ObjectMapper().readTree(new FailoverReport(result).json());
        assertThat(json.get("followerAtRate")).hasSize(2);
        assertThat(json.get("followerAtRate").get(0).get("kept").asDouble()).isEqualTo(0.99);
        assertThat(json.get("followerAtRate").get(1).get("firstWrite").asDouble())
                .isEqualTo(0.2);
        assertThat(json.get("leaderAtRate").get(0).get("tenths")).hasSize(30);
        assertThat(json.get("leaderAtRate").get(0).get("refused").asLong()).isEqualTo(3);
        assertThat(json.get("leaderAtRate").get(0).get("unknown").asLong()).isEqualTo(2);
        assertThat(json.get("returnBySnapshot").get(0).get("caughtUp").asDouble())
                .isEqualTo(2);
        assertThat(json.get("electionTimeouts").asDouble()).isEqualTo(1.4);
        assertThat(json.get("holds").asBoolean()).isTrue();
    }

    @Test
    void theMiddleOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
        assertThat(Spread.of(List.of(4.0, 1.0, 3.0, 2.0), x -> x)).isEqualTo(new Spread(2.5, 1, 4));
        assertThatThrownBy(() -> Spread.of(List.<Double>of(), x -> x)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void throughputIsCountedInSlotsOfTenMilliseconds() {
        Counted counted = new Counted(5 * SECOND, 2);
        for (int i = 0; i < 30; i++) {
            counted.add(5 * SECOND + i * Counted.SLOT_NANOS);
        }
        counted.add(5 * SECOND - Counted.SLOT_NANOS);
        counted.add(8 * SECOND);
        assertThat(counted.perSecond(5 * SECOND, 5 * SECOND + SECOND / 10)).isEqualTo(100);
        assertThat(counted.perSecond(5 * SECOND, 6 * SECOND)).isEqualTo(30);
        assertThat(counted.perSecond(6 * SECOND, 7 * SECOND)).isZero();
        assertThatThrownBy(() -> counted.perSecond(6 * SECOND, 8 * SECOND))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTestOfNothingIsRefusedBeforeAnythingStarts() {
        assertThat(run("--repetitions", "0")).contains("--repetitions must be at least 1");
        assertThat(run("--election-timeout", "99")).contains("--election-timeout at least 100 ms");
    }

    private static String run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(new ByteArrayInputStream(new byte[0]), stream, stream, false);
        CommandLine command = new CommandLine(new FailoverTestCommand(terminal));
        StringBuilder said = new StringBuilder();
        command.setExecutionExceptionHandler((failure, line, parsed) -> {
            said.append(failure.getMessage());
            return 2;
        });
        assertThat(command.execute(args)).isEqualTo(2);
        return said.toString();
    }
}
