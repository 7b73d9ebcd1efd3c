package dev.quorate.tidy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** All sources of a checkout that people wrote, found from any directory within it. */
final class Checkout {
    private Checkout() {}

    /** The nearest directory at or above {@code start} that holds the core module. */
    static Path root(Path start) {
        for (Path directory = start.toAbsolutePath(); directory != null; directory = directory.getParent()) {
            if (Files.isRegularFile(directory.resolve("quorate-core/pom.xml"))) {
                return directory;
            }
        }
        throw new IllegalStateException("no checkout at or above " + start.toAbsolutePath());
    }

    /** Every {@code .java} file below the {@code src} directory of every module, parsed. */
    static List<Source> sources(Path root) throws IOException {
        Map<Path, String> texts = new TreeMap<>();
        try (Stream<Path> modules = Files.list(root)) {
            for (Path src : modules.map(module -> module.resolve("src")).toList()) {
                if (Files.isDirectory(src)) {
                    collect(root, src, texts);
                }
            }
        }
        return Parser.parse(texts);
    }

    private static void collect(Path root, Path src, Map<Path, String> texts) throws IOException {
        try (Stream<Path> files = Files.walk(src)) {
            for (Path file :
                    files.filter(file -> file.toString().endsWith(".java")).toList()) {
                texts.put(root.relativize(file), Files.readString(file));
            }
        }
    }
}
