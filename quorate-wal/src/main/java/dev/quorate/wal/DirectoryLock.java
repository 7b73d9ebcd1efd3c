package dev.quorate.wal;

import dev.quorate.spi.DirectoryInUseException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The exclusive lock of a file, held until it is closed or the process ends; any thread. The file tells the process id
 * of the owner.
 *
 * <p>POSIX releases the locks of a process on a file as soon as the process closes <em>any</em> descriptor of it. A
 * second owner in this process must therefore be turned away before it opens the file: that is what the register of
 * held paths is for, and why it belongs to the process and not to an object.
 */
final class DirectoryLock implements AutoCloseable {
    private static final Set<Path> HELD_BY_THIS_PROCESS = ConcurrentHashMap.newKeySet();
    private static final int PID_BYTES_MAX = 32;
    private static final Set<OpenOption> TO_SHARE = Set.of(StandardOpenOption.READ);
    private static final Set<OpenOption> TO_TAKE =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);

    private final Path key;
    private final FileChannel channel;
    private boolean closed;

    private DirectoryLock(Path key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /** Takes the lock of a file, which stands for the use of its directory. */
    static DirectoryLock take(Path file) throws IOException {
        return lock(file, false);
    }

    /**
     * Takes the lock of a file that is there for reading: no process can take it meanwhile, but others can read too.
     * The file stays as it is.
     */
    static DirectoryLock share(Path file) throws IOException {
        return lock(file, true);
    }

    private static DirectoryLock lock(Path file, boolean shared) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path parent = absolute.getParent();
        Path key = parent == null ? absolute : parent.toRealPath().resolve(absolute.getFileName());
        if (!HELD_BY_THIS_PROCESS.add(key)) {
            throw new DirectoryInUseException(parent + " is in use by this process");
        }
        FileChannel channel = null;
        boolean taken = false;
        try {
            channel = FileChannel.open(file, shared ? TO_SHARE : TO_TAKE);
            FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
            if (lock == null) {
                throw new DirectoryInUseException(parent + " is in use by process " + owner(channel));
            }
            if (!shared) {
                channel.truncate(0);
                long pid = ProcessHandle.current().pid();
                channel.write(ByteBuffer.wrap(Long.toString(pid).getBytes(StandardCharsets.US_ASCII)));
            }
            taken = true;
            return new DirectoryLock(key, channel);
        } catch (OverlappingFileLockException e) {
            // Another class loader of this process holds it: closing our descriptor would release its lock.
            channel = null;
            throw new DirectoryInUseException(parent + " is in use by this process");
        } finally {
            if (!taken) {
                HELD_BY_THIS_PROCESS.remove(key);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (!closed) {
            closed = true;
            try {
                channel.close();
            } finally {
                HELD_BY_THIS_PROCESS.remove(key);
            }
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(PID_BYTES_MAX);
        channel.read(pid, 0);
        String text = new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
        return text.isEmpty() ? "(unknown)" : text;
    }
}
