package dev.quorate.server.bulk;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import com.google.protobuf.ByteString;
import dev.quorate.server.console.CommandFailedException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Base64;

/**
 * Pairs as records with the fields {@code key} and {@code value}; bytes that are no text stand in base64 in
 * {@code key_base64} and {@code value_base64}. A CSV file has one kind of column throughout.
 */
final class PairWriter {
    private final JsonGenerator out;
    private final boolean base64;
    private final boolean csv;
    private boolean any;

    private PairWriter(JsonGenerator out, boolean base64, boolean csv) {
        this.out = out;
        this.base64 = base64;
        this.csv = csv;
    }

    /** Writes to a stream, which stays open. */
    static PairWriter to(OutputStream stream, Format format, boolean base64) throws IOException {
        return switch (format) {
            case ndjson -> new PairWriter(json(stream), base64, false);
            case csv -> new PairWriter(csv(stream, base64), base64, true);
        };
    }

    private static JsonGenerator json(OutputStream stream) throws IOException {
        return new JsonFactory()
                .createGenerator(stream, JsonEncoding.UTF8)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .setPrettyPrinter(new MinimalPrettyPrinter("\n"));
    }

    private static JsonGenerator csv(OutputStream stream, boolean base64) throws IOException {
        CsvSchema schema = CsvSchema.builder()
                .addColumn(base64 ? "key_base64" : "key")
                .addColumn(base64 ? "value_base64" : "value")
                .setUseHeader(true)
                .build();
        CsvGenerator generator = new CsvFactory().createGenerator(stream, JsonEncoding.UTF8);
        generator
                .enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .setSchema(schema);
        return generator;
    }

    void write(ByteString key, ByteString value) throws IOException {
        out.writeStartObject();
        field("key", key);
        field("value", value);
        out.writeEndObject();
        any = true;
    }

    private void field(String name, ByteString bytes) throws IOException {
        boolean text = !base64 && bytes.isValidUtf8();
        if (!text && !base64 && csv) {
            throw new CommandFailedException(
                    "a " + name + " is no text, which a CSV file cannot hold; --base64 writes everything in base64");
        }
        if (text) {
            out.writeStringField(name, bytes.toStringUtf8());
        } else {
            out.writeStringField(name + "_base64", Base64.getEncoder().encodeToString(bytes.toByteArray()));
        }
    }

    /** Ends the last line and hands everything to the stream. */
    void flush() throws IOException {
        if (any && !csv) {
            out.writeRaw('\n');
        }
        out.flush();
    }
}
