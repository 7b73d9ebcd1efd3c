package dev.quorate.benchmarks.subjects;

import dev.quorate.spi.Disk;
import dev.quorate.spi.DiskFile;
import dev.quorate.testkit.ForwardingDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A disk that counts how often data was made durable, and hands everything on to another one. Counted is a call that
 * returned, so the number proves that syncs happened.
 */
public final class CountingDisk extends ForwardingDisk {
    private final AtomicLong forces = new AtomicLong();

    /** A disk that has counted nothing yet. */
    public CountingDisk(Disk disk) {
        super(disk);
    }

    /** How often {@link DiskFile#force} returned, on all files together; any thread. */
    public long forces() {
        return forces.get();
    }

    @Override
    public DiskFile open(Path file, Open how) throws IOException {
        return new ForwardingFile(super.open(file, how)) {
            @Override
            public void force() throws IOException {
                super.force();
                forces.incrementAndGet();
            }
        };
    }
}
