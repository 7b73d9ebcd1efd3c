package dev.quorate.server.drill;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.node.Workplace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code quorate failover-test}. */
@Command(
        name = "failover-test",
        mixinStandardHelpOptions = true,
        description = {
            "Starts three server processes, writes to them, kills followers and leaders (kill -9), and measures what"
                    + " clients notice and how long a member needs that returns, by log and by snapshot.",
            "",
            "Exit code 1 when the median of the throughput in the second after a follower's death is below 99 % of that"
                    + " before, at half of the capacity, or when writes stand still for more than two election"
                    + " timeouts after a leader's death.",
        })
public final class FailoverTestCommand implements Callable<Integer> {
    private static final int ELECTION_TIMEOUT_MIN = 100;

    private final Terminal terminal;

    @Option(
            names = "--repetitions",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each is measured (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(
            names = "--election-timeout",
            paramLabel = "MS",
            defaultValue = "1000",
            description = "That of the servers, in milliseconds (default: ${DEFAULT-VALUE}, as servers have it).")
    private int electionTimeoutMillis;

    @Option(names = "--json", paramLabel = "FILE", description = "Also writes every measurement to this file.")
    private @Nullable Path json;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where the data is; a temporary directory if not given.")
    private @Nullable Path directory;

    public FailoverTestCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (repetitions < 1 || electionTimeoutMillis < ELECTION_TIMEOUT_MIN) {
            throw CommandFailedException.usage(
                    "--repetitions must be at least 1, --election-timeout at least " + ELECTION_TIMEOUT_MIN + " ms");
        }
        try (Workplace workplace = Workplace.in(directory, "quorate-failover-test")) {
            FailoverResult result = new FailoverTest(
                            workplace.path(), repetitions, Duration.ofMillis(electionTimeoutMillis), this::tell)
                    .run();
            FailoverReport report = new FailoverReport(result);
            report.lines().forEach(terminal::line);
            if (json != null) {
                Files.writeString(json, report.json() + "\n");
            }
            return result.followerDeathIsCheap() && result.leaderIsReplacedInTime() ? 0 : 1;
        } catch (IOException failed) {
            throw new CommandFailedException("cannot use a file of the test: " + failed.getMessage());
        }
    }

    private void tell(String what) {
        terminal.err().println(what);
        terminal.err().flush();
    }
}
