package dev.quorate.server.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/**
 * Messages as JSON in the shape that {@code etcdctl -w json} prints, so that scripts made for it go on working: the
 * names of the definition, numbers as numbers, bytes in base64, nothing that is zero; a choice stands under its own
 * name, with the chosen one in capitalised form.
 *
 * <pre>  {"responses":[{"Response":{"ResponsePut":{"header":{"revision":9}}}}]}</pre>
 */
public final class WireJson {
    private static final JsonFactory JSON = new JsonFactory();

    private WireJson() {}

    /** The message on one line. */
    public static String of(Message message) {
        return write(json -> message(json, message));
    }

    /** What {@code endpoint status} answers for several servers: which one said what. */
    public static String ofStatuses(Map<Endpoint, ? extends Message> statuses) {
        return write(json -> {
            json.writeStartArray();
            for (Map.Entry<Endpoint, ? extends Message> status : statuses.entrySet()) {
                json.writeStartObject();
                json.writeStringField("Endpoint", status.getKey().toString());
                json.writeFieldName("Status");
                message(json, status.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }

    /** An object of texts and whole numbers, in their order. */
    public static String ofFields(Map<String, ?> fields) {
        return write(json -> {
            json.writeStartObject();
            for (Map.Entry<String, ?> field : fields.entrySet()) {
                json.writeFieldName(field.getKey());
                if (field.getValue() instanceof Long number) {
                    json.writeNumber(number);
                } else if (field.getValue() instanceof Integer number) {
                    json.writeNumber(number);
                } else {
                    json.writeString(field.getValue().toString());
                }
            }
            json.writeEndObject();
        });
    }

    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    private static String write(Writing writing) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            writing.to(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    private static void message(JsonGenerator json, Message message) throws IOException {
        json.writeStartObject();
        for (Map.Entry<FieldDescriptor, Object> field : message.getAllFields().entrySet()) {
            FieldDescriptor descriptor = field.getKey();
            OneofDescriptor choice = descriptor.getContainingOneof();
            if (choice == null) {
                json.writeFieldName(descriptor.getName());
                values(json, descriptor, field.getValue());
            } else {
                json.writeObjectFieldStart(capitalised(choice.getName()));
                json.writeFieldName(capitalised(descriptor.getName()));
                values(json, descriptor, field.getValue());
                json.writeEndObject();
            }
        }
        json.writeEndObject();
    }

    private static void values(JsonGenerator json, FieldDescriptor field, Object value) throws IOException {
        if (!field.isRepeated()) {
            value(json, field, value);
            return;
        }
        json.writeStartArray();
        for (Object one : (List<?>) value) {
            value(json, field, one);
        }
        json.writeEndArray();
    }

    private static void value(JsonGenerator json, FieldDescriptor field, Object value) throws IOException {
        switch (field.getType()) {
            case MESSAGE -> message(json, (Message) value);
            case BYTES -> json.writeBinary(((ByteString) value).toByteArray());
            case ENUM -> json.writeNumber(((EnumValueDescriptor) value).getNumber());
            case UINT64 -> json.writeNumber(new BigInteger(Long.toUnsignedString((Long) value)));
            case UINT32 -> json.writeNumber(Integer.toUnsignedLong((Integer) value));
            case INT64 -> json.writeNumber((Long) value);
            case BOOL -> json.writeBoolean((Boolean) value);
            case STRING -> json.writeString((String) value);
            default -> throw new IllegalStateException("no JSON for a field of type " + field.getType());
        }
    }

    private static String capitalised(String name) {
        StringBuilder capitalised = new StringBuilder(name.length());
        boolean first = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '_') {
                first = true;
            } else {
                capitalised.append(first ? Character.toUpperCase(c) : c);
                first = false;
            }
        }
        return capitalised.toString();
    }
}
