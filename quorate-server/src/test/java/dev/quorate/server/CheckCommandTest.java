package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckCommandTest {
    private static final String HEADER = "{\"format\":\"quorate-history\",\"version\":1}\n";
    private static final String PUT =
            "{\"client\":\"a\",\"invoked\":1,\"ended\":2,\"op\":\"put\",\"key\":\"x\",\"value\":\"1\","
                    + "\"outcome\":\"ok\"}\n";

    @TempDir
    private Path directory = Path.of("");

    @Test
    void aGoodHistoryEndsWithZero() throws IOException {
        CommandRun run = CommandRun.of("check", history(HEADER + PUT + get("{\"value\":\"1\"}")));
        assertThat(run.out()).startsWith("LINEARIZABLE\n2 operations of 2 clients");
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void aStaleReadEndsWithOneAndIsExplained() throws IOException {
        Path page = directory.resolve("page.html");
        CommandRun run = CommandRun.of("check", history(HEADER + PUT + get("null")), "--html", page.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).startsWith("VIOLATION: ").contains("#1     a  1 … 2", "▶ #2     b  3 … 4", "get x → ∅");
        assertThat(Files.readString(page))
                .startsWith("<!DOCTYPE html>")
                .contains("<svg", "get x → ∅")
                .doesNotContainPattern("(src|href)=|@import|url\\(");
    }

    @Test
    void whatIsNoHistoryEndsWithTwo() throws IOException {
        CommandRun run = CommandRun.of("check", history(HEADER + PUT.replace("value", "valve")));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("line 2").contains("value");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aLimitThatIsTooLowEndsWithThree() throws IOException {
        StringBuilder lines = new StringBuilder(HEADER);
        for (int i = 0; i < 6; i++) {
            lines.append(PUT.replace("\"1\"", "\"" + (i % 2) + "\"").replace("\"ended\":2", "\"ended\":9"));
            lines.append(get("{\"value\":\"" + (i % 2) + "\"}")
                    .replace("\"invoked\":3,\"ended\":4", "\"invoked\":1,\"ended\":9"));
        }
        CommandRun run = CommandRun.of("check", history(lines.toString()), "--limit", "1");
        assertThat(run.out()).startsWith("UNDECIDED").doesNotContain("LINEARIZABLE");
        assertThat(run.exitCode()).isEqualTo(3);
    }

    private static String get(String found) {
        return "{\"client\":\"b\",\"invoked\":3,\"ended\":4,\"op\":\"get\",\"key\":\"x\",\"outcome\":\"ok\",\"found\":"
                + found + "}\n";
    }

    private String history(String lines) throws IOException {
        Path file = directory.resolve("history.ndjson");
        Files.writeString(file, lines);
        return file.toString();
    }
}
