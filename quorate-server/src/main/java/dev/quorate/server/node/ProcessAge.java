package dev.quorate.server.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How long this process has been running, the start of the JVM included. Linux tells it in hundredths of a second, by
 * its own clock; the start time that Java knows is in whole seconds there.
 */
final class ProcessAge {
    private static final Path STAT = Path.of("/proc/self/stat");
    private static final Path UPTIME = Path.of("/proc/uptime");
    /** The place of the start time behind the name of the process, which is in parentheses and may hold anything. */
    private static final int START_FIELD = 20;
    /** Hundredths of a second, on every Linux: what programs see is not what the kernel counts in. */
    private static final long MILLIS_PER_TICK = 10;

    private ProcessAge() {}

    /** The age now. */
    static Duration now() {
        try {
            Optional<Duration> age = of(Files.readString(STAT), Files.readString(UPTIME));
            if (age.isPresent()) {
                return age.get();
            }
        } catch (IOException elsewhere) {
            // Not on Linux: Java has to know it.
        }
        Instant now = Instant.now();
        return Duration.between(ProcessHandle.current().info().startInstant().orElse(now), now);
    }

    /** The age that the two files tell; empty when they are not what is expected. */
    static Optional<Duration> of(String stat, String uptime) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split("\\s+", -1);
        String[] up = uptime.trim().split("\\s+", -1);
        if (fields.length < START_FIELD) {
            return Optional.empty();
        }
        try {
            long startMillis = Long.parseLong(fields[START_FIELD - 1]) * MILLIS_PER_TICK;
            long upMillis = Math.round(Double.parseDouble(up[0]) * 1000);
            return upMillis < startMillis ? Optional.empty() : Optional.of(Duration.ofMillis(upMillis - startMillis));
        } catch (NumberFormatException unexpected) {
            return Optional.empty();
        }
    }
}
