package dev.quorate.server.drill;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.spi.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the demo imports.
 *
 * @param name what it is, for the story
 * @param records the pairs, each key once
 */
record DemoRecords(String name, List<Pair> records) {

    /** One record. */
    record Pair(Bytes key, Bytes value) {}

    /** The lines of a file under their numbers, or the Unicode characters under their code points. */
    static DemoRecords of(@Nullable Path file) {
        return file == null ? characters() : lines(file);
    }

    /** Every assigned character that this Java knows, with its name. */
    private static DemoRecords characters() {
        List<Pair> records = new ArrayList<>(160_000);
        for (int code = Character.MIN_CODE_POINT; code <= Character.MAX_CODE_POINT; code++) {
            int type = Character.getType(code);
            String name = type == Character.PRIVATE_USE || type == Character.SURROGATE ? null : Character.getName(code);
            if (name != null) {
                String key = String.format(Locale.ROOT, "U+%06X", code);
                records.add(new Pair(Bytes.utf8(key), Bytes.utf8(name)));
            }
        }
        return new DemoRecords("the names of all Unicode characters", records);
    }

    private static DemoRecords lines(Path file) {
        List<Pair> records = new ArrayList<>();
        try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
            lines.forEach(line -> records.add(new Pair(
                    Bytes.utf8(String.format(Locale.ROOT, "line-%09d", records.size() + 1)), Bytes.utf8(line))));
        } catch (IOException | java.io.UncheckedIOException unreadable) {
            throw new CommandFailedException("cannot read " + file + " as lines of UTF-8");
        }
        if (records.isEmpty()) {
            throw new CommandFailedException(file + " has no lines");
        }
        return new DemoRecords("the lines of " + file, records);
    }
}
