package dev.quorate.server.drill;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Endpoint;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server in a process of its own, on a free port of the loopback address, with its own directory for data and its own
 * for temporary files.
 */
final class ChildServer implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final String READY = "quorate ready on ";

    private final Process process;
    private final Path errors;
    private final CompletableFuture<String> ready = new CompletableFuture<>();

    private ChildServer(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        Thread reader = new Thread(this::read, "quorate-child-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a server with the class path of this process, on a free port, with little memory and the first compiler.
     *
     * @param directory gets the data, the temporary files and what the server complains about
     * @param snapshotCount the number of writes after which it makes a snapshot
     */
    static ChildServer start(Path directory, long snapshotCount) {
        return start(
                directory,
                List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"),
                List.of(
                        "--listen-client-urls",
                        "http://127.0.0.1:0",
                        "--snapshot-count",
                        Long.toString(snapshotCount)));
    }

    /**
     * Starts a server with the class path of this process.
     *
     * @param directory gets the data, the temporary files and what the server complains about
     * @param jvm options of the JVM
     * @param settings flags of the server besides the directory of its data
     */
    static ChildServer start(Path directory, List<String> jvm, List<String> settings) {
        Path errors = directory.resolve("stderr");
        try {
            Path temporary = Files.createDirectories(directory.resolve("tmp"));
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(jvm);
            command.addAll(classArchive());
            command.add("-Djava.io.tmpdir=" + temporary);
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.quorate.server.Main", "server"));
            command.addAll(List.of("--data-dir", directory.resolve("data").toString()));
            command.addAll(settings);
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
            builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
            return new ChildServer(builder.start(), errors);
        } catch (IOException failed) {
            throw new CommandFailedException("cannot start a server process: " + failed.getMessage());
        }
    }

    /**
     * The options by which this process takes its classes from the launcher's archive: a child that loads them one by
     * one would need half as much processor time again to start, which no server of the launcher does.
     */
    private static List<String> classArchive() {
        List<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments();
        boolean archived = options.stream().anyMatch(option -> option.startsWith("-XX:SharedArchiveFile="));
        return archived
                ? options.stream()
                        .filter(option -> option.startsWith("-XX:SharedArchiveFile=") || option.startsWith("-Xlog:"))
                        .toList()
                : List.of();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(READY)) {
                    ready.complete(line);
                }
            }
        } catch (IOException killed) {
            ready.completeExceptionally(killed);
        }
        ready.completeExceptionally(new IOException("the server ended before it was ready"));
    }

    /** Waits until the server serves, and tells where. */
    Endpoint awaitReady() {
        try {
            String line = ready.get(START.toSeconds(), TimeUnit.SECONDS);
            String address = line.substring(READY.length()).split("[ ,]", 2)[0];
            return Endpoint.parse(address);
        } catch (ExecutionException | TimeoutException failed) {
            throw new CommandFailedException("the server did not start: " + complaints());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted");
        }
    }

    /** Ends the process at once, as {@code kill -9} does; does not wait for its end. */
    void strike() {
        process.destroyForcibly();
    }

    /** Ends the process at once, as {@code kill -9} does. */
    void kill() {
        strike();
        await(STOP);
    }

    /** Tells the process to stop, as {@code kill} does; answers its exit code. */
    int stop() {
        process.destroy();
        if (!await(STOP)) {
            kill();
            throw new CommandFailedException("the server did not stop within " + STOP.toSeconds() + " s");
        }
        return process.exitValue();
    }

    /** What the server wrote to standard error, its last lines. */
    String complaints() {
        try {
            List<String> lines = Files.readAllLines(errors);
            return lines.isEmpty()
                    ? "it said nothing"
                    : String.join(" / ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        } catch (IOException unreadable) {
            return "what it said cannot be read: " + unreadable.getMessage();
        }
    }

    private boolean await(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailedException("interrupted");
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }
}
