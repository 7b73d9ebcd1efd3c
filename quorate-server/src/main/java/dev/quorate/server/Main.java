package dev.quorate.server;

import java.io.PrintWriter;
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
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {WarmUp.class})
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** The command line with its way of reporting errors, ready to execute. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setParameterExceptionHandler((e, args) -> complain(e.getCommandLine(), e, CommandLine.ExitCode.USAGE))
                .setExecutionExceptionHandler(
                        (e, command, parsed) -> complain(command, e, CommandLine.ExitCode.SOFTWARE));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    private static int complain(CommandLine command, Exception e, int exitCode) {
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String name = command.getCommandSpec().qualifiedName();
        String hint = exitCode == CommandLine.ExitCode.USAGE ? " (see " + name + " --help)" : "";
        PrintWriter err = command.getErr();
        err.println(name + ": " + message.lines().findFirst().orElse("") + hint);
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
