package dev.quorate.wal;

import dev.quorate.spi.Disk;
import dev.quorate.spi.DiskFile;
import dev.quorate.testkit.ForwardingDisk;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;

/** A disk on which this user may look but not write. */
final class DeniedDisk extends ForwardingDisk {
    DeniedDisk(Disk disk) {
        super(disk);
    }

    @Override
    public DiskFile open(Path file, Open how) throws IOException {
        if (how == Open.READ) {
            return super.open(file, how);
        }
        throw new AccessDeniedException(file.toString());
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        if (!exists(directory)) {
            throw new AccessDeniedException(directory.toString());
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        throw new AccessDeniedException(from.toString());
    }

    @Override
    public void delete(Path file) throws IOException {
        throw new AccessDeniedException(file.toString());
    }

    @Override
    public AutoCloseable lock(Path file) throws IOException {
        throw new AccessDeniedException(file.toString());
    }
}
