package dev.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.quorate.proofs.Mutations;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HistoryReaderFuzzTest {
    private static final List<String> KNOWN = List.of("good-session", "good-bank", "good-set", "bad-write-skew");

    /** What is understood is written and read as the same; and the checker has a verdict on it, whatever it is. */
    @FuzzTest
    void anyTextIsAHistoryOrRefused(byte[] bytes) throws IOException {
        History history;
        try {
            history = read(new String(bytes, StandardCharsets.UTF_8));
        } catch (HistoryFormatException refused) {
            return;
        }
        StringWriter written = new StringWriter();
        try (HistoryWriter writer = new HistoryWriter(written, history.rules())) {
            for (Operation operation : history.operations()) {
                writer.write(operation);
            }
        }
        assertThat(read(written.toString())).isEqualTo(history);
        try {
            CheckReport report = HistoryChecker.check(history, new CheckLimits(2_000, 1_000));
            assertThat(report.text()).isNotEmpty();
            assertThat(report.html()).endsWith("</html>\n");
        } catch (IllegalArgumentException promised) {
            assertThat(promised).hasMessageContaining("whole number");
        }
    }

    @Test
    void almostRightHistoriesToo() throws IOException {
        Path directory = Path.of("..", "quorate-sim", "src", "test", "resources", "dev", "quorate", "sim", "check");
        List<byte[]> seeds = new ArrayList<>();
        for (String name : KNOWN) {
            seeds.add(Files.readAllBytes(directory.resolve(name + ".ndjson")));
        }
        Mutations.forEach(seeds, 4_000, this::anyTextIsAHistoryOrRefused);
    }

    private static History read(String text) throws IOException {
        return HistoryReader.read(new BufferedReader(new StringReader(text)));
    }
}
