package dev.quorate.wal;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Thousands of random lives of a log, each ended somewhere by a power cut, a killed process or a failing disk. */
class LogCrashTest {
    private static final int SEEDS = Integer.getInteger("quorate.wal.seeds", 3000);

    @Test
    void logAfterACrashIsAPrefixOfTheChangesThatHoldsEverythingSynced() throws IOException {
        for (long seed = Long.getLong("from", 0); seed < SEEDS; seed++) {
            try {
                new LogTorture(seed).run(6);
            } catch (IOException | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + e, e);
            }
        }
    }
}
