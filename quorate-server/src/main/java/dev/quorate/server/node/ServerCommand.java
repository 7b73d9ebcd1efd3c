package dev.quorate.server.node;

import dev.quorate.engine.NodeOptions;
import dev.quorate.engine.NodeStatus;
import dev.quorate.engine.SnapshotPolicy;
import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.Terminal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code quorate server}. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a single node that keeps its data in a directory and speaks the etcd v3 API.",
            "",
            "It ends with exit code 0 when it is told to (SIGTERM, SIGINT), and with 1 when it cannot go on.",
        })
public final class ServerCommand implements Callable<Integer> {
    private static final long SNAPSHOT_BYTES = 256L << 20;

    private final Terminal terminal;

    @Option(
            names = "--data-dir",
            required = true,
            paramLabel = "DIR",
            description = "Where the data is; made when it does not exist.")
    private Path dataDirectory = Path.of("");

    @Option(
            names = "--listen-client-urls",
            split = ",",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:2379",
            converter = ClientOptions.Converter.class,
            description = "Where to listen for clients; port 0 takes a free one (default: ${DEFAULT-VALUE}).")
    private List<Endpoint> listen = List.of();

    @Option(
            names = "--snapshot-count",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "A snapshot after so many writes, or 256 MiB of them (default: ${DEFAULT-VALUE}).")
    private long snapshotCount;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "warn",
            description = "What goes to standard error: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Logging.Verbosity verbosity = Logging.Verbosity.warn;

    public ServerCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (snapshotCount < 1) {
            throw CommandFailedException.usage("--snapshot-count must be at least 1");
        }
        Instant begin = begin();
        Logging.toStandardError(verbosity);
        int exitCode;
        try (Shutdown shutdown = Shutdown.install()) {
            try (RunningServer server = RunningServer.start(dataDirectory, listen, options())) {
                terminal.line(readyLine(server, begin));
                terminal.out().flush();
                exitCode = shutdown.await(server.halted());
            }
            terminal.line(exitCode == 0 ? "quorate stopped" : "quorate halted");
            terminal.out().flush();
        }
        return exitCode;
    }

    /** When the process began, which includes the start of the JVM; the launcher says when it includes a build too. */
    private static Instant begin() {
        Instant now = Instant.now();
        boolean built = "yes".equals(System.getenv("QUORATE_BUILT"));
        return built ? now : ProcessHandle.current().info().startInstant().orElse(now);
    }

    private NodeOptions options() {
        SnapshotPolicy policy = SnapshotPolicy.logSize(snapshotCount, SNAPSHOT_BYTES);
        boolean small = snapshotCount < NodeOptions.DEFAULTS.retention().entries();
        NodeOptions options = NodeOptions.DEFAULTS.withSnapshotPolicy(policy);
        return small ? options.withRetainedEntries(snapshotCount / 2) : options;
    }

    private static String readyLine(RunningServer server, Instant begin) {
        NodeStatus status = server.node().status();
        List<String> urls = server.endpoints().stream().map(Endpoint::url).toList();
        return String.format(
                Locale.ROOT,
                "quorate ready on %s, node %s of cluster %s, revision %d, in %.2f s",
                String.join(",", urls),
                status.id(),
                Long.toHexString(status.clusterId()),
                server.store().status().revision(),
                Duration.between(begin, Instant.now()).toMillis() / 1000.0);
    }
}
