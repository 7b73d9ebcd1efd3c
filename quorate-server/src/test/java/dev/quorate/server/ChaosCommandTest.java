package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChaosCommandTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void aShortRoundOfThreeRealProcessesIsJudgedGood() {
        CommandRun run = CommandRun.of(
                "chaos",
                "--rounds=1",
                "--round-seconds=12",
                "--nodes=3",
                "--network=relays",
                "--faults=kill-leader",
                "--seed=3",
                "--directory=" + directory);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).contains("seed 3: ok, 3 members, relays").containsPattern("kill-leader +[1-9]");
        assertThat(run.out()).containsPattern("operations +[1-9]").containsPattern("lost acknowledged writes +0\n");
        assertThat(run.out())
                .containsPattern("increments in sessions +[1-9]")
                .containsPattern("counters that differ from the acknowledged increments +0\n");
        Path history = directory.resolve("round-3").resolve("history.ndjson");
        assertThat(Files.exists(history)).isTrue();
        assertThat(CommandRun.of("check", history.toString()).exitCode()).isZero();
    }

    @Test
    void whatDoesNotExistIsNamed() {
        assertThat(CommandRun.of("chaos", "--faults=meteor"))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).contains("'meteor' is no fault", "kill-leader"));
        assertThat(CommandRun.of("chaos", "--network=pigeons", "--directory=" + directory))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).contains("there is no pigeons"));
        assertThat(CommandRun.of("chaos", "--nodes=2"))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(2))
                .satisfies(run -> assertThat(run.err()).contains("--nodes goes from 3 to 7"));
    }
}
