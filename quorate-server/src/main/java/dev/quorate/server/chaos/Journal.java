package dev.quorate.server.chaos;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened in a round and when, a line each, on the clock of the history; any thread. */
final class Journal implements AutoCloseable {
    private final BufferedWriter out;
    private final List<String> wrongs = new ArrayList<>();
    private final long beganNanos = System.nanoTime();

    Journal(Path file) throws IOException {
        out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    }

    /** Nanoseconds since the round began. */
    long nanos() {
        return System.nanoTime() - beganNanos;
    }

    /** Writes down something that must not happen; it counts as a violation. */
    synchronized void wrong(String event) {
        say("WRONG: " + event);
        wrongs.add(event);
    }

    /** What happened that must not. */
    synchronized List<String> wrongs() {
        return List.copyOf(wrongs);
    }

    /** Writes a line at once, so that it is there whatever happens next. */
    synchronized void say(String event) {
        try {
            out.write(String.format(Locale.ROOT, "%9.3f s  %s%n", nanos() / 1e9, event));
            out.flush();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
