package dev.quorate.server.chaos;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One life of a server process. It belongs to one thread; whether it lives may any thread ask. */
final class MemberProcess {
    private static final long END_SECONDS = 40;
    /** What a JVM ends with that gets SIGTERM before its program has begun to wait for it. */
    private static final int UNCAUGHT_SIGTERM = 143;

    private final Process process;
    private final File said;
    /** How much earlier lives have said. */
    private final long saidBefore;

    private volatile boolean paused;

    private MemberProcess(Process process, File said, long saidBefore) {
        this.process = process;
        this.said = said;
        this.saidBefore = saidBefore;
    }

    /** Starts it; what it says goes to files. */
    static MemberProcess start(List<String> command, Path directory) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        File said = directory.resolve("stdout").toFile();
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(said));
        builder.redirectError(
                ProcessBuilder.Redirect.appendTo(complaints(directory).toFile()));
        // Not for the servers: what the user's environment says of a server of theirs.
        builder.environment().keySet().removeIf(variable -> variable.startsWith("QUORATE_"));
        long saidBefore = said.length();
        return new MemberProcess(builder.start(), said, saidBefore);
    }

    /** The file of what all lives of a member have logged. */
    static Path complaints(Path directory) {
        return directory.resolve("stderr");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    boolean isPaused() {
        return paused;
    }

    /** What it ended with. */
    int exitCode() {
        return process.exitValue();
    }

    /** {@code kill -9}. */
    void kill() throws IOException {
        process.destroyForcibly();
        awaitEnd();
    }

    /**
     * Tells it to stop in good order, and waits for that.
     *
     * @return true when it did, or had not yet come as far as to say that it listens
     */
    boolean stop() throws IOException {
        // Not Process.destroy, which closes standard input: that is how a server knows that it is an orphan.
        Shell.run("kill", "-TERM", Long.toString(process.pid()));
        if (!await()) {
            kill();
            throw new IOException("a server did not stop within " + END_SECONDS + " s of SIGTERM");
        }
        return exitCode() == 0 || (exitCode() == UNCAUGHT_SIGTERM && said.length() == saidBefore);
    }

    /** It stands still. */
    void pause() throws IOException {
        Shell.run("kill", "-STOP", Long.toString(process.pid()));
        paused = true;
    }

    /** It goes on. */
    void resume() throws IOException {
        paused = false;
        if (process.isAlive()) {
            Shell.run("kill", "-CONT", Long.toString(process.pid()));
        }
    }

    /** Tells the machine under it something; nothing when it is gone. */
    void tell(Order order) {
        try {
            OutputStream orders = process.getOutputStream();
            orders.write((order.line() + "\n").getBytes(StandardCharsets.UTF_8));
            orders.flush();
        } catch (IOException gone) {
            // The next life begins with a machine that is as it should be.
        }
    }

    private void awaitEnd() throws IOException {
        if (!await()) {
            throw new IOException("process " + process.pid() + " did not end");
        }
    }

    private boolean await() throws IOException {
        try {
            return process.waitFor(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interrupted);
        }
    }
}
