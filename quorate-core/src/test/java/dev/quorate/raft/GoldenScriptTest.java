package dev.quorate.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plays every script under {@code src/test/resources/golden} and compares it, line by line, with what the core really
 * does; see {@link GoldenScript} for the format. With {@code -Dgolden.accept} the real effects are written into the
 * scripts instead, to be read and judged in the diff.
 */
class GoldenScriptTest {
    private static final Path SCRIPTS = Path.of("src", "test", "resources", "golden");

    static List<Path> scripts() throws IOException {
        try (Stream<Path> files = Files.list(SCRIPTS)) {
            return files.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("scripts")
    void coreDoesWhatTheScriptSays(Path script) throws IOException {
        String expected = Files.readString(script);
        String played = GoldenScript.play(expected);
        if (System.getProperty("golden.accept") != null) {
            Files.writeString(script, played);
        }
        assertThat(firstDifference(expected, played)).isEmpty();
    }

    private static String firstDifference(String expected, String played) {
        List<String> wanted = expected.lines().toList();
        List<String> came = played.lines().toList();
        for (int i = 0; i < Math.max(wanted.size(), came.size()); i++) {
            if (i >= wanted.size() || i >= came.size() || !wanted.get(i).equals(came.get(i))) {
                return "line " + (i + 1) + " and what follows\nexpected:\n" + lines(wanted, i) + "\nbut came:\n"
                        + lines(came, i);
            }
        }
        return "";
    }

    private static String lines(List<String> all, int from) {
        return String.join("\n", all.subList(Math.min(from, all.size()), Math.min(from + 8, all.size())));
    }

    @Test
    void scriptThatExpectsSomethingElseIsNoticed() {
        String script = "node 1 of=1\n> timer\n  role LEADER term=1 leader=1\n";

        assertThat(firstDifference(script, GoldenScript.play(script)))
                .startsWith("line 3")
                .contains("expected:\n  role LEADER", "but came:\n  role CANDIDATE");
    }
}
