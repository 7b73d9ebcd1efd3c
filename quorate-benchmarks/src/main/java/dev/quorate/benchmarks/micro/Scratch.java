package dev.quorate.benchmarks.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories for benchmarks that write: below the working directory, because that is where the disk to measure is. */
final class Scratch {
    private Scratch() {}

    /** A new empty directory. */
    static Path directory() throws IOException {
        return Files.createTempDirectory(Path.of("").toAbsolutePath(), "quorate-benchmark-");
    }

    /** Deletes a directory with all that is in it. */
    static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(directory)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
