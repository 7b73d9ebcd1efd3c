package dev.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.testkit.ForwardingDisk.ForwardingFile;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A disk that hands everything on keeps the contract of the one behind it, its crashes included. */
final class ForwardingDiskTest extends DiskContract {
    private static final Path ROOT = Path.of("/disk");

    private final SimDisk behind = new SimDisk(1);
    private final Disk disk = new ForwardingDisk(behind) {
        @Override
        public DiskFile open(Path file, Open how) throws IOException {
            return new ForwardingFile(super.open(file, how));
        }
    };

    @BeforeEach
    void makeTheRoot() throws IOException {
        disk.createDirectories(ROOT);
    }

    @Override
    protected Disk disk() {
        return disk;
    }

    @Override
    protected Path root() {
        return ROOT;
    }

    @Test
    void whatWasForcedThroughItOutlivesACrash() throws IOException {
        Path file = ROOT.resolve("forced");
        try (DiskFile opened = disk.open(file, Open.CREATE)) {
            opened.resize(4096);
            opened.force();
        }
        disk.forceDirectory(ROOT);
        behind.crash();
        try (DiskFile opened = disk.open(file, Open.READ)) {
            assertThat(opened.size()).isEqualTo(4096);
        }
    }

    @Test
    void tellsTheSpaceOfTheOneBehindIt() throws IOException {
        behind.capacityBytes(12_345);
        assertThat(disk.usableBytes(ROOT)).isEqualTo(behind.usableBytes(ROOT)).isPositive();
    }
}
