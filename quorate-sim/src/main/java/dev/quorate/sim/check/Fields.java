package dev.quorate.sim.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The fields of one JSON object, each taken once by its name and kind; a field that nobody took is a mistake. Every
 * complaint is an {@link IllegalArgumentException} that names the field.
 */
final class Fields {
    private final ObjectNode object;
    private final Set<String> untaken = new TreeSet<>();

    private Fields(ObjectNode object) {
        this.object = object;
        object.fieldNames().forEachRemaining(untaken::add);
    }

    /** Reads a whole object. */
    static <T> T read(JsonNode node, Function<Fields, T> reader) {
        if (!(node instanceof ObjectNode object)) {
            throw new IllegalArgumentException("an object was expected, not " + shortened(node));
        }
        Fields fields = new Fields(object);
        T value = reader.apply(fields);
        if (!fields.untaken.isEmpty()) {
            throw new IllegalArgumentException(
                    "field " + fields.untaken.iterator().next() + " does not belong here");
        }
        return value;
    }

    boolean has(String name) {
        return object.has(name);
    }

    String text(String name) {
        return textOf(name, take(name));
    }

    /** A text, or null in the file. */
    Optional<String> textOrNull(String name) {
        JsonNode node = take(name);
        return node.isNull() ? Optional.empty() : Optional.of(textOf(name, node));
    }

    boolean truth(String name) {
        JsonNode node = take(name);
        if (!node.isBoolean()) {
            throw new IllegalArgumentException("field " + name + " is true or false, not " + shortened(node));
        }
        return node.booleanValue();
    }

    long number(String name) {
        JsonNode node = take(name);
        if (!node.isIntegralNumber() || !node.canConvertToLong()) {
            throw new IllegalArgumentException("field " + name + " is a whole number, not " + shortened(node));
        }
        return node.longValue();
    }

    /** The constant of an enum, written in lower case with hyphens. */
    <E extends Enum<E>> E constant(String name, Class<E> type) {
        String text = text(name);
        for (E constant : type.getEnumConstants()) {
            if (spelled(constant).equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("field " + name + " does not know " + text);
    }

    static String spelled(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Each element of an array. */
    <T> List<T> each(String name, Function<JsonNode, T> reader) {
        JsonNode node = take(name);
        if (!node.isArray()) {
            throw new IllegalArgumentException("field " + name + " is an array, not " + shortened(node));
        }
        List<T> all = new ArrayList<>();
        node.forEach(element -> all.add(reader.apply(element)));
        return all;
    }

    /** Each object of an array. */
    <T> List<T> eachObject(String name, Function<Fields, T> reader) {
        return each(name, element -> read(element, reader));
    }

    /** Each member of an object, by its name. */
    <T> SortedMap<String, T> map(String name, Function<JsonNode, T> reader) {
        JsonNode node = take(name);
        if (!node.isObject()) {
            throw new IllegalArgumentException("field " + name + " is an object, not " + shortened(node));
        }
        SortedMap<String, T> all = new TreeMap<>();
        for (Map.Entry<String, JsonNode> member : node.properties()) {
            all.put(member.getKey(), reader.apply(member.getValue()));
        }
        return all;
    }

    /** The value of a field, whatever it is. */
    JsonNode take(String name) {
        JsonNode node = object.get(name);
        if (node == null) {
            throw new IllegalArgumentException("field " + name + " is missing");
        }
        untaken.remove(name);
        return node;
    }

    static String textOf(String name, JsonNode node) {
        if (!node.isTextual()) {
            throw new IllegalArgumentException("field " + name + " is a text, not " + shortened(node));
        }
        return node.textValue();
    }

    private static String shortened(JsonNode node) {
        String text = node.toString();
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
