package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A picture of operations: a line for each client, a bar from the call of each operation to its end.
 *
 * <p>Time runs from left to right but not to scale: the calls and ends stand in their order, as far apart as the words
 * in the bars need.
 */
final class Timelines {
    private static final int LABEL_CHARS_MAX = 46;
    private static final double CHAR_WIDTH = 7.9;
    private static final int EVENT_GAP = 14;
    private static final int BAR_HEIGHT = 24;
    private static final int ROW_HEIGHT = 36;
    private static final int TOP = 24;

    private final History history;
    private final Window window;
    private final Explanation explanation;
    private final Map<Integer, Double> begins = new HashMap<>();
    private final Map<Integer, Double> ends = new HashMap<>();
    private final Map<Integer, Integer> rows = new HashMap<>();
    private final Map<String, List<Integer>> rowsOfClients = new LinkedHashMap<>();

    /** A call or an end. */
    private record Event(long time, boolean isEnd, int operation) {}

    Timelines(History history, Window window, Explanation explanation) {
        this.history = history;
        this.window = window;
        this.explanation = explanation;
        placeEvents();
        placeRows();
    }

    private void placeEvents() {
        List<Event> events = new ArrayList<>();
        for (int i : window.operations()) {
            events.add(new Event(operation(i).invoked(), false, i));
            events.add(new Event(operation(i).ended(), true, i));
        }
        events.sort(Comparator.comparingLong(Event::time)
                .thenComparing(Event::isEnd)
                .thenComparingInt(Event::operation));
        int clientChars = window.operations().stream()
                .mapToInt(i -> operation(i).client().length())
                .max()
                .orElse(0);
        double x = 30 + clientChars * CHAR_WIDTH;
        for (Event event : events) {
            x += EVENT_GAP;
            if (event.isEnd()) {
                double begin = begins.getOrDefault(event.operation(), x);
                x = Math.max(
                        x, begin + 14 + CHAR_WIDTH * label(event.operation()).length());
                ends.put(event.operation(), x);
            } else {
                begins.put(event.operation(), x);
            }
        }
    }

    /** Gives each client a row, and more where its operations overlap. */
    private void placeRows() {
        List<String> clients = window.operations().stream()
                .map(i -> operation(i).client())
                .distinct()
                .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
                .toList();
        int next = 0;
        for (String client : clients) {
            List<Double> free = new ArrayList<>();
            for (int i : window.operations()) {
                if (operation(i).client().equals(client)) {
                    int row = 0;
                    while (row < free.size() && free.get(row) > x(begins, i)) {
                        row++;
                    }
                    if (row == free.size()) {
                        free.add(0.0);
                    }
                    free.set(row, x(ends, i));
                    rows.put(i, next + row);
                }
            }
            List<Integer> own = new ArrayList<>();
            for (int row = 0; row < free.size(); row++) {
                own.add(next + row);
            }
            rowsOfClients.put(client, own);
            next += free.size();
        }
    }

    String svg() {
        int rowCount = rowsOfClients.values().stream().mapToInt(List::size).sum();
        double width =
                ends.values().stream().mapToDouble(Double::doubleValue).max().orElse(0) + 30;
        int height = TOP + rowCount * ROW_HEIGHT + 8;
        StringBuilder svg = new StringBuilder();
        svg.append(format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%d\">\n", width, height));
        rowsOfClients.forEach((client, own) -> {
            double y = TOP + own.get(0) * ROW_HEIGHT;
            svg.append(format("<text x=\"10\" y=\"%.0f\" font-weight=\"bold\">", y + BAR_HEIGHT / 2.0 + 5))
                    .append(HtmlPicture.escaped(client))
                    .append("</text>\n");
            svg.append(format(
                    "<line x1=\"0\" x2=\"%.0f\" y1=\"%.0f\" y2=\"%.0f\" stroke=\"#e3e8ed\"/>\n", width, y - 6, y - 6));
        });
        explanation.conflict().stream().filter(begins::containsKey).forEach(i -> {
            guide(svg, x(begins, i), operation(i).invoked(), height);
            guide(svg, x(ends, i), operation(i).ended(), height);
        });
        window.operations().forEach(i -> bar(svg, i));
        return svg.append("</svg>\n").toString();
    }

    /** A thin line through all rows at a time of the conflict. */
    private static void guide(StringBuilder svg, double x, long time, int height) {
        svg.append(format(
                "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#c9b18a\" stroke-dasharray=\"2 3\"/>\n",
                x, x, TOP - 8, height));
        if (time != Operation.OPEN) {
            svg.append(format(
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" style=\"font-size:10px\" fill=\"#8a7a5c\">%d"
                            + "</text>\n",
                    x, TOP - 11, time));
        }
    }

    private void bar(StringBuilder svg, int i) {
        Operation operation = operation(i);
        boolean culprit = explanation.culprit().orElse(-1) == i;
        boolean conflict = explanation.conflict().contains(i);
        String fill = culprit ? "#fbdcd9" : conflict ? "#fff0d9" : "#eef2f6";
        String stroke = culprit ? "#b3261e" : conflict ? "#cf7c12" : "#93a1b0";
        boolean unknown = operation.outcome() instanceof Outcome.Unknown;
        double y = TOP + rows.getOrDefault(i, 0) * ROW_HEIGHT;
        svg.append("<g><title>")
                .append(HtmlPicture.escaped(
                        Wording.name(history, i) + ", " + TextPicture.times(operation) + ": " + Wording.of(operation)))
                .append("</title>");
        svg.append(format(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"5\" fill=\"%s\" stroke=\"%s\" "
                        + "stroke-width=\"%s\"%s/>",
                x(begins, i),
                y,
                x(ends, i) - x(begins, i),
                BAR_HEIGHT,
                fill,
                stroke,
                culprit ? "2.5" : conflict ? "2" : "1",
                unknown ? " stroke-dasharray=\"5 4\"" : ""));
        svg.append(format("<text x=\"%.1f\" y=\"%.1f\">", x(begins, i) + 7, y + BAR_HEIGHT / 2.0 + 4.5))
                .append(HtmlPicture.escaped(label(i)))
                .append("</text></g>\n");
    }

    private String label(int i) {
        String label = "#" + (i + 1) + " " + Wording.of(operation(i));
        return label.length() <= LABEL_CHARS_MAX ? label : label.substring(0, LABEL_CHARS_MAX - 1) + "…";
    }

    private static double x(Map<Integer, Double> places, int operation) {
        return places.getOrDefault(operation, 0.0);
    }

    private Operation operation(int position) {
        return history.operations().get(position);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
