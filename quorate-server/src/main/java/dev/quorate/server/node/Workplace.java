package dev.quorate.server.node;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/** A directory for a drill: a temporary one that is deleted in the end, or one that was given and stays. */
public final class Workplace implements AutoCloseable {
    private final Path path;
    private boolean temporary;

    private Workplace(Path path, boolean temporary) {
        this.path = path;
        this.temporary = temporary;
    }

    /** The directory that was given, made if need be; a temporary one when none was. */
    public static Workplace in(@Nullable Path given, String name) throws IOException {
        return given == null
                ? new Workplace(Files.createTempDirectory(name), true)
                : new Workplace(Files.createDirectories(given), false);
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** Leaves the directory there, for whoever wants to look. */
    public void keep() {
        temporary = false;
    }

    @Override
    public void close() throws IOException {
        if (temporary) {
            delete(path);
        }
    }

    /** Deletes a directory and all that is in it. */
    public static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
