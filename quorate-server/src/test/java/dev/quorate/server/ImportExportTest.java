package dev.quorate.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.spi.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ImportExportTest extends ServedTest {
    @Test
    void recordsOfJsonLinesArePut() throws IOException {
        Path file =
                file("cities.ndjson", "{\"id\":\"ber\",\"name\":\"Berlin\"}\n{\"id\":\"par\",\"name\":\"Paris\"}\n");
        CommandRun run = quorate("import", file.toString(), "--key-field", "id", "--prefix", "city/");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("imported 2 records in ");
        assertThat(quorate("get", "city/ber", "--print-value-only").out())
                .isEqualTo("{\"id\":\"ber\",\"name\":\"Berlin\"}\n");
        assertThat(state(file)).doesNotExist();
    }

    @Test
    void recordsOfACsvFileArePut() throws IOException {
        Path file = file("cities.csv", "id,name\nber,\"Berlin, \"\"the city\"\"\"\npar,Paris\n");
        CommandRun run = quorate("import", file.toString(), "--key-field", "id", "--value-field", "name");
        assertThat(run.exitCode()).isZero();
        assertThat(quorate("get", "ber", "--print-value-only").out()).isEqualTo("Berlin, \"the city\"\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ndjson", "csv"})
    void whatIsExportedIsImportedAgain(String format) throws IOException {
        put("a", "1");
        put("quotes \" and , and\nlines", "{\"x\": \"ü\"}");
        put("empty", "");
        for (int i = 0; i < 200; i++) {
            put("many/" + i, "value " + i);
        }
        Path file = directory().resolve("all." + format);
        CommandRun exported = quorate("export", file.toString());
        assertThat(exported.exitCode()).isZero();
        assertThat(exported.err()).startsWith("exported 203 records in ").contains("revision 204");
        String before = quorate("get", "", "--prefix").out();
        assertThat(quorate("del", "", "--prefix").out()).isEqualTo("203\n");
        assertThat(quorate("import", file.toString()).out()).startsWith("imported 203 records in ");
        assertThat(quorate("get", "", "--prefix").out()).isEqualTo(before);
    }

    @Test
    void exportWithoutAFileGoesToStandardOutput() {
        put("a/1", "x");
        put("a/2", "y");
        put("b", "z");
        assertThat(quorate("export", "--prefix", "a/").out())
                .isEqualTo("{\"key\":\"a/1\",\"value\":\"x\"}\n{\"key\":\"a/2\",\"value\":\"y\"}\n");
        assertThat(quorate("export", "--prefix", "a/", "--format", "csv").out()).isEqualTo("key,value\na/1,x\na/2,y\n");
        assertThat(quorate("export", "--prefix", "none").out()).isEmpty();
    }

    @Test
    void bytesThatAreNoTextGoThroughBase64() throws IOException {
        Bytes key = Bytes.wrap(new byte[] {(byte) 0xff, 0, 1});
        server().store().put(key, key).join();
        assertThat(quorate("export").out()).isEqualTo("{\"key_base64\":\"/wAB\",\"value_base64\":\"/wAB\"}\n");
        CommandRun refused = quorate("export", "--format", "csv");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).hasLineCount(1).contains("--base64");
        Path file = directory().resolve("binary.csv");
        assertThat(quorate("export", file.toString(), "--base64").exitCode()).isZero();
        quorate("del", "", "--prefix");
        assertThat(quorate("import", file.toString()).exitCode()).isZero();
        assertThat(server().store().get(key).join()).contains(key);
    }

    @Test
    void exportReplacesAFileOnlyWhenToldTo() throws IOException {
        put("a", "1");
        Path file = file("precious", "precious");
        CommandRun refused = quorate("export", file.toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).hasLineCount(1).contains("exists", "--overwrite");
        assertThat(Files.readString(file)).isEqualTo("precious");
        assertThat(quorate("export", file.toString(), "--overwrite").exitCode()).isZero();
        assertThat(Files.readString(file)).isEqualTo("{\"key\":\"a\",\"value\":\"1\"}\n");
    }

    @Test
    void aBadLineStopsTheImportAndASecondRunGoesOnBehindTheMark() throws IOException {
        String good = "{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\"}\n";
        Path file = file("some.ndjson", good + "oops\n{\"key\":\"c\",\"value\":\"3\"}\n");
        CommandRun stopped = quorate("import", file.toString());
        assertThat(stopped.exitCode()).isEqualTo(1);
        assertThat(stopped.err())
                .hasLineCount(1)
                .contains(file + ":3: no JSON object", "2 records are imported, the same command goes on from there");
        assertThat(state(file)).exists();

        quorate("del", "a");
        Files.writeString(file, good + "{\"key\":\"x\",\"value\":\"9\"}\n{\"key\":\"c\",\"value\":\"3\"}\n");
        CommandRun second = quorate("import", file.toString());
        assertThat(second.exitCode()).isZero();
        assertThat(second.err()).contains("continuing after line 2, with 2 records imported before");
        assertThat(second.out()).startsWith("imported 2 records in ");
        assertThat(quorate("get", "a").out()).as("not imported twice").isEmpty();
        assertThat(quorate("get", "x", "--print-value-only").out()).isEqualTo("9\n");
        assertThat(state(file)).doesNotExist();
    }

    @Test
    void aFileThatChangedBeforeTheMarkIsNotContinued() throws IOException {
        Path file = file("some.ndjson", "{\"key\":\"a\",\"value\":\"1\"}\noops\n");
        assertThat(quorate("import", file.toString()).exitCode()).isEqualTo(1);
        Files.writeString(file, "{\"key\":\"a\",\"value\":\"2\"}\n{\"key\":\"b\",\"value\":\"2\"}\n");
        CommandRun refused = quorate("import", file.toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("has changed in its first 1 lines", "--restart");
        assertThat(quorate("get", "b").out()).isEmpty();
        CommandRun anew = quorate("import", file.toString(), "--restart");
        assertThat(anew.exitCode()).isZero();
        assertThat(quorate("get", "a", "--print-value-only").out()).isEqualTo("2\n");
    }

    @Test
    void anImportWithOtherOptionsIsNotContinued() throws IOException {
        Path file = file("some.ndjson", "{\"key\":\"a\",\"value\":\"1\"}\noops\n");
        assertThat(quorate("import", file.toString()).exitCode()).isEqualTo(1);
        CommandRun refused = quorate("import", file.toString(), "--prefix", "p/");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).hasLineCount(1).contains("with other options", "--restart");
    }

    @Test
    void badLinesAreLeftOutWhenToldTo() throws IOException {
        Path file = file(
                "some.ndjson",
                "{\"key\":\"a\",\"value\":\"1\"}\noops\n{\"key\":\"\"}\n{\"key\":\"b\",\"value\":\"2\"}\n");
        CommandRun run = quorate("import", file.toString(), "--skip-bad");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err())
                .contains(file + ":2: left out: no JSON object", file + ":3: left out: the key is empty")
                .hasLineCount(2);
        assertThat(run.out()).startsWith("imported 2 records in ").contains("2 bad lines left out");
    }

    @Test
    void aRecordThatIsTooLargeForTheStoreIsABadLine() throws IOException {
        String large = "x".repeat(3 << 19);
        Path file =
                file("some.ndjson", "{\"key\":\"a\",\"value\":\"" + large + "\"}\n{\"key\":\"b\",\"value\":\"2\"}\n");
        CommandRun stopped = quorate("import", file.toString());
        assertThat(stopped.exitCode()).isEqualTo(1);
        assertThat(stopped.err()).contains(file + ":1: etcdserver: request is too large");
        CommandRun skipped = quorate("import", file.toString(), "--skip-bad", "--restart");
        assertThat(skipped.exitCode()).isZero();
        assertThat(skipped.out()).contains("imported 1 records", "1 bad lines left out");
    }

    @Test
    void theLastRowOfAKeyWins() throws IOException {
        StringBuilder rows = new StringBuilder("key,value\n");
        for (int i = 0; i < 300; i++) {
            rows.append("k").append(i % 3).append(',').append(i).append('\n');
        }
        Path file = file("same.csv", rows.toString());
        assertThat(quorate("import", file.toString()).exitCode()).isZero();
        assertThat(quorate("get", "", "--prefix", "--print-value-only").out()).isEqualTo("297\n298\n299\n");
    }

    @Test
    void aFileThatIsNoStateOfAnImportIsNotTakenForOne() throws IOException {
        Path file = file("some.ndjson", "{\"key\":\"a\",\"value\":\"1\"}\n");
        Files.writeString(state(file), "{}");
        CommandRun refused = quorate("import", file.toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).hasLineCount(1).contains("is not the state of an import", "--restart");
    }

    @Test
    void anImportIntoAnotherClusterIsNotContinued() throws IOException {
        Path file = file("some.ndjson", "{\"key\":\"a\",\"value\":\"1\"}\noops\n");
        assertThat(quorate("import", file.toString()).exitCode()).isEqualTo(1);
        String state = Files.readString(state(file));
        String cluster = Long.toHexString(server().node().status().clusterId());
        assertThat(state).contains(cluster);
        Files.writeString(state(file), state.replace(cluster, "abc"));
        CommandRun refused = quorate("import", file.toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).hasLineCount(1).contains("into another cluster, abc", "--restart");
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory().resolve(name), text);
    }

    private static Path state(Path file) {
        return file.resolveSibling(file.getFileName() + ".import-state");
    }

    private void put(String key, String value) {
        server().store().put(Bytes.utf8(key), Bytes.utf8(value)).join();
    }
}
