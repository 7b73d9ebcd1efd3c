package dev.quorate.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system, reduced to what a durable log needs; any thread. Paths are names only: nothing is asked of them.
 *
 * <p>What is written becomes durable by {@link DiskFile#force}, and a new, renamed or deleted name by
 * {@link #forceDirectory} of its directory. Everything else may be lost or torn by a crash.
 */
public interface Disk {
    /** How a file is opened. */
    enum Open {
        /** For reading; it must exist. */
        READ,
        /** For reading and writing; it must exist. */
        WRITE,
        /** For reading and writing; it must not exist. */
        CREATE
    }

    /**
     * Opens a file; {@link java.nio.file.NoSuchFileException} or {@link java.nio.file.FileAlreadyExistsException} as it
     * is.
     */
    DiskFile open(Path file, Open how) throws IOException;

    /** The names of the files and directories in a directory, sorted; empty when the directory is missing. */
    List<String> list(Path directory) throws IOException;

    /** True when there is a file or a directory of this name. */
    boolean exists(Path path) throws IOException;

    /** Makes a directory and its parents; durable when it returns. */
    void createDirectories(Path directory) throws IOException;

    /** Gives a file another name in the same file system, atomically, replacing what had it. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file; nothing when it is missing. */
    void delete(Path file) throws IOException;

    /** Makes the names in a directory durable. */
    void forceDirectory(Path directory) throws IOException;

    /** The space left, in bytes. */
    long usableBytes(Path directory) throws IOException;

    /**
     * Takes the exclusive lock of a file, creating it, until the result is closed or the process ends.
     *
     * @throws DirectoryInUseException when another process, or another owner in this one, holds it
     */
    AutoCloseable lock(Path file) throws IOException;
}
