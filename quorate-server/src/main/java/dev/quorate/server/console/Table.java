package dev.quorate.server.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows of words in columns that are as wide as their widest word. */
public final class Table {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... titles) {
        rows.add(List.of(titles));
    }

    /** Adds a row with one word for each column. */
    public void row(String... words) {
        if (words.length != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    words.length + " words for " + rows.get(0).size() + " columns");
        }
        rows.add(List.of(words));
    }

    /** The table, its titles first. */
    public List<String> lines() {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return List.copyOf(lines);
    }

    /** A number of bytes for people: {@code 12.3 MiB}. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}
