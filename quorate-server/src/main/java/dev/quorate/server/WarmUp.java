package dev.quorate.server;

import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.node.Logging;
import dev.quorate.server.node.MemberPair;
import dev.quorate.server.node.Workplace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Uses once what every command uses, so that its classes can be kept in an archive from which later starts take them.
 *
 * <p>The launcher runs this after a build. Two members of one cluster are started on free ports of the loopback
 * address, with their data in a temporary directory, and asked what the other commands ask; nothing is left behind.
 * They are two because what a member does that is not alone is most of what a server loads.
 */
@Command(
        name = "warm-up",
        mixinStandardHelpOptions = true,
        hidden = true,
        description = "Loads what the other commands load; the launcher runs it.")
final class WarmUp implements Callable<Integer> {
    @Override
    public Integer call() throws IOException {
        Logging.toStandardError(Logging.Verbosity.warn, Logging.Format.text);
        try (Workplace workplace = Workplace.in(null, "quorate-warm-up");
                MemberPair members = MemberPair.start(workplace.path())) {
            int failures = 0;
            for (Endpoint endpoint : members.endpoints()) {
                for (String[] command : new String[][] {
                    {"put", "key", "value"}, {"get", "key", "-w", "json"}, {"del", "key"}, {"status"}
                }) {
                    failures += run(command, endpoint.toString());
                }
            }
            return failures;
        }
    }

    private static int run(String[] command, String endpoint) {
        String[] arguments = new String[command.length + 2];
        System.arraycopy(command, 0, arguments, 0, command.length);
        arguments[command.length] = "--endpoints";
        arguments[command.length + 1] = endpoint;
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(InputStream.nullInputStream(), nowhere, nowhere, false);
        return Main.commandLine(terminal, arguments).execute(arguments);
    }
}
