package dev.quorate.server.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RowsTest {
    private static final Fields EXPORTED = new Fields(null, null, ByteString.EMPTY);

    @Test
    void aJsonLineIsAPair() throws IOException {
        assertThat(ndjson(EXPORTED, "{\"key\":\"a\",\"value\":\"1\"}\n{\"value\":\"2\",\"key\":\"b\"}"))
                .containsExactly("1 a=1", "2 b=2");
    }

    @Test
    void bytesThatAreNoTextAreInBase64() throws IOException {
        List<Row> rows = read(ndjson(EXPORTED, bytes("{\"key_base64\":\"/wA=\",\"value_base64\":\"\"}")));
        assertThat(rows)
                .containsExactly(new Row.Pair(1, ByteString.copyFrom(new byte[] {(byte) 0xff, 0}), ByteString.EMPTY));
    }

    @Test
    void emptyLinesAreCountedAndAreNoRows() throws IOException {
        assertThat(ndjson(EXPORTED, "\n  \r\n{\"key\":\"a\",\"value\":\"1\"}\r\n\n"))
                .containsExactly("3 a=1");
    }

    @Test
    void theKeyFieldAloneMakesTheWholeRecordTheValue() throws IOException {
        Fields fields = new Fields("id", null, ByteString.copyFromUtf8("p/"));
        assertThat(ndjson(fields, "{\"id\":7,\"name\":\"x\"}\n")).containsExactly("1 p/7={\"id\":7,\"name\":\"x\"}");
        assertThat(csv(fields, "id,name\n7,x\n")).containsExactly("2 p/7={\"id\":\"7\",\"name\":\"x\"}");
    }

    @Test
    void theValueFieldMayHoldAnything() throws IOException {
        Fields fields = new Fields("id", "v", ByteString.EMPTY);
        assertThat(ndjson(fields, "{\"id\":\"a\",\"v\":{\"x\":1}}\n{\"id\":\"b\",\"v\":true}\n"))
                .containsExactly("1 a={\"x\":1}", "2 b=true");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
                    {"key":"b"                         | no JSON object
                    [1]                                | no JSON object
                    {"key":"b","value":"2"} x          | no JSON object
                    {"key":"b","key":"c","value":"2"}  | Duplicate field
                    {"value":"2"}                      | there is no field 'key'
                    {"key":"b"}                        | there is no field 'value'
                    {"key":"","value":"2"}             | the key is empty
                    {"key":null,"value":"2"}           | the field 'key' is null
                    {"key_base64":"*","value":"2"}     | the field 'key_base64' is not base64
                    """)
    void aBadLineIsNamedAndTheNextOneIsRead(String line, String reason) throws IOException {
        List<String> rows =
                ndjson(EXPORTED, "{\"key\":\"a\",\"value\":\"1\"}\n" + line + "\n{\"key\":\"c\",\"value\":\"3\"}");
        assertThat(rows).hasSize(3).startsWith("1 a=1").endsWith("3 c=3");
        assertThat(rows.get(1)).startsWith("2 bad: ").contains(reason);
    }

    @Test
    void aLineThatIsNotUtf8IsBad() throws IOException {
        byte[] line = bytes("{\"key\":\"a\",\"value\":\"?\"}\n");
        line[20] = (byte) 0xff;
        assertThat(describe(read(ndjson(EXPORTED, line))))
                .singleElement()
                .asString()
                .startsWith("1 bad: no JSON object");
    }

    @Test
    void aLineBeyondTheLimitIsBadAndTheNextOneIsRead() throws IOException {
        String longLine = "{\"key\":\"a\",\"value\":\"" + "x".repeat(Lines.LINE_BYTES_MAX) + "\"}\n";
        assertThat(ndjson(EXPORTED, longLine + "{\"key\":\"b\",\"value\":\"2\"}\n"))
                .containsExactly("1 bad: the line is longer than 8388608 bytes", "2 b=2");
    }

    @Test
    void csvQuotesKeepSeparatorsQuotesAndLineEnds() throws IOException {
        assertThat(csv(EXPORTED, "key,value\r\n\"a,\"\"b\",\"x\r\ny\"\r\nc,\r\n"))
                .containsExactly("2 a,\"b=x\ny", "4 c=");
    }

    @Test
    void csvColumnsMayStandInAnyOrderAndBeMore() throws IOException {
        assertThat(csv(EXPORTED, "more,value,key\n0,1,a\n")).containsExactly("2 a=1");
    }

    @Test
    void aRowWithOtherColumnsIsBadAndTheNextOneIsRead() throws IOException {
        assertThat(csv(EXPORTED, "key,value\na\nb,2,3\n\nc,3\n"))
                .containsExactly("2 bad: 1 columns instead of 2", "3 bad: 3 columns instead of 2", "5 c=3");
    }

    @Test
    void aQuoteThatIsNotClosedEndsTheFile() throws IOException {
        try (Rows rows = new CsvRows(stream(bytes("key,value\na,1\n\"b,2\nc,3\n")), EXPORTED)) {
            assertThat(rows.next()).isPresent();
            assertThatThrownBy(rows::next)
                    .isInstanceOf(Rows.MalformedFileException.class)
                    .hasMessage("a quote is not closed")
                    .extracting(failure -> ((Rows.MalformedFileException) failure).line())
                    .isEqualTo(3L);
        }
    }

    @Test
    void aColumnNameMustNotStandTwice() {
        assertThatThrownBy(() -> csv(EXPORTED, "key,key\n")).hasMessageContaining("twice");
    }

    @Test
    void anEmptyFileHasNoRows() throws IOException {
        assertThat(csv(EXPORTED, "")).isEmpty();
        assertThat(ndjson(EXPORTED, "")).isEmpty();
    }

    @Test
    void theFingerprintDependsOnWhatCameBefore() throws IOException {
        long same = fingerprintAfterTwo("a,1\nb,2\n");
        assertThat(fingerprintAfterTwo("a,1\nb,2\nc,3\n")).isEqualTo(same);
        assertThat(fingerprintAfterTwo("a,9\nb,2\n")).isNotEqualTo(same);
        assertThat(fingerprintAfterTwo("a,1\nb,9\n")).isNotEqualTo(same);
    }

    private static long fingerprintAfterTwo(String rowsText) throws IOException {
        try (Rows rows = new CsvRows(stream(bytes("key,value\n" + rowsText)), EXPORTED)) {
            assertThat(rows.next()).isPresent();
            assertThat(rows.next()).isPresent();
            return rows.fingerprint();
        }
    }

    private static List<String> ndjson(Fields fields, String text) throws IOException {
        return describe(read(ndjson(fields, bytes(text))));
    }

    private static Rows ndjson(Fields fields, byte[] bytes) {
        return new NdjsonRows(stream(bytes), fields);
    }

    private static List<String> csv(Fields fields, String text) throws IOException {
        return describe(read(new CsvRows(stream(bytes(text)), fields)));
    }

    private static List<Row> read(Rows rows) throws IOException {
        List<Row> all = new ArrayList<>();
        for (Optional<Row> row = rows.next(); row.isPresent(); row = rows.next()) {
            all.add(row.get());
        }
        return all;
    }

    private static List<String> describe(List<Row> rows) {
        return rows.stream()
                .map(row -> row instanceof Row.Pair pair
                        ? pair.line() + " " + pair.key().toStringUtf8() + "="
                                + pair.value().toStringUtf8()
                        : row.line() + " bad: " + ((Row.Bad) row).reason())
                .toList();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static InputStream stream(byte[] bytes) {
        return new ByteArrayInputStream(bytes);
    }
}
