package dev.quorate.server;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Terminal;
import dev.quorate.sim.check.CheckLimits;
import dev.quorate.sim.check.CheckReport;
import dev.quorate.sim.check.HistoryChecker;
import dev.quorate.sim.check.HistoryFormatException;
import dev.quorate.sim.check.HistoryReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quorate check HISTORY.ndjson}: whether one atomic store can have given the answers of a recorded history. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = {
            "Checks a recorded history (one JSON object a line, see docs/HISTORIES.md) for linearizability, and"
                    + " explains a violation by the operations that contradict each other.",
            "Exit code: 0 linearizable, 1 violation, 2 bad use or not a history, 3 undecided within the limit.",
        })
final class CheckCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "HISTORY", description = "The history, in a file.")
    private @Nullable Path history;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write the verdict to FILE as well, as a page with a picture of the operations around it.")
    private @Nullable Path html;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Give up after N configurations, each some microseconds and up to 64 bytes;"
                    + " ${DEFAULT-VALUE} by default.")
    private long limit = CheckLimits.DEFAULT.searchConfigurationsMax();

    CheckCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        CheckReport report = report();
        terminal.out().print(report.text());
        terminal.out().flush();
        if (html != null) {
            try {
                Files.writeString(html, report.html(), StandardCharsets.UTF_8);
            } catch (IOException unwritable) {
                throw CommandFailedException.usage("cannot write " + html + ": " + unwritable.getMessage());
            }
        }
        return report.exitCode();
    }

    private CheckReport report() {
        if (history == null) {
            throw CommandFailedException.usage("HISTORY is missing");
        }
        try {
            CheckLimits limits = new CheckLimits(limit, CheckLimits.DEFAULT.explanationConfigurationsMax());
            return HistoryChecker.check(HistoryReader.read(history), limits);
        } catch (NoSuchFileException missing) {
            throw CommandFailedException.usage("there is no file " + history);
        } catch (IOException unreadable) {
            throw CommandFailedException.usage("cannot read " + history + ": " + unreadable.getMessage());
        } catch (HistoryFormatException format) {
            throw CommandFailedException.usage(history + ", " + format.getMessage());
        } catch (IllegalArgumentException unusable) {
            throw CommandFailedException.usage(String.valueOf(unusable.getMessage()));
        }
    }
}
