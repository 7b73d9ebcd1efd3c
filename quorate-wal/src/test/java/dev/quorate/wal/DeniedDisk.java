package dev.quorate.wal;

import dev.quorate.spi.Disk;
import dev.quorate.spi.DiskFile;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;

/** A disk on which this user may look but not write. */
final class DeniedDisk implements Disk {
    private final Disk disk;

    DeniedDisk(Disk disk) {
        this.disk = disk;
    }

    @Override
    public DiskFile open(Path file, Open how) throws IOException {
        if (how == Open.READ) {
            return disk.open(file, how);
        }
        throw new AccessDeniedException(file.toString());
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        return disk.list(directory);
    }

    @Override
    public boolean exists(Path path) throws IOException {
        return disk.exists(path);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        if (!disk.exists(directory)) {
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
    public void forceDirectory(Path directory) throws IOException {
        disk.forceDirectory(directory);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return disk.usableBytes(directory);
    }

    @Override
    public AutoCloseable lock(Path file) throws IOException {
        throw new AccessDeniedException(file.toString());
    }
}
