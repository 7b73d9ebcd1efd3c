package dev.quorate.server;

import dev.quorate.server.console.Terminal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * What one command did, run in this process.
 *
 * @param exitCode what the process would have ended with
 * @param out what it answered
 * @param err what else it said
 */
record CommandRun(int exitCode, String out, String err) {
    static CommandRun of(String... args) {
        return withInput("", args);
    }

    static CommandRun withInput(String input, String... args) {
        return execute(input.getBytes(StandardCharsets.UTF_8), args, null);
    }

    /** Runs a command line that has one more command. */
    static CommandRun withCommand(Object command, String... args) {
        return execute(new byte[0], args, command);
    }

    private static CommandRun execute(byte[] input, String[] args, @Nullable Object command) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(input),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        CommandLine line = Main.commandLine(terminal, args);
        if (command != null) {
            line.addSubcommand(new CommandLine(command)
                    .setErr(line.getErr())
                    .setExecutionExceptionHandler(line.getExecutionExceptionHandler()));
        }
        int exitCode = line.execute(args);
        terminal.out().flush();
        return new CommandRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
