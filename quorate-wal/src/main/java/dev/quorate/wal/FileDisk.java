package dev.quorate.wal;

import dev.quorate.spi.Disk;
import dev.quorate.spi.DiskFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The file system of this machine; any thread.
 *
 * <p>A directory is made durable by syncing it as a file, which POSIX systems allow; where the platform refuses to open
 * one (Windows), names are as durable as it makes them by itself.
 */
public final class FileDisk implements Disk {
    private static final boolean DIRECTORIES_CAN_BE_SYNCED =
            !System.getProperty("os.name", "").startsWith("Windows");

    /** The file system of this machine. */
    public FileDisk() {}

    @Override
    public DiskFile open(Path file, Open how) throws IOException {
        return new ChannelFile(
                file,
                switch (how) {
                    case READ -> FileChannel.open(file, StandardOpenOption.READ);
                    case WRITE -> FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    case CREATE ->
                        FileChannel.open(
                                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
                });
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (Path each : stream) {
                names.add(String.valueOf(each.getFileName()));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NotDirectoryException e) {
            throw e;
        } catch (NoSuchFileException e) {
            return List.of();
        }
        Collections.sort(names);
        return names;
    }

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        Path existing = directory.toAbsolutePath().normalize();
        List<Path> missing = new ArrayList<>();
        while (existing != null && !Files.exists(existing)) {
            missing.add(0, existing);
            existing = existing.getParent();
        }
        if (existing != null && !Files.isDirectory(existing)) {
            throw new FileAlreadyExistsException(existing.toString(), null, "is a file, not a directory");
        }
        for (Path each : missing) {
            Files.createDirectories(each);
            Path parent = each.getParent();
            if (parent != null) {
                forceDirectory(parent);
            }
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        if (DIRECTORIES_CAN_BE_SYNCED) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public long usableBytes(Path directory) throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    @Override
    public AutoCloseable lock(Path file) throws IOException {
        return DirectoryLock.take(file);
    }
}
