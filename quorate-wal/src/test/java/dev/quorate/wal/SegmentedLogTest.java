package dev.quorate.wal;

import dev.quorate.spi.RaftLog;
import dev.quorate.testkit.RaftLogContract;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract of a log on real files and on simulated ones, with segments of the usual size and with tiny ones. */
class SegmentedLogTest {
    private static final WalOptions TINY = new WalOptions(8 << 20, 4 << 10, 64 << 10, 1 << 10, 2);

    @Nested
    class OnFiles extends RaftLogContract {
        @TempDir
        private Path directory = Path.of("");

        @Override
        protected RaftLog open() throws IOException {
            Path log = directory.resolve("log");
            if (!Files.exists(log)) {
                SegmentedLog.create(new FileDisk(), log, WalOptions.DEFAULT);
            }
            return SegmentedLog.open(new FileDisk(), log, WalOptions.DEFAULT);
        }
    }

    @Nested
    class OnFilesWithTinySegments extends RaftLogContract {
        @TempDir
        private Path directory = Path.of("");

        @Override
        protected RaftLog open() throws IOException {
            Path log = directory.resolve("log");
            if (!Files.exists(log)) {
                SegmentedLog.create(new FileDisk(), log, TINY);
            }
            return SegmentedLog.open(new FileDisk(), log, TINY);
        }
    }

    @Nested
    class OnSimulatedDisk extends RaftLogContract {
        private final SimDisk disk = new SimDisk(1);

        @Override
        protected RaftLog open() throws IOException {
            Path log = Path.of("data", "log");
            if (!disk.exists(log)) {
                SegmentedLog.create(disk, log, TINY);
            }
            return SegmentedLog.open(disk, log, TINY);
        }
    }
}
