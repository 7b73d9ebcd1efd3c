package dev.quorate.server.console;

import com.google.protobuf.ByteString;
import dev.quorate.spi.Bytes;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Where a command reads and writes. Bytes go through unchanged, text is UTF-8, lines end with a line feed everywhere.
 *
 * @param in what the user types or pipes in
 * @param out the answer
 * @param err everything else: progress, complaints
 * @param interactive true when somebody watches, so that a line may be drawn over
 */
public record Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive) {
    private static final int OUT_BUFFER_BYTES = 1 << 16;

    /** The streams of this process. */
    public static Terminal ofProcess() {
        PrintStream out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), OUT_BUFFER_BYTES),
                false,
                StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        // The launcher looks: Java cannot tell whether standard error is a terminal.
        boolean interactive = "yes".equals(System.getenv("QUORATE_TERMINAL"));
        return new Terminal(System.in, out, err, interactive);
    }

    /** Prints one line of text. */
    public void line(String text) {
        out.print(text);
        out.print('\n');
    }

    /** Prints these bytes as one line. */
    public void line(ByteString bytes) {
        try {
            bytes.writeTo(out);
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
        out.print('\n');
    }

    /** Prints one line for the one who watches, at once. */
    public void note(String text) {
        out.flush();
        err.print(text + "\n");
        err.flush();
    }

    /** Everything that is piped in. */
    public Bytes readAll() {
        try {
            return Bytes.wrap(in.readAllBytes());
        } catch (IOException unreadable) {
            throw new CommandFailedException("cannot read standard input: " + unreadable.getMessage());
        }
    }
}
