package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quorate.server.ScriptedKv.Turn;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BenchCommandTest extends ServedTest {
    private static final Map<String, String> SMALL = Map.of("--clients", "8", "--keys", "50", "--warm-up", "0s");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    put                                 | put
                    range-linearizable                  | range
                    range-linearizable --range-keys 10  | range
                    range-serializable                  | range-s
                    hot-keys                            | put
                    mixed                               | put
                    mixed --connections 3               | range
                    txn                                 | txn
                    large-values --value-size 100000    | put
                    put --value-size 0                  | put
                    put --rate 2000                     | put
                    """)
    void everyScenarioMakesAllItsCallsAndFindsAllItWrote(String scenario, String call) throws IOException {
        CommandRun run = quorate(bench(scenario, "--total", "200", "-w", "json"));
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).hasLineCount(1);
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.at("/all/operations").longValue()).isEqualTo(200);
        assertThat(json.at("/all/refused").longValue() + json.at("/all/unknown").longValue())
                .isZero();
        assertThat(json.at("/calls/" + call + "/operations").longValue()).isPositive();
        assertThat(json.get("failures")).isEmpty();
        assertThat(json.at("/all/max").doubleValue()).isPositive();
        boolean writes = !scenario.startsWith("range");
        assertThat(json.has("verification")).isEqualTo(writes);
        if (writes) {
            assertThat(json.at("/verification/writes").longValue()).isPositive();
            assertThat(json.at("/verification/missing").longValue()).isZero();
            assertThat(json.at("/verification/wrong").longValue()).isZero();
        }
    }

    @Test
    void aTimeEndsALoadToo() {
        CommandRun run = quorate(bench("put", "--duration", "300ms", "--warm-up", "100ms"));
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("put: 8 clients on 1 connection to ", "p99.9", "closed loop", "client: ", "all there");
        assertThat(run.out()).contains("|####");
    }

    @Test
    void severalScenariosRunOneAfterTheOtherAndASecondRunFindsTheKeysOfTheFirst() {
        CommandRun run = quorate(bench("put txn put", "--total", "100", "--no-plot"));
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().filter(line -> line.endsWith("all there"))).hasSize(3);
        assertThat(run.out()).doesNotContain("|#");
    }

    @Test
    void clientsThatSwapTheSameKeyMeetEachOther() throws IOException {
        CommandRun run = quorate(bench("txn", "--keys", "1", "--total", "400", "-w", "json"));
        JsonNode json = new ObjectMapper().readTree(run.out());
        assertThat(json.at("/all/operations").longValue()).isEqualTo(400);
        assertThat(json.at("/all/conflicts").longValue()).isPositive();
        long swapped = 400 - json.at("/all/conflicts").longValue();
        // The key was written once before the load began.
        assertThat(json.at("/verification/writes").longValue()).isEqualTo(swapped + 1);
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void aServerThatRefusesEverythingIsCountedUnderItsCodeAndIsExitCodeOne() {
        CommandRun run = quorate(bench("put", "--value-size", "1700000", "--total", "20"));
        assertThat(run.out()).containsPattern("put +INVALID_ARGUMENT +refused +20 +etcdserver: request is too large");
        assertThat(run.err()).isEqualTo("quorate bench: put: no call succeeded\n");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void refusalsAndUnknownOutcomesAreCountedApart() throws IOException {
        Status full = Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests");
        Status late = Status.UNAVAILABLE.withDescription("etcdserver: request timed out");
        try (ScriptedKv server =
                ScriptedKv.start(put -> put % 10 < 5 ? Turn.TAKEN : Turn.refused(put % 10 < 8 ? full : late))) {
            CommandRun run =
                    CommandRun.of(benchOf(server.endpoint(), "put", "--total", "100", "--no-verify", "-w", "json"));
            JsonNode json = new ObjectMapper().readTree(run.out());
            assertThat(json.at("/all/operations").longValue()).isEqualTo(50);
            assertThat(json.at("/all/refused").longValue()).isEqualTo(30);
            assertThat(json.at("/all/unknown").longValue()).isEqualTo(20);
            assertThat(json.at("/failures/0/code").textValue()).isEqualTo("RESOURCE_EXHAUSTED");
            assertThat(json.at("/failures/0/count").longValue()).isEqualTo(30);
            assertThat(json.at("/failures/1/code").textValue()).isEqualTo("UNAVAILABLE");
            assertThat(json.at("/failures/1/outcome").textValue()).isEqualTo("unknown");
            assertThat(json.at("/failures/1/message").textValue()).isEqualTo("etcdserver: request timed out");
            assertThat(run.exitCode()).isZero();
        }
    }

    @Test
    void aServerThatForgetsWhatItAcknowledgedIsExitCodeOne() throws IOException {
        try (ScriptedKv server = ScriptedKv.start(put -> Turn.TAKEN)) {
            CommandRun run = CommandRun.of(benchOf(server.endpoint(), "put", "--total", "100"));
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.out()).contains("acknowledged writes: ", " MISSING, 0 WRONG; first: bench/00000000");
            assertThat(run.err())
                    .contains("quorate bench: put: acknowledged writes are not there: bench/00000000")
                    .hasLineCount(1);
        }
    }

    @Test
    void aLinearizableReadThatIsStaleOrEmptyIsAWrongAnswer() throws IOException {
        try (ScriptedKv forgetful = ScriptedKv.start(put -> Turn.TAKEN);
                ScriptedKv stale = ScriptedKv.stale()) {
            CommandRun empty = CommandRun.of(benchOf(forgetful.endpoint(), "range-linearizable", "--total", "20"));
            assertThat(empty.out()).containsPattern("range +WRONG_ANSWER +refused +20 +0 of 1 keys");
            assertThat(empty.exitCode()).isEqualTo(1);
            CommandRun old = CommandRun.of(benchOf(stale.endpoint(), "range-linearizable", "--total", "20"));
            assertThat(old.out()).containsPattern("WRONG_ANSWER +refused +20 +revision 1, acknowledged was 2");
            CommandRun any = CommandRun.of(benchOf(stale.endpoint(), "range-serializable", "--total", "20"));
            assertThat(any.exitCode()).isZero();
        }
    }

    @Test
    void keysThatCannotBeWrittenCannotBeRead() throws IOException {
        try (ScriptedKv server = ScriptedKv.start(put -> Turn.refused(Status.PERMISSION_DENIED))) {
            CommandRun run = CommandRun.of(benchOf(server.endpoint(), "range-serializable", "--total", "20"));
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err())
                    .isEqualTo("quorate bench: 0 of 50 keys could be written to be read: PERMISSION_DENIED\n");
        }
    }

    @Test
    void whatHadToWaitBehindASlowCallIsSlowToo() throws IOException {
        // One client, ten calls due in the first ten milliseconds, and the first answer comes after three hundred.
        try (ScriptedKv server = ScriptedKv.start(put -> put == 0 ? new Turn(Status.OK, 300) : Turn.TAKEN)) {
            String[] load = benchOf(
                    server.endpoint(), "put", "--clients", "1", "--rate", "1000", "--total", "10", "--no-verify");
            CommandRun run = CommandRun.of(
                    Stream.concat(Arrays.stream(load), Stream.of("-w", "json")).toArray(String[]::new));
            JsonNode json = new ObjectMapper().readTree(run.out());
            assertThat(json.at("/all/operations").longValue()).isEqualTo(10);
            assertThat(json.at("/histogram/0/from").doubleValue()).isGreaterThanOrEqualTo(200_000);
            assertThat(json.get("unsent").longValue()).isZero();
        }
    }

    @Test
    void whatCouldNotBeSentInTimeIsSaid() throws IOException {
        try (ScriptedKv server = ScriptedKv.start(put -> new Turn(Status.OK, 150))) {
            CommandRun run = CommandRun.of(benchOf(
                    server.endpoint(), "put", "--rate", "1000", "--duration", "100ms", "--no-verify", "--no-plot"));
            assertThat(run.out()).contains("1,000 calls/s due", "NOT SENT: 92 calls");
            assertThat(server.puts()).isEqualTo(8);
        }
    }

    @Test
    void everyServerGetsItsShare() throws IOException {
        try (ScriptedKv one = ScriptedKv.start(put -> Turn.TAKEN);
                ScriptedKv other = ScriptedKv.start(put -> Turn.TAKEN)) {
            CommandRun run = CommandRun.of(benchOf(
                    one.endpoint() + "," + other.endpoint(), "put", "--total", "400", "--rate", "4000", "--no-verify"));
            assertThat(run.out()).contains("8 clients on 2 connections to ");
            assertThat(one.puts() + other.puts()).isEqualTo(400);
            assertThat(one.puts()).isPositive();
            assertThat(other.puts()).isPositive();
        }
    }

    @Test
    void theTimeOfTheServersIsCounted() {
        assumeThat(Path.of("/proc/self/stat")).exists();
        String self = Long.toString(ProcessHandle.current().pid());
        CommandRun run = quorate(bench("put", "--total", "100", "--no-plot", "--server-pid", self));
        assertThat(run.out()).contains("servers: ").containsPattern("CPU-s|CPU µs/op");
        CommandRun gone = quorate(bench("put", "--total", "100", "--server-pid", self, "--server-pid", "999999999"));
        assertThat(gone.err()).isEqualTo("quorate bench: there is no process 999999999 in /proc\n");
        assertThat(gone.exitCode()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "put --clients 0 | --clients is 0",
                "put --clients 2 --connections 3 | --connections is 3",
                "put --key-size 9 | --key-size is 9, must be 10",
                "put txn --rate 0 | --rate is 0",
                "put --total 0 | --total is 0",
                "put --duration 0s | --duration must be above 0",
                "put --duration 5 | '5' is not a time span",
                "put --seed x | --seed",
                "walk | there is no scenario 'walk'",
                "--total 5 | SCENARIO"
            })
    void badUseIsOneLineAndExitCodeTwo(String use) {
        String[] parts = use.split(" \\| ", -1);
        CommandRun run = CommandRun.of(("bench " + parts[0]).split(" ", -1));
        assertThat(run.err()).hasLineCount(1).startsWith("quorate bench: ").contains(parts[1]);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }

    /** A small load, whose options give way to those of the test. */
    private static String[] bench(String scenarios, String... more) {
        List<String> words = new ArrayList<>(List.of("bench"));
        words.addAll(List.of(scenarios.split(" ", -1)));
        words.addAll(List.of(more));
        SMALL.forEach((option, value) -> {
            if (!words.contains(option)) {
                words.addAll(List.of(option, value));
            }
        });
        return words.toArray(String[]::new);
    }

    private static String[] benchOf(String endpoint, String scenario, String... more) {
        return Stream.concat(
                        Arrays.stream(bench(scenario, more)),
                        Stream.of("--endpoints", endpoint, "--dial-timeout", "60s", "--command-timeout", "60s"))
                .toArray(String[]::new);
    }
}
