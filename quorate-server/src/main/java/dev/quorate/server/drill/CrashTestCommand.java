package dev.quorate.server.drill;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Progress;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.node.Workplace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code quorate crash-test}. */
@Command(
        name = "crash-test",
        mixinStandardHelpOptions = true,
        description = {
            "Writes to a real server process at full speed, kills it (kill -9) at a random moment, starts it again and"
                    + " checks every key; again and again.",
            "",
            "Every acknowledged write must be there with its value and revision, and nothing that was not written. A"
                    + " write whose answer the kill cut off may be there or not, but only whole. Exit code 1 when that"
                    + " does not hold; the data stay then.",
        })
public final class CrashTestCommand implements Callable<Integer> {
    private static final int VIOLATIONS_SHOWN_MAX = 10;

    private final Terminal terminal;

    @Option(
            names = "--cycles",
            paramLabel = "N",
            defaultValue = "200",
            description = "How often the server is killed (default: ${DEFAULT-VALUE}).")
    private int cycles;

    @Option(names = "--seed", paramLabel = "SEED", description = "Repeats the choices of an earlier test.")
    private @Nullable Long seed;

    @Option(
            names = "--snapshot-count",
            paramLabel = "N",
            defaultValue = "3000",
            description = "The server makes a snapshot after so many writes (default: ${DEFAULT-VALUE}).")
    private long snapshotCount;

    @Option(
            names = "--writing-time",
            paramLabel = "MS",
            defaultValue = "700",
            description = "A cycle writes for at most so many milliseconds (default: ${DEFAULT-VALUE}).")
    private int writingMillisMax;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where the data is; a temporary directory if not given.")
    private @Nullable Path directory;

    public CrashTestCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (cycles < 1 || snapshotCount < 1 || writingMillisMax < 0) {
            throw CommandFailedException.usage("--cycles and --snapshot-count must be at least 1, --writing-time 0");
        }
        long chosenSeed = seed == null ? System.nanoTime() : seed;
        try (Workplace workplace = Workplace.in(directory, "quorate-crash-test")) {
            terminal.line("crash test: " + cycles + " cycles, seed " + chosenSeed + ", data in " + workplace.path());
            terminal.out().flush();
            CrashTest test = new CrashTest(workplace.path(), chosenSeed, snapshotCount, writingMillisMax);
            List<String> violations = run(test);
            if (violations.isEmpty()) {
                terminal.line(summary(test));
                return 0;
            }
            workplace.keep();
            violations.stream().limit(VIOLATIONS_SHOWN_MAX).forEach(terminal::line);
            throw new CommandFailedException(violations.size() + " violations after " + test.kills() + " kills, seed "
                    + chosenSeed + "; the data are in " + workplace.path());
        } catch (IOException failed) {
            throw new CommandFailedException("cannot use the directory of the test: " + failed.getMessage());
        }
    }

    private List<String> run(CrashTest test) throws InterruptedException {
        Progress progress = new Progress(terminal, "crash test", "writes acknowledged");
        try {
            for (int cycle = 0; cycle < cycles; cycle++) {
                CrashTest.Cycle done = test.run();
                if (!done.violations().isEmpty()) {
                    return done.violations();
                }
                progress.update(test.acknowledgedCount(), (cycle + 1.0) / cycles);
            }
            return test.finish();
        } finally {
            progress.clear();
        }
    }

    private static String summary(CrashTest test) {
        return String.format(
                Locale.ROOT,
                "ok: killed %d times while writing and %d times while starting; %,d writes acknowledged, none lost,"
                        + " nothing there that was not written; %,d pairs in the end",
                test.kills(),
                test.startupKills(),
                test.acknowledgedCount(),
                test.pairs());
    }
}
