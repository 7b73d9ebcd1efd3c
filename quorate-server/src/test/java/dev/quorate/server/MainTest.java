package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

final class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void versionNamesTheProgram() {
        assertThat(execute("--version")).isZero();
        assertThat(out.toString()).startsWith("quorate ").hasLineCount(1);
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void helpShowsTheOptions() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString()).contains("Usage: quorate").contains("--version");
    }

    @Test
    void anUnknownFlagIsOneLineAndExitCodeTwo() {
        assertThat(execute("--frobnicate")).isEqualTo(2);
        assertThat(err.toString()).hasLineCount(1).contains("--frobnicate").contains("quorate --help");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void noCommandIsOneLineAndExitCodeTwo() {
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString()).hasLineCount(1).contains("Missing command");
    }

    @Test
    void aCommandThatFailsIsOneLineAndExitCodeOne() {
        assertThat(execute("failing")).isEqualTo(1);
        assertThat(err.toString()).isEqualToNormalizingNewlines("quorate failing: the disk is full\n");
    }

    @Test
    void warmingUpAnswersItselfAndIsNotAdvertised() {
        assertThat(execute("warm-up")).isZero();
        assertThat(execute("--help")).isZero();
        assertThat(out.toString()).doesNotContain("warm-up");
    }

    private int execute(String... args) {
        CommandLine command = Main.commandLine();
        command.addSubcommand(
                new CommandLine(new Failing()).setExecutionExceptionHandler(command.getExecutionExceptionHandler()));
        return command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(args);
    }

    @Command(name = "failing")
    private static final class Failing implements Runnable {
        @Override
        public void run() {
            throw new IllegalStateException("the disk is full\nsecond line");
        }
    }
}
