package dev.quorate.server.node;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Terminal;
import dev.quorate.spi.DirectoryInUseException;
import dev.quorate.spi.ForeignDirectoryException;
import dev.quorate.wal.LogSurgery;
import dev.quorate.wal.LogSurgery.Diagnosis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code quorate log repair DIR}: gives up the damaged end of the log of a node that has no other to repair it from.
 */
@Command(
        name = "repair",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = LogRepairCommand.NOT_READ,
        description = {
            "Cuts a damaged log before its damage, when no other member of the cluster has what is lost. Without",
            "the two options nothing is changed: it says what is lost, and which options accept that. The damaged",
            "files are kept in DIR/damaged. A member of a larger cluster needs no repair: start it, it takes what",
            "it lost from the others.",
            "",
            "Exit code 0: nothing to repair, or repaired; 2: damaged, and nothing was changed; 3: nothing was read,",
            "because DIR is in use, not ours or unreadable.",
        })
public final class LogRepairCommand implements Callable<Integer> {
    static final int NOT_READ = 3;

    private static final int DAMAGED = 2;

    private final Terminal terminal;

    @Option(
            names = "--truncate-at",
            paramLabel = "INDEX",
            description = "The first entry to give up; must be the one that the command names.")
    private long truncateAt;

    @Option(
            names = "--accept-loss-of",
            paramLabel = "ENTRIES",
            description = "How many entries are given up; must be the number that the command names.")
    private long acceptedLoss = -1;

    @Parameters(index = "0", paramLabel = "DIR", description = "The data directory of the stopped node.")
    private Path directory = Path.of("");

    public LogRepairCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (LogSurgery surgery = LogSurgery.ofStoppedNode(directory)) {
            Optional<Diagnosis> found = surgery.diagnose();
            if (found.isEmpty()) {
                terminal.line("nothing to repair");
                return 0;
            }
            return repair(surgery, found.get());
        } catch (DirectoryInUseException inUse) {
            throw CommandFailedException.withExitCode(NOT_READ, inUse.getMessage() + "; stop it first");
        } catch (ForeignDirectoryException foreign) {
            throw CommandFailedException.withExitCode(NOT_READ, String.valueOf(foreign.getMessage()));
        } catch (IOException unreadable) {
            throw CommandFailedException.withExitCode(
                    NOT_READ, "cannot repair " + directory + ": " + unreadable.getMessage());
        }
    }

    private int repair(LogSurgery surgery, Diagnosis found) throws IOException {
        terminal.line("DAMAGED: " + found.what());
        if (!found.alone()) {
            terminal.line("other members have what is lost: start the node, it repairs itself from them");
            return DAMAGED;
        }
        String loss = found.lost() == 0
                ? "no entry from " + found.firstLost() + " on has left a trace"
                : "entries " + found.firstLost() + " to " + found.lastSeen() + " are lost";
        if (truncateAt != found.firstLost() || acceptedLoss != found.lost()) {
            terminal.line(loss + ", and no other member has them; nothing was changed");
            terminal.line("to give them up: quorate log repair " + directory + " --truncate-at " + found.firstLost()
                    + " --accept-loss-of " + found.lost());
            return DAMAGED;
        }
        Path aside = surgery.cut(found);
        terminal.line(
                loss + "; the log ends at " + (found.firstLost() - 1) + " now, the damaged files are in " + aside);
        return 0;
    }
}
