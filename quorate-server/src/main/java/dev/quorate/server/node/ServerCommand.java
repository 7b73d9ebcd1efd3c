package dev.quorate.server.node;

import dev.quorate.engine.NodeStatus;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.Terminal;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** {@code quorate server}. */
@Command(
        name = "server",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs a member of a cluster, or a single node, that keeps its data in a directory and speaks the etcd v3"
                    + " API.",
            "",
            "Each option may be given as a variable too, QUORATE_DATA_DIR for --data-dir, or in the file that"
                    + " --config-file names, as data-dir. The command line goes before the environment, and that before"
                    + " the file.",
            "",
            "It ends with exit code 0 when it is told to (SIGTERM, SIGINT), and with 1 when it cannot go on.",
            "",
        })
public final class ServerCommand implements Callable<Integer> {
    private static final String REMOVED = "quorate was removed from the cluster, and stops";
    private static final PeerTransports PEERS = new GrpcPeers();

    private final Terminal terminal;
    private final Machine machine;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private ServerCommand(Terminal terminal, Machine machine) {
        this.terminal = terminal;
        this.machine = machine;
    }

    /** The command with an option for each setting. */
    public static CommandLine commandLine(Terminal terminal) {
        return commandLine(terminal, Machine.THIS);
    }

    /** The command for a machine that is not quite what it seems. */
    public static CommandLine commandLine(Terminal terminal, Machine machine) {
        CommandLine line = new CommandLine(new ServerCommand(terminal, machine));
        for (Setting setting : Setting.values()) {
            boolean flag = setting.label().equals("BOOL");
            line.getCommandSpec()
                    .addOption(OptionSpec.builder(setting.flag())
                            .paramLabel(setting.label())
                            .type(String.class)
                            .arity(flag ? "0..1" : "1")
                            .fallbackValue(flag ? "true" : CommandLine.Option.NULL_VALUE)
                            .description(setting.description())
                            .build());
        }
        return line;
    }

    @Override
    public Integer call() {
        Settings settings = Settings.of(flags(), System.getenv());
        ServerConfig config = ServerConfig.of(settings);
        Instant begin = begin();
        Logging.toStandardError(config.verbosity(), config.logFormat());
        warnOf(settings.unknownVariables());
        int exitCode;
        try (Shutdown shutdown = Shutdown.install()) {
            try (RunningServer server = RunningServer.start(config, PEERS, machine)) {
                if (config.peers().isPresent()) {
                    say(startedLine(server));
                    var unused = server.ready().thenRun(() -> say(readyLine(server, begin)));
                    var unusedRemoval = server.removed().thenRun(() -> say(REMOVED));
                } else {
                    say(readyLine(server, begin));
                }
                exitCode = shutdown.await(server.halted(), server.removed());
            }
            say(exitCode == 0 ? "quorate stopped" : "quorate halted");
        }
        return exitCode;
    }

    private static void warnOf(List<String> variables) {
        if (!variables.isEmpty()) {
            // Not a field: other commands make this one too, for their help, and have no use for a log.
            LoggerFactory.getLogger(ServerCommand.class)
                    .warn("server.unknown-variables: these are no settings: {}", String.join(", ", variables));
        }
    }

    private synchronized void say(String line) {
        terminal.line(line);
        terminal.out().flush();
    }

    private static String startedLine(RunningServer server) {
        NodeStatus status = server.node().status();
        return "quorate listens on " + urls(server) + ", node " + status.id() + " of cluster "
                + Long.toHexString(status.clusterId()) + ", and waits for a leader";
    }

    private static String urls(RunningServer server) {
        return String.join(",", server.endpoints().stream().map(Endpoint::url).toList());
    }

    private Map<Setting, String> flags() {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            String value = spec.commandLine().getParseResult().matchedOptionValue(setting.flag(), null);
            if (value != null) {
                flags.put(setting, value);
            }
        }
        return flags;
    }

    /** When the process began, which includes the start of the JVM; the launcher says when it includes a build too. */
    private static Instant begin() {
        Instant now = Instant.now();
        boolean built = "yes".equals(System.getenv("QUORATE_BUILT"));
        return built ? now : now.minus(ProcessAge.now());
    }

    private static String readyLine(RunningServer server, Instant begin) {
        NodeStatus status = server.node().status();
        return String.format(
                Locale.ROOT,
                "quorate ready on %s, node %s of cluster %s, revision %d, in %.2f s",
                urls(server),
                status.id(),
                Long.toHexString(status.clusterId()),
                server.store().status().revision(),
                Duration.between(begin, Instant.now()).toMillis() / 1000.0);
    }
}
