package dev.quorate.server.chaos;

import dev.quorate.spi.Disk;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.StorageFullException;
import dev.quorate.testkit.ForwardingDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** A disk that becomes slow, or full, when it is told to; any thread. */
final class FaultyDisk extends ForwardingDisk {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private volatile long syncMillis;
    private volatile boolean full;

    FaultyDisk(Disk disk) {
        super(disk);
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
        return new FaultyFile(super.open(file, how), file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        sync();
        super.forceDirectory(directory);
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return full ? 0 : super.usableBytes(directory);
    }

    /** A file on it. What lies within the file needs no space. */
    private final class FaultyFile extends ForwardingFile {
        private final Path path;

        FaultyFile(DiskFile file, Path path) {
            super(file);
            this.path = path;
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            if (full && position + source.remaining() > size()) {
                requireSpace(path);
            }
            super.write(source, position);
        }

        @Override
        public void force() throws IOException {
            sync();
            super.force();
        }

        @Override
        public void resize(long size) throws IOException {
            if (full && size > size()) {
                requireSpace(path);
            }
            super.resize(size);
        }
    }
}
