package dev.quorate.server.bulk;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The form of a file of records. */
public enum Format {
    /** One JSON object in each line. */
    ndjson,
    /** RFC 4180, with the names of the columns in the first row. */
    csv;

    /** The chosen format, or the one that the file's name says; NDJSON when it says nothing. */
    static Format of(@Nullable Format chosen, @Nullable Path file) {
        if (chosen != null) {
            return chosen;
        }
        boolean isCsv = file != null && file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
        return isCsv ? csv : ndjson;
    }
}
