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
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        Terminal terminal = Terminal.ofProcess();
        int exitCode = commandLine(terminal).execute(args);
        terminal.out().flush();
        System.exit(exitCode);
    }

    /** The command line with its way of reporting errors, ready to execute. */
    static CommandLine commandLine(Terminal terminal) {
        CommandLine snapshot = new CommandLine(new SnapshotCommand());
        snapshot.addSubcommand(new SnapshotCommand.Save(terminal))
                .addSubcommand(new SnapshotVerifyCommand(terminal))
                .addSubcommand(new SnapshotRestoreCommand(terminal));
        CommandLine log = new CommandLine(new LogCommand());
        log.addSubcommand(new LogCommand.Verify(terminal))
                .addSubcommand(new LogCommand.Dump(terminal))
                .addSubcommand(new LogRepairCommand(terminal));
        return new CommandLine(new Main())
                .addSubcommand(ServerCommand.commandLine(terminal))
                .addSubcommand(new PutCommand(terminal))
                .addSubcommand(new GetCommand(terminal))
                .addSubcommand(new DelCommand(terminal))
                .addSubcommand(new TxnCommand(terminal))
                .addSubcommand(new CertsCommand(terminal))
                .addSubcommand(new StatusCommand(terminal))
                .addSubcommand(MemberCommand.commandLine(terminal))
                .addSubcommand(new MoveLeaderCommand(terminal))
                .addSubcommand(snapshot)
                .addSubcommand(log)
                .addSubcommand(new ImportCommand(terminal))
                .addSubcommand(new ExportCommand(terminal))
                .addSubcommand(new BenchCommand(terminal))
                .addSubcommand(new DemoCommand(terminal))
                .addSubcommand(new CrashTestCommand(terminal))
                .addSubcommand(new ChaosCommand(terminal))
                .addSubcommand(new FailoverTestCommand(terminal))
                .addSubcommand(new CheckCommand(terminal))
                .addSubcommand(new SimCommand(terminal))
                .addSubcommand(new WarmUp())
                .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((e, args) -> misused(e.getCommandLine(), e))
                .setExecutionExceptionHandler((e, command, parsed) -> failed(command, e));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    private static int misused(CommandLine command, ParameterException e) {
        String hint = " (see " + command.getCommandSpec().qualifiedName() + " --help)";
        return complain(command, e, hint, command.getCommandSpec().exitCodeOnInvalidInput());
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
