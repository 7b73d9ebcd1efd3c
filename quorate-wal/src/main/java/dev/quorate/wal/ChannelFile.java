package dev.quorate.wal;

import dev.quorate.spi.DiskFile;
import dev.quorate.spi.StorageFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * An open file of this machine: positional reads and writes on channels. One thread writes; any thread reads beside it.
 *
 * <p>The Java platform closes a channel when a thread that uses it is interrupted. A reader that belongs to the
 * application must not take the log down with it, so reads have a channel of their own, which is opened again when that
 * happened. Writes and forces begin with the interrupt set aside; one that arrives in the middle fails them, which is
 * final: nobody knows then whether a force reported an error.
 */
final class ChannelFile implements DiskFile {
    private static final int ZERO_BLOCK_BYTES = 1 << 16;

    private final Path path;
    private final FileChannel writer;
    private boolean sizeChanged = true;
    private long size;
    private final Object readerLock = new Object();
    private volatile @Nullable FileChannel reader;
    private volatile boolean closed;

    ChannelFile(Path path, FileChannel writer) throws IOException {
        this.path = path;
        this.writer = writer;
        this.size = writer.size();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int start = target.position();
        boolean interrupted = false;
        try {
            while (target.hasRemaining()) {
                FileChannel channel = reader();
                try {
                    int count = channel.read(target, position + target.position() - start);
                    if (count < 0) {
                        break;
                    }
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                    dropReader(channel);
                } catch (ClosedChannelException e) {
                    dropReader(channel);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return target.position() - start;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            long at = position;
            while (source.hasRemaining()) {
                at += writer.write(source, at);
            }
            if (at > size) {
                size = at;
                sizeChanged = true;
            }
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            throw isFull(e) ? new StorageFullException("no space for " + path + ": " + e.getMessage(), e) : e;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void force() throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            writer.force(sizeChanged);
            sizeChanged = false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public long size() throws IOException {
        return writer.size();
    }

    @Override
    public void resize(long newSize) throws IOException {
        if (newSize < size) {
            writer.truncate(newSize);
            size = newSize;
            sizeChanged = true;
        }
        ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(ZERO_BLOCK_BYTES, Math.max(0, newSize - size)));
        while (size < newSize) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), newSize - size));
            write(zeros, size);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        try {
            writer.close();
        } finally {
            synchronized (readerLock) {
                FileChannel channel = reader;
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    private FileChannel reader() throws IOException {
        FileChannel channel = reader;
        if (channel != null) {
            return channel;
        }
        synchronized (readerLock) {
            if (closed) {
                throw new ClosedChannelException();
            }
            channel = reader;
            if (channel == null) {
                channel = FileChannel.open(path, StandardOpenOption.READ);
                reader = channel;
            }
            return channel;
        }
    }

    private void dropReader(FileChannel broken) {
        synchronized (readerLock) {
            if (reader == broken) {
                reader = null;
            }
        }
    }

    /** The message of the operating system may be in any language, so the space left is asked too. */
    private boolean isFull(IOException e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("No space left") || message.contains("quota")) {
            return true;
        }
        try {
            return Files.getFileStore(path).getUsableSpace() < ZERO_BLOCK_BYTES;
        } catch (IOException ignored) {
            return false;
        }
    }
}
