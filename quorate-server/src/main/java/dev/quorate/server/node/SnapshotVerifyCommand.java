package dev.quorate.server.node;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Table;
import dev.quorate.server.console.Terminal;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.wal.SavedSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code quorate snapshot verify FILE}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Reads a saved snapshot from its beginning to its end, and compares it with its checksums.")
public final class SnapshotVerifyCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "FILE", description = "What snapshot save wrote.")
    private Path file = Path.of("");

    public SnapshotVerifyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (SavedSnapshot saved = SavedSnapshot.open(file)) {
            terminal.line(file + " is whole (" + Table.bytes(saved.bytes()) + ", sha256 "
                    + HexFormat.of().formatHex(saved.sha256().toByteArray()) + ")");
            return 0;
        } catch (CorruptSnapshotException damaged) {
            throw new CommandFailedException(String.valueOf(damaged.getMessage()));
        } catch (IOException unreadable) {
            throw new CommandFailedException("cannot read " + file + ": "
                    + unreadable.getClass().getSimpleName().replace("Exception", ""));
        }
    }
}
