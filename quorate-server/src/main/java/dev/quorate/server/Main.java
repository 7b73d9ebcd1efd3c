package dev.quorate.server;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of Quorate: one subcommand per thing that a node or an operator can do. */
@Command(
        name = "quorate",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "A replicated coordination store on the Raft protocol.",
        subcommands = {})
public final class Main implements Runnable {
    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    /** The version written into the jar by the build. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"quorate " + (version == null ? "(not packaged)" : version)};
        }
    }
}
