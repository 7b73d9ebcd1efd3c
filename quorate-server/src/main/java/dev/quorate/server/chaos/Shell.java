package dev.quorate.server.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the small programs of the system. */
final class Shell {
    private static final long PATIENCE_SECONDS = 60;

    private Shell() {}

    /**
     * Runs a command to its end.
     *
     * @throws IOException when it cannot be run or fails, with what it said
     */
    static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(List.of(command))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.PIPE)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(String.join(" ", command) + " did not end");
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(String.join(" ", command) + " was interrupted", interrupted);
        }
        if (process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + " failed: " + said);
        }
    }

    /** Runs a command and does not mind when it fails: for taking back what may not be there. */
    static void attempt(String... command) {
        try {
            run(command);
        } catch (IOException notThere) {
            // There is nothing to take back.
        }
    }
}
