package dev.quorate.wal;

import dev.quorate.spi.SnapshotStore;
import dev.quorate.testkit.SimDisk;
import dev.quorate.testkit.SnapshotStoreContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contract of the snapshots on real files and on simulated ones. */
class FileSnapshotStoreTest {
    @Nested
    class OnFiles extends SnapshotStoreContract {
        @TempDir
        private Path directory = Path.of("");

        @Override
        protected SnapshotStore open() throws IOException {
            return FileSnapshotStore.open(new FileDisk(), directory.resolve("snapshots"));
        }
    }

    @Nested
    class OnSimulatedDisk extends SnapshotStoreContract {
        private final SimDisk disk = new SimDisk(1);

        @Override
        protected SnapshotStore open() throws IOException {
            return FileSnapshotStore.open(disk, Path.of("data", "snapshots"));
        }
    }
}
