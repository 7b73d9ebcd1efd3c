package dev.quorate.benchmarks.subjects;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Disk;
import dev.quorate.spi.DiskFile;
import dev.quorate.testkit.DiskContract;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CountingDiskTest extends DiskContract {
    private static final Path ROOT = Path.of("/data");

    private final CountingDisk disk = new CountingDisk(new SimDisk(1));

    @BeforeEach
    void makeRoot() throws IOException {
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
    void countsEachForceOfEachFile() throws IOException {
        assertThat(disk.forces()).isZero();
        for (String name : new String[] {"a", "b"}) {
            try (DiskFile file = disk.open(ROOT.resolve(name), Disk.Open.CREATE)) {
                file.write(ByteBuffer.allocate(10), 0);
                file.force();
                file.force();
            }
        }
        assertThat(disk.forces()).isEqualTo(4);
    }
}
