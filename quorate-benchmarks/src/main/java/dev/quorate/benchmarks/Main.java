package dev.quorate.benchmarks;

import java.io.IOException;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line of the benchmarks: {@code load} for the closed loop, {@code overload} for more than can be done,
 * {@code jmh} for the small ones.
 */
@Command(
        name = "quorate-benchmarks",
        description = {
            "Benchmarks of Quorate; docs/PERFORMANCE.md says what they measure and what they gave.",
            "'jmh' passes everything behind it to JMH: 'jmh -h' shows its options, 'jmh -l' its benchmarks."
        },
        subcommands = {LoadCommand.class, OverloadCommand.class},
        synopsisSubcommandLabel = "(load | overload | jmh)",
        mixinStandardHelpOptions = true)
public final class Main {
    private Main() {}

    /** Runs a command and exits with its code: 0, 1 when a result cannot be trusted, 2 for a wrong command line. */
    public static void main(String[] args) throws IOException {
        if (args.length > 0 && args[0].equals("jmh")) {
            org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
        } else {
            System.exit(new CommandLine(new Main()).execute(args));
        }
    }
}
