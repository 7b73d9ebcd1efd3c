package dev.quorate.server.bulk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of a record become key and value.
 *
 * <p>Without any choice a record is what {@code export} writes: {@code key} and {@code value}, or {@code key_base64}
 * and {@code value_base64} for bytes that are no text. With a key field alone, the value is the whole record.
 *
 * @param prefix goes before each key
 */
record Fields(@Nullable String keyField, @Nullable String valueField, ByteString prefix) {
    private static final String BASE64 = "_base64";

    /** The pair in a record, or why there is none. */
    Row pair(long line, ObjectNode record, Supplier<ByteString> whole) {
        try {
            ByteString key = bytes(record, keyField == null ? "key" : keyField);
            if (key.isEmpty()) {
                return new Row.Bad(line, "the key is empty");
            }
            return new Row.Pair(line, prefix.concat(key), value(record, whole));
        } catch (IllegalArgumentException bad) {
            return new Row.Bad(line, String.valueOf(bad.getMessage()));
        }
    }

    private ByteString value(ObjectNode record, Supplier<ByteString> whole) {
        if (valueField != null) {
            return bytes(record, valueField);
        }
        return keyField == null ? bytes(record, "value") : whole.get();
    }

    private static ByteString bytes(ObjectNode record, String field) {
        JsonNode node = record.get(field);
        if (node == null) {
            JsonNode encoded = record.get(field + BASE64);
            if (encoded == null || !encoded.isTextual()) {
                throw new IllegalArgumentException("there is no field '" + field + "'");
            }
            return decoded(field + BASE64, encoded.textValue());
        }
        if (node.isNull()) {
            throw new IllegalArgumentException("the field '" + field + "' is null");
        }
        return utf8(node.isValueNode() ? node.asText() : node.toString());
    }

    private static ByteString decoded(String field, String text) {
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException bad) {
            throw new IllegalArgumentException("the field '" + field + "' is not base64", bad);
        }
    }

    static ByteString utf8(String text) {
        return ByteString.copyFrom(text, StandardCharsets.UTF_8);
    }
}
