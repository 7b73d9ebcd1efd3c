package dev.quorate.server.bulk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A CSV file (RFC 4180) in UTF-8, whose first row names the columns. Lines are put together until their quotes are in
 * pairs, which gives each row its line and lets a bad row be skipped; only a quote that is never closed leaves nothing
 * to go on with.
 */
final class CsvRows implements Rows {
    private static final ObjectReader CELLS = new CsvMapper().readerFor(String[].class);
    private static final JsonMapper JSON = new JsonMapper();

    private final Lines lines;
    private final Fields fields;
    private final List<String> columns;
    private final ByteArrayOutputStream row = new ByteArrayOutputStream();
    private long begin;

    CsvRows(InputStream in, Fields fields) throws IOException {
        this.lines = new Lines(in);
        this.fields = fields;
        this.columns = header();
    }

    private List<String> header() throws IOException {
        if (!nextRow()) {
            return List.of();
        }
        String[] names;
        try {
            names = cells();
        } catch (CharacterCodingException | JsonProcessingException malformed) {
            throw new MalformedFileException(begin, "the first row does not name the columns");
        }
        Set<String> distinct = new HashSet<>(List.of(names));
        if (distinct.size() != names.length) {
            throw new MalformedFileException(begin, "a column name stands twice in the first row");
        }
        return List.of(names);
    }

    @Override
    public Optional<Row> next() throws IOException {
        if (!nextRow()) {
            return Optional.empty();
        }
        try {
            return Optional.of(row(cells()));
        } catch (CharacterCodingException malformed) {
            return Optional.of(new Row.Bad(begin, "the row is not UTF-8"));
        } catch (JsonProcessingException malformed) {
            return Optional.of(new Row.Bad(begin, "no CSV row: " + malformed.getOriginalMessage()));
        }
    }

    private Row row(String[] cells) {
        if (cells.length != columns.size()) {
            return new Row.Bad(begin, cells.length + " columns instead of " + columns.size());
        }
        ObjectNode record = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < cells.length; i++) {
            record.put(columns.get(i), cells[i]);
        }
        return fields.pair(begin, record, () -> text(record));
    }

    private static ByteString text(ObjectNode record) {
        try {
            return ByteString.copyFrom(JSON.writeValueAsBytes(record));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("texts cannot be written as JSON", impossible);
        }
    }

    /** Puts lines together until their quotes are in pairs. */
    private boolean nextRow() throws IOException {
        row.reset();
        long quotes = 0;
        while (lines.next()) {
            if (row.size() == 0) {
                if (lines.isBlank()) {
                    continue;
                }
                begin = lines.number();
            } else {
                row.write('\n');
            }
            row.write(lines.bytes(), 0, lines.length());
            if (lines.isTooLong() || row.size() > Lines.LINE_BYTES_MAX) {
                throw new MalformedFileException(
                        begin, "a row longer than " + Lines.LINE_BYTES_MAX + " bytes; is a quote not closed?");
            }
            quotes += quotes(lines.bytes(), lines.length());
            if (quotes % 2 == 0) {
                return true;
            }
        }
        if (row.size() > 0) {
            throw new MalformedFileException(begin, "a quote is not closed");
        }
        return false;
    }

    private static long quotes(byte[] bytes, int length) {
        long quotes = 0;
        for (int i = 0; i < length; i++) {
            quotes += bytes[i] == '"' ? 1 : 0;
        }
        return quotes;
    }

    private String[] cells() throws IOException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(row.toByteArray()))
                .toString();
        String[] cells = CELLS.readValue(text);
        return cells == null ? new String[0] : cells;
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
