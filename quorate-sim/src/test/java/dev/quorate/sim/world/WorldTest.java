package dev.quorate.sim.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.sim.faults.Profile;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class WorldTest {
    private static final HistoryJudge NONE = history -> new HistoryJudge.Judgement(Optional.empty(), false);

    private static WorldReport run(Scenario scenario) {
        return new World(scenario, NONE).run();
    }

    private static void assertHolds(WorldReport report) {
        assertThat(report.failure().map(WorldReport.Failure::message))
                .as(report.scenario().command())
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Profile.class)
    void everyInvariantHoldsUnderEachProfile(Profile profile) {
        for (long seed = 1; seed <= 3; seed++) {
            WorldReport report = run(new Scenario(seed, 0, 0, profile));
            assertHolds(report);
            assertThat(report.committed()).isPositive();
        }
    }

    /** Seeds that found a bug once; docs/TESTING.md has the list. */
    static Stream<Scenario> scenariosThatFailedOnce() {
        return Stream.of(
                new Scenario(9, 0, 0, Profile.CALM),
                new Scenario(9, 0, 0, Profile.CRASHES),
                Scenario.of(1),
                Scenario.of(15));
    }

    @ParameterizedTest
    @MethodSource("scenariosThatFailedOnce")
    void whatFailedOnceHolds(Scenario scenario) {
        assertHolds(run(scenario));
    }

    @Test
    void theSameSeedGivesTheSameTraceAndAnotherOneAnotherTrace() {
        WorldReport first = run(Scenario.of(4));
        WorldReport again = run(Scenario.of(4));
        assertThat(again.traceHash()).isEqualTo(first.traceHash());
        assertThat(again.events()).isEqualTo(first.events());
        assertThat(run(Scenario.of(5)).traceHash()).isNotEqualTo(first.traceHash());
    }

    /**
     * The traces of some seeds, recorded by the first JVM that runs these classes, are those of every other one: the
     * build runs the same classes on 17 and on 25.
     */
    @Test
    void theTraceIsTheSameOnEveryJvm() throws IOException {
        String traces = LongStream.rangeClosed(1, 4)
                .mapToObj(seed -> seed + " " + run(Scenario.of(seed)).traceHash() + "\n")
                .reduce("", String::concat);
        Path recorded = Path.of("target", "traces-of-" + classesHash() + ".txt");
        if (!Files.exists(recorded)) {
            Files.createDirectories(Path.of("target"));
            Files.writeString(recorded, traces);
        }
        assertThat(traces).isEqualTo(Files.readString(recorded));
    }

    /** A hash of all classes of the project that a world is made of. */
    private static String classesHash() throws IOException {
        long hash = 0;
        for (String place : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path root = Path.of(place);
            if (place.contains("quorate-") && Files.isDirectory(root)) {
                try (Stream<Path> files = Files.walk(root)) {
                    for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                        hash = hash * 31 + hashOf(file);
                    }
                }
            } else if (place.contains("quorate-")) {
                hash = hash * 31 + hashOf(root);
            }
        }
        return Long.toHexString(hash);
    }

    private static int hashOf(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).hashCode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theCommandOfAScenarioRepeatsIt() {
        assertThat(new Scenario(12, 5, 2, Profile.DISKS).command())
                .isEqualTo("./quorate sim --seed 12 --nodes 5 --minutes 2 --profile disks");
        assertThat(Scenario.of(3).command()).isEqualTo("./quorate sim --seed 3");
        assertThat(List.of(Scenario.of(3).withSeed(4))).containsExactly(Scenario.of(4));
    }
}
