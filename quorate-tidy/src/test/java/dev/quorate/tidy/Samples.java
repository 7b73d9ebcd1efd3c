package dev.quorate.tidy;

import java.nio.file.Path;

/** Small sources to judge a rule by. */
final class Samples {
    private Samples() {}

    /** A shipped source of the package {@code dev.quorate.<name>}; the body follows the package declaration. */
    static Source main(String name, String body) {
        return sample("main", name, body);
    }

    /** A test source of the package {@code dev.quorate.<name>}. */
    static Source test(String name, String body) {
        return sample("test", name, body);
    }

    /** The package-info of a package with whatever stands before its declaration. */
    static Source packageInfo(String name, String head) {
        Path path = Path.of("quorate-" + name, "src/main/java/dev/quorate", name, "package-info.java");
        return Parser.parse(path, head + "package dev.quorate." + name + ";\n");
    }

    private static Source sample(String place, String name, String body) {
        Path path = Path.of("quorate-" + name, "src", place, "java/dev/quorate", name, "Sample.java");
        return Parser.parse(path, "package dev.quorate." + name + ";\n" + body + "\n");
    }
}
