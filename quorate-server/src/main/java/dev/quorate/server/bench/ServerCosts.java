package dev.quorate.server.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * What server processes have used so far, from {@code /proc}.
 *
 * @param cpuSeconds processor time of all their threads, the kernel's part included
 * @param storageBytes what they caused to be written to storage; empty when the system does not tell this user
 */
record ServerCosts(double cpuSeconds, OptionalLong storageBytes) {
    /** The unit of /proc/PID/stat, which Linux fixes for programs, whatever its own clock does. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME_BEHIND_NAME = 11;
    private static final int STIME_BEHIND_NAME = 12;
    private static final String WRITTEN = "write_bytes: ";

    /**
     * Reads the figures of these processes, together.
     *
     * @param proc where the system shows its processes
     * @throws IOException when one of them is not there, naming it
     */
    static ServerCosts read(Path proc, List<Long> pids) throws IOException {
        double seconds = 0;
        OptionalLong bytes = OptionalLong.of(0);
        for (long pid : pids) {
            Path process = proc.resolve(Long.toString(pid));
            try {
                seconds += cpuSeconds(Files.readString(process.resolve("stat")));
            } catch (IOException | IllegalArgumentException unreadable) {
                throw new IOException("there is no process " + pid + " in " + proc, unreadable);
            }
            OptionalLong written = storageBytes(process);
            bytes = bytes.isPresent() && written.isPresent()
                    ? OptionalLong.of(bytes.getAsLong() + written.getAsLong())
                    : OptionalLong.empty();
        }
        return new ServerCosts(seconds, bytes);
    }

    /** What was used since an earlier look. */
    ServerCosts since(ServerCosts before) {
        boolean told = storageBytes.isPresent() && before.storageBytes.isPresent();
        return new ServerCosts(
                cpuSeconds - before.cpuSeconds,
                told
                        ? OptionalLong.of(storageBytes.getAsLong() - before.storageBytes.getAsLong())
                        : OptionalLong.empty());
    }

    /** The processor time in a line of {@code stat}; the name of the process in it may hold blanks and brackets. */
    static double cpuSeconds(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        if (fields.length <= STIME_BEHIND_NAME) {
            throw new IllegalArgumentException("not the state of a process: " + stat);
        }
        return (Long.parseLong(fields[UTIME_BEHIND_NAME]) + Long.parseLong(fields[STIME_BEHIND_NAME]))
                / TICKS_PER_SECOND;
    }

    private static OptionalLong storageBytes(Path process) {
        try {
            return Files.readAllLines(process.resolve("io")).stream()
                    .filter(line -> line.startsWith(WRITTEN))
                    .mapToLong(line -> Long.parseLong(line.substring(WRITTEN.length())))
                    .findFirst();
        } catch (IOException notOurs) {
            return OptionalLong.empty();
        }
    }
}
