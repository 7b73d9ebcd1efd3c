package dev.quorate.server.chaos;

import dev.quorate.spi.Disk;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.StorageFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A disk that becomes slow, or full, when it is told to; any thread. */
final class FaultyDisk implements Disk {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Disk disk;
    private volatile long syncMillis;
    private volatile boolean full;

    FaultyDisk(Disk disk) {
        this.disk = disk;
    }

    /** Makes each sync take so much longer; 0 for none. */
    void delaySyncs(long millis) {
        syncMillis = millis;
    }

    /** Refuses everything that needs space, or no longer. */
    void fill(boolean isFull) {
        full = isFull;
    }

    private void sync() {
        long deadline = System.nanoTime() + syncMillis * NANOS_PER_MILLI;
        for (long left = deadline - System.nanoTime(); left > 0; left = deadline - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void requireSpace(Path file) throws StorageFullException {
        if (full) {
            throw new StorageFullException(file + ": no space left on device");
        }
    }

    @Override
    public DiskFile open(Path file, Open how) throws IOException {
        if (how == Open.CREATE) {
            requireSpace(file);
        }
        return new FaultyFile(disk.open(file, how), file);
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
        sync();
        disk.forceDirectory(directory);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return full ? 0 : disk.usableBytes(directory);
    }

    @Override
    public AutoCloseable lock(Path file) throws IOException {
        return disk.lock(file);
    }

    /** A file on it. What lies within the file needs no space. */
    private final class FaultyFile implements DiskFile {
        private final DiskFile file;
        private final Path path;

        FaultyFile(DiskFile file, Path path) {
            this.file = file;
            this.path = path;
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            if (full && position + source.remaining() > file.size()) {
                requireSpace(path);
            }
            file.write(source, position);
        }

        @Override
        public void force() throws IOException {
            sync();
            file.force();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void resize(long size) throws IOException {
            if (full && size > file.size()) {
                requireSpace(path);
            }
            file.resize(size);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
