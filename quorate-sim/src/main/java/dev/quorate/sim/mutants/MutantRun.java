package dev.quorate.sim.mutants;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Puts a mutant into a copy of the code and counts the seeds until it is noticed. Any thread; one at a time each. */
public final class MutantRun {
    private static final String NULLABLE = """
            package org.jspecify.annotations;

            @java.lang.annotation.Target(java.lang.annotation.ElementType.TYPE_USE)
            public @interface Nullable {}
            """;

    private final Path root;
    private final int seedsMax;
    private final int rounds;
    private final Duration limit;

    /**
     * A way to run mutants.
     *
     * @param root the checkout, with the sources
     * @param seedsMax the most seeds of a round
     * @param rounds how many rounds
     * @param limit the longest time for all rounds of a mutant; what is not noticed by then is not noticed
     */
    public MutantRun(Path root, int seedsMax, int rounds, Duration limit) {
        this.root = root;
        this.seedsMax = seedsMax;
        this.rounds = rounds;
        this.limit = limit;
    }

    /**
     * Runs one mutant.
     *
     * @throws IllegalArgumentException when its place is not in the source, or what comes out does not compile
     */
    public Catch run(Mutant mutant, long firstSeed) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("quorate-mutant-");
        try {
            compile(mutant, directory);
            Path result = directory.resolve("result");
            Process process = new ProcessBuilder(command(mutant, directory, result, firstSeed))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
                return read(mutant, result);
            } finally {
                process.destroyForcibly();
            }
        } finally {
            delete(directory);
        }
    }

    private void compile(Mutant mutant, Path directory) throws IOException {
        List<Path> sources = new ArrayList<>(annotations(directory));
        for (Mutant.Change change : mutant.changes()) {
            String code = change.applyTo(Files.readString(root.resolve(change.source())));
            sources.add(Files.writeString(directory.resolve(change.fileName()), code));
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalArgumentException("mutants need a JDK: this Java has no compiler");
        }
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            boolean compiled = compiler.getTask(
                            complaints,
                            files,
                            null,
                            List.of("-proc:none", "-nowarn", "-d", directory.toString(), "-cp", classPath()),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
            if (!compiled) {
                throw new IllegalArgumentException("mutant " + mutant.name() + " does not compile: " + complaints);
            }
        }
    }

    /** The annotations of nullness as sources, because programs that are shipped do not bring them along. */
    private static List<Path> annotations(Path directory) throws IOException {
        if (MutantRun.class.getClassLoader().getResource("org/jspecify/annotations/Nullable.class") != null) {
            return List.of();
        }
        Path name = Files.createDirectories(directory.resolve("org/jspecify/annotations"));
        return List.of(Files.writeString(name.resolve("Nullable.java"), NULLABLE));
    }

    private List<String> command(Mutant mutant, Path directory, Path result, long firstSeed) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx768m",
                "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider",
                "-cp",
                directory + File.pathSeparator + classPath(),
                Trial.class.getName(),
                result.toString(),
                Long.toString(firstSeed),
                Integer.toString(seedsMax),
                Integer.toString(rounds),
                mutant.profile().name());
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    private Catch read(Mutant mutant, Path result) throws IOException {
        List<Integer> seeds = new ArrayList<>();
        Map<String, Integer> invariants = new TreeMap<>();
        List<String> lines = Files.exists(result) ? Files.readAllLines(result) : List.of();
        for (String line : lines) {
            int blank = line.indexOf(' ');
            if (blank > 0) {
                seeds.add(Integer.parseInt(line.substring(0, blank)));
                invariants.merge(line.substring(blank + 1), 1, Integer::sum);
            }
        }
        Optional<String> most =
                invariants.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
        return new Catch(mutant, seeds, rounds, most);
    }

    private static void delete(Path directory) throws IOException {
        List<Path> all;
        try (Stream<Path> files = Files.walk(directory)) {
            all = new ArrayList<>(files.sorted().toList());
        }
        for (int i = all.size() - 1; i >= 0; i--) {
            Files.delete(all.get(i));
        }
    }
}
