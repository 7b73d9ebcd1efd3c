package dev.quorate.server.bulk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file with one JSON object in each line. Empty lines are no rows. */
final class NdjsonRows implements Rows {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Lines lines;
    private final Fields fields;

    NdjsonRows(InputStream in, Fields fields) {
        this.lines = new Lines(in);
        this.fields = fields;
    }

    @Override
    public Optional<Row> next() throws IOException {
        while (lines.next()) {
            if (!lines.isBlank()) {
                return Optional.of(row());
            }
        }
        return Optional.empty();
    }

    private Row row() {
        if (lines.isTooLong()) {
            return new Row.Bad(lines.number(), "the line is longer than " + Lines.LINE_BYTES_MAX + " bytes");
        }
        ByteString whole = ByteString.copyFrom(lines.bytes(), 0, lines.length());
        try {
            JsonNode record = JSON.readTree(lines.bytes(), 0, lines.length());
            return record instanceof ObjectNode object
                    ? fields.pair(lines.number(), object, () -> whole)
                    : new Row.Bad(lines.number(), "no JSON object");
        } catch (JsonProcessingException malformed) {
            return new Row.Bad(lines.number(), "no JSON object: " + firstLine(malformed.getOriginalMessage()));
        } catch (IOException malformed) {
            return new Row.Bad(lines.number(), "no JSON object: " + firstLine(malformed.getMessage()));
        }
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    @Override
    public long bytesRead() {
        return lines.bytesRead();
    }

    @Override
    public long fingerprint() {
        return lines.fingerprint();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
