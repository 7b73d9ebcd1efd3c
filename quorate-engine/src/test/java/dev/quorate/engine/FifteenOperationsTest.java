package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The operations exist under their names, production code calls each, and the page that describes them names who. */
final class FifteenOperationsTest {
    private static final List<String> NAMES = List.of(
            "lastApplied",
            "updatePending",
            "waitApplied",
            "applyChunk",
            "readFromStateMachine",
            "applySnapshotStreamFromLeader",
            "shouldSnapshot",
            "createSnapshot",
            "cleanupSnapshot",
            "validatePurgeRequest",
            "handlePurgeRequest",
            "getLatestSnapshotMetadata",
            "loadSnapshotData",
            "loadSnapshotChunk",
            "pendingRange");
    private static final Path SOURCES = Path.of("src", "main", "java", "dev", "quorate", "engine");
    private static final Path PAGE = Path.of("..", "docs", "STATE-MACHINE-HANDLER.md");
    private static final Pattern WORD_IN_CODE = Pattern.compile("`([A-Za-z]+)[^`]*`");

    @Test
    void theInterfaceHasTheseAndNoOthers() {
        assertThat(Arrays.stream(StateMachineHandler.class.getDeclaredMethods()).map(Method::getName))
                .containsExactlyInAnyOrderElementsOf(NAMES);
    }

    @Test
    void eachHasARowOnItsPageInThisOrder() throws IOException {
        assertThat(rows().keySet()).containsExactlyElementsOf(NAMES);
    }

    @Test
    void eachIsCalledByWhomThePageNames() throws IOException {
        Map<String, String> sources = sources();
        rows().forEach((operation, callers) -> {
            assertThat(callers).as("callers of %s on the page", operation).isNotEmpty();
            // What the handler does itself it does for another operation, or hands to its parts by name.
            boolean ofTheHandler = Pattern.compile("::" + operation + "\\b|return " + operation + "\\(")
                    .matcher(sources.getOrDefault("DefaultStateMachineHandler", ""))
                    .find();
            boolean ofAnother = callers.stream()
                    .map(caller -> sources.getOrDefault(caller, ""))
                    .anyMatch(source -> source.contains("." + operation + "("));
            assertThat(ofTheHandler || ofAnother)
                    .as("%s is called by one of %s", operation, callers)
                    .isTrue();
        });
    }

    @Test
    void whoeverThePageNamesIsThere() throws IOException {
        Map<String, String> sources = sources();
        List<String> strangers = new ArrayList<>();
        rows().values()
                .forEach(callers -> callers.stream()
                        .filter(caller -> Character.isUpperCase(caller.charAt(0)) && !sources.containsKey(caller))
                        .forEach(strangers::add));
        assertThat(strangers).isEmpty();
    }

    @Test
    void eachHasATestOfItsName() {
        assertThat(NAMES)
                .allSatisfy(name -> assertThat(Path.of("src", "test", "java", "dev", "quorate", "engine")
                                .resolve(Character.toUpperCase(name.charAt(0)) + name.substring(1) + "Test.java"))
                        .exists());
    }

    /** Operation to the words in code of the last column, in the order of the page. */
    private static Map<String, List<String>> rows() throws IOException {
        Map<String, List<String>> rows = new LinkedHashMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.matches("\\| \\d+ \\|.*")) {
                List<String> columns =
                        Pattern.compile(" \\| ").splitAsStream(line).toList();
                String operation = words(columns.get(2)).get(0);
                rows.put(operation, words(columns.get(4).replace("QuorateNode.", "QuorateNode` `")));
            }
        }
        return rows;
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (Matcher matcher = WORD_IN_CODE.matcher(text); matcher.find(); ) {
            words.add(matcher.group(1));
        }
        return words;
    }

    /** The production code of the engine by class. */
    private static Map<String, String> sources() throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.list(SOURCES)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".java")).toList()) {
                sources.put(String.valueOf(file.getFileName()).replace(".java", ""), Files.readString(file));
            }
        }
        return sources;
    }
}
