package dev.quorate.server.drill;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.node.Logging;
import dev.quorate.server.node.Workplace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code quorate demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Shows in under a minute what Quorate is for: three nodes in one process import a data set, lose their"
                    + " leader in the middle, and end with nothing missing and equal states.",
            "",
            "Exit code 1 when anything is not as it must be.",
        })
public final class DemoCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(
            names = "--input",
            paramLabel = "FILE",
            description = "Import the lines of FILE instead of the names of the Unicode characters.")
    private @Nullable Path input;

    @Option(names = "--dir", paramLabel = "DIR", description = "Keep the nodes' files in DIR, which must be empty.")
    private @Nullable Path directory;

    public DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Logging.toStandardError(Logging.Verbosity.warn, Logging.Format.text);
        requireEmpty();
        DemoRecords records = DemoRecords.of(input);
        try (Workplace workplace = Workplace.in(directory, "quorate-demo")) {
            new Demo(terminal, records, workplace.path()).run();
            return 0;
        } catch (IOException failed) {
            throw new CommandFailedException("cannot use the directory of the demo: " + failed.getMessage());
        }
    }

    private void requireEmpty() {
        if (directory == null || !Files.exists(directory)) {
            return;
        }
        try (var files = Files.list(directory)) {
            if (files.findAny().isPresent()) {
                throw new CommandFailedException(directory + " is not empty");
            }
        } catch (IOException unreadable) {
            throw new CommandFailedException("cannot look into " + directory + ": " + unreadable.getMessage());
        }
    }
}
