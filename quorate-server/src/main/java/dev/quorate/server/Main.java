package dev.quorate.server;

import dev.quorate.server.bench.BenchCommand;
import dev.quorate.server.bulk.ExportCommand;
import dev.quorate.server.bulk.ImportCommand;
import dev.quorate.server.chaos.ChaosCommand;
import dev.quorate.server.client.DelCommand;
import dev.quorate.server.client.GetCommand;
import dev.quorate.server.client.MemberCommand;
import dev.quorate.server.client.MoveLeaderCommand;
import dev.quorate.server.client.PutCommand;
import dev.quorate.server.client.SnapshotCommand;
import dev.quorate.server.client.StatusCommand;
import dev.quorate.server.client.TxnCommand;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.NearestName;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.drill.CrashTestCommand;
import dev.quorate.server.drill.DemoCommand;
import dev.quorate.server.drill.FailoverTestCommand;
import dev.quorate.server.node.CertsCommand;
import dev.quorate.server.node.LogCommand;
import dev.quorate.server.node.LogRepairCommand;
import dev.quorate.server.node.ServerCommand;
import dev.quorate.server.node.SnapshotRestoreCommand;
import dev.quorate.server.node.SnapshotVerifyCommand;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line of Quorate: one subcommand per thing that a node or an operator can do.
 *
 * <p>A command answers on standard output and complains on standard error, in one line. Its exit code is 0 when it did
 * what was asked, 1 when that failed, and 2 when the command line itself was wrong and nothing was tried.
 */
@Command(
        name = "quorate",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "A replicated coordination store on the Raft protocol.",
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
    /** Every command, in the order of the help. */
    static final List<String> COMMANDS = List.of(
            "server",
            "put",
            "get",
            "del",
            "txn",
            "certs",
            "status",
            "member",
            "move-leader",
            "snapshot",
            "log",
            "import",
            "export",
            "bench",
            "demo",
            "crash-test",
            "chaos",
            "failover-test",
            "check",
            "sim",
            "warm-up");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        int exitCode = commandLine(terminal, args).execute(args);
        terminal.out().flush();
        System.exit(exitCode);
    }

    /**
     * The command line with its way of reporting errors, ready to execute these words. A command reads its options from
     * its class, and all of them together take longer than the start of a server: when the first word names one, it is
     * the only one.
     */
    static CommandLine commandLine(Terminal terminal, String... args) {
        boolean named = args.length > 0 && COMMANDS.contains(args[0]);
        CommandLine line = new CommandLine(new Main());
        for (String name : named ? List.of(args[0]) : COMMANDS) {
            line.addSubcommand(command(name, terminal));
        }
        return line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((e, unused) -> misused(e.getCommandLine(), e))
                .setExecutionExceptionHandler((e, command, parsed) -> failed(command, e));
    }

    private static Object command(String name, Terminal terminal) {
        return switch (name) {
            case "server" -> ServerCommand.commandLine(terminal);
            case "put" -> new PutCommand(terminal);
            case "get" -> new GetCommand(terminal);
            case "del" -> new DelCommand(terminal);
            case "txn" -> new TxnCommand(terminal);
            case "certs" -> new CertsCommand(terminal);
            case "status" -> new StatusCommand(terminal);
            case "member" -> MemberCommand.commandLine(terminal);
            case "move-leader" -> new MoveLeaderCommand(terminal);
            case "snapshot" ->
                new CommandLine(new SnapshotCommand())
                        .addSubcommand(new SnapshotCommand.Save(terminal))
                        .addSubcommand(new SnapshotVerifyCommand(terminal))
                        .addSubcommand(new SnapshotRestoreCommand(terminal));
            case "log" ->
                new CommandLine(new LogCommand())
                        .addSubcommand(new LogCommand.Verify(terminal))
                        .addSubcommand(new LogCommand.Dump(terminal))
                        .addSubcommand(new LogRepairCommand(terminal));
            case "import" -> new ImportCommand(terminal);
            case "export" -> new ExportCommand(terminal);
            case "bench" -> new BenchCommand(terminal);
            case "demo" -> new DemoCommand(terminal);
            case "crash-test" -> new CrashTestCommand(terminal);
            case "chaos" -> new ChaosCommand(terminal);
            case "failover-test" -> new FailoverTestCommand(terminal);
            case "check" -> new CheckCommand(terminal);
            case "sim" -> new SimCommand(terminal);
            case "warm-up" -> new WarmUp();
            default -> throw new IllegalArgumentException("no command " + name);
        };
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    private static int misused(CommandLine command, ParameterException e) {
        String hint =
                suggestion(command, e) + " (see " + command.getCommandSpec().qualifiedName() + " --help)";
        return complain(command, e, hint, command.getCommandSpec().exitCodeOnInvalidInput());
    }

    /** The option or command that may have been meant by one that there is not; "" when none is near. */
    private static String suggestion(CommandLine command, ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return "";
        }
        String written = unmatched.getUnmatched().get(0).split("=", 2)[0];
        CommandSpec spec = command.getCommandSpec();
        Set<String> names = written.startsWith("-")
                ? spec.optionsMap().keySet()
                : spec.subcommands().keySet();
        // One letter is as near to any other as to the one that was meant.
        List<String> words = names.stream().filter(name -> name.length() > 2).toList();
        return NearestName.to(written, words, written.length())
                .map(nearest -> "; did you mean '" + nearest + "'?")
                .orElse("");
    }

    private static int failed(CommandLine command, Exception e) {
        int exitCode = e instanceof CommandFailedException failed ? failed.exitCode() : CommandLine.ExitCode.SOFTWARE;
        boolean usage = e instanceof CommandFailedException failed && failed.isUsage();
        String hint = usage ? " (see " + command.getCommandSpec().qualifiedName() + " --help)" : "";
        return complain(command, e, hint, exitCode);
    }

    private static int complain(CommandLine command, Exception e, String hint, int exitCode) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        PrintWriter err = command.getErr();
        err.println(command.getCommandSpec().qualifiedName() + ": "
                + message.lines().findFirst().orElse("") + hint);
        err.flush();
        return exitCode;
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"quorate " + (version == null ? "(not packaged)" : version)};
        }
    }
}
