package dev.quorate.benchmarks.subjects;

import dev.quorate.spi.Disk;
import dev.quorate.spi.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A disk that counts how often data was made durable, and hands everything on to another one. Counted is a call that
 * returned, so the number proves that syncs happened.
 */
public final class CountingDisk implements Disk {
    private final Disk disk;
    private final AtomicLong forces = new AtomicLong();

    /** A disk that has counted nothing yet. */
    public CountingDisk(Disk disk) {
        this.disk = disk;
    }

    /** How often {@link DiskFile#force} returned, on all files together; any thread. */
    public long forces() {
        return forces.get();
    }

    @Override
    public DiskFile open(Path file, Open how) throws IOException {
        return new CountingFile(disk.open(file, how), forces);
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
        disk.createDirectories(directory);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(Path file) throws IOException {
        disk.delete(file);
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
        return disk.lock(file);
    }

    private static final class CountingFile implements DiskFile {
        private final DiskFile file;
        private final AtomicLong forces;

        CountingFile(DiskFile file, AtomicLong forces) {
            this.file = file;
            this.forces = forces;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            file.write(source, position);
        }

        @Override
        public void force() throws IOException {
            file.force();
            forces.incrementAndGet();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void resize(long size) throws IOException {
            file.resize(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
