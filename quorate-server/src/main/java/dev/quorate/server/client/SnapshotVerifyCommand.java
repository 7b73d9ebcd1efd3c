package dev.quorate.server.client;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Table;
import dev.quorate.server.console.Terminal;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code quorate snapshot verify FILE}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Checks that a saved snapshot is whole: it ends with the SHA-256 of all that comes before.")
public final class SnapshotVerifyCommand implements Callable<Integer> {
    private static final int DIGEST_BYTES = 32;
    private static final int PAGE_BYTES = 512;
    private static final int PIECE_BYTES = 64 << 10;

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "FILE", description = "What snapshot save wrote.")
    private Path file = Path.of("");

    public SnapshotVerifyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), PIECE_BYTES)) {
            long bytes = Files.size(file);
            long content = bytes - DIGEST_BYTES;
            if (content <= 0 || content % PAGE_BYTES != 0) {
                throw new CommandFailedException(file + " is not a whole snapshot: it has " + bytes + " bytes");
            }
            byte[] found = digest(in, content);
            byte[] expected = in.readNBytes(DIGEST_BYTES);
            if (!Arrays.equals(found, expected)) {
                throw new CommandFailedException(file + " is damaged: its SHA-256 is not the one at its end");
            }
            terminal.line(file + " is whole (" + Table.bytes(bytes) + ", sha256 "
                    + HexFormat.of().formatHex(found) + ")");
            return 0;
        } catch (IOException unreadable) {
            throw new CommandFailedException("cannot read " + file + ": "
                    + unreadable.getClass().getSimpleName().replace("Exception", ""));
        }
    }

    private static byte[] digest(InputStream in, long bytes) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
        for (long left = bytes; left > 0; ) {
            byte[] piece = in.readNBytes((int) Math.min(PIECE_BYTES, left));
            if (piece.length == 0) {
                throw new IOException("it became shorter while it was read");
            }
            digest.update(piece);
            left -= piece.length;
        }
        return digest.digest();
    }
}
