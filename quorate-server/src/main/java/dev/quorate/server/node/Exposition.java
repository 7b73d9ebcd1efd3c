package dev.quorate.server.node;

import dev.quorate.engine.Histogram;
import java.math.BigDecimal;
import java.util.List;

/**
 * A page in the text format of Prometheus, version 0.0.4. Each metric is begun once, and its samples follow before the
 * next begins.
 */
final class Exposition {
    /** A label of a sample; the name is one of ours, the value anything. */
    record Label(String name, String value) {
        static Label peer(Object id) {
            return new Label("peer", id.toString());
        }
    }

    private static final int NANO_DIGITS = 9;

    private final StringBuilder text = new StringBuilder();
    private String name = "";

    /** The page up to here. */
    String text() {
        return text.toString();
    }

    /** A metric that goes up and down, with one sample and no labels. */
    void gauge(String itsName, String help, long value) {
        beginGauge(itsName, help);
        sample(value);
    }

    /** A metric that only grows, with one sample and no labels. */
    void counter(String itsName, String help, long value) {
        beginCounter(itsName, help);
        sample(value);
    }

    void beginGauge(String itsName, String help) {
        begin(itsName, "gauge", help);
    }

    void beginCounter(String itsName, String help) {
        begin(itsName, "counter", help);
    }

    void beginHistogram(String itsName, String help) {
        begin(itsName, "histogram", help);
    }

    private void begin(String itsName, String type, String help) {
        name = itsName;
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    /** A sample of the metric that was begun last. */
    void sample(long value, Label... labels) {
        line("", List.of(labels), Long.toString(value));
    }

    /** As {@link #sample(long, Label...)}, 1 for true. */
    void sample(boolean value, Label... labels) {
        sample(value ? 1 : 0, labels);
    }

    /** A time, in seconds. */
    void seconds(long nanos, Label... labels) {
        line("", List.of(labels), toSeconds(nanos));
    }

    /** All lines of a histogram: the buckets, each with what is in those before it, the sum and the count. */
    void histogram(Histogram histogram, Label... labels) {
        long below = 0;
        for (int bucket = 0; bucket < Histogram.BUCKETS; bucket++) {
            below += histogram.counts().get(bucket);
            long bound = Histogram.boundNanos(bucket);
            Label le = new Label("le", bound == Long.MAX_VALUE ? "+Inf" : toSeconds(bound));
            Label[] all = new Label[labels.length + 1];
            System.arraycopy(labels, 0, all, 0, labels.length);
            all[labels.length] = le;
            line("_bucket", List.of(all), Long.toString(below));
        }
        line("_sum", List.of(labels), toSeconds(histogram.sumNanos()));
        line("_count", List.of(labels), Long.toString(below));
    }

    private void line(String suffix, List<Label> labels, String value) {
        text.append(name).append(suffix);
        if (!labels.isEmpty()) {
            text.append('{');
            for (int place = 0; place < labels.size(); place++) {
                Label label = labels.get(place);
                text.append(place == 0 ? "" : ",").append(label.name()).append("=\"");
                text.append(escaped(label.value())).append('"');
            }
            text.append('}');
        }
        text.append(' ').append(value).append('\n');
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private static String toSeconds(long nanos) {
        BigDecimal seconds = BigDecimal.valueOf(nanos, NANO_DIGITS).stripTrailingZeros();
        return seconds.toPlainString();
    }
}
