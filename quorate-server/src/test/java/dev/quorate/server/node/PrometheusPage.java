package dev.quorate.server.node;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a page of Prometheus' text format strictly: anything that its own parser would refuse is refused here. */
final class PrometheusPage {
    /** One metric of the page. */
    static final class Family {
        final String type;
        final String help;
        /** The samples by name, with suffix, and labels in their order. */
        final Map<String, Double> samples = new LinkedHashMap<>();

        private Family(String type, String help) {
            this.type = type;
            this.help = help;
        }
    }

    private static final Pattern HELP = Pattern.compile("# HELP ([a-z_][a-z0-9_]*) (.+)");
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z_][a-z0-9_]*) (gauge|counter|histogram)");
    private static final Pattern SAMPLE = Pattern.compile("([a-z_][a-z0-9_]*)(?:\\{(.*)\\})? (-?[0-9]+(?:\\.[0-9]+)?)");
    private static final Pattern LABEL =
            Pattern.compile("([a-z_][a-z0-9_]*)=\"((?:[^\"\\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");

    private final Map<String, Family> families = new TreeMap<>();

    PrometheusPage(String text) {
        if (!text.endsWith("\n")) {
            throw new AssertionError("the last line does not end");
        }
        String[] lines = text.split("\n", -1);
        String name = "";
        for (int at = 0; at < lines.length - 1; at++) {
            Matcher help = HELP.matcher(lines[at]);
            if (help.matches()) {
                name = help.group(1);
                Matcher type = TYPE.matcher(lines[++at]);
                require(type.matches() && type.group(1).equals(name), lines[at], "no TYPE behind the HELP");
                Family before = families.put(name, new Family(type.group(2), help.group(2)));
                require(before == null, lines[at], "the metric is there already");
            } else {
                sample(name, lines[at]);
            }
        }
        families.forEach((itsName, family) -> {
            if (family.type.equals("histogram")) {
                checkHistogram(itsName, family);
            }
        });
    }

    private void sample(String name, String line) {
        Matcher sample = SAMPLE.matcher(line);
        require(sample.matches(), line, "not a sample");
        Family family = found(families.get(name), line, "a sample before any TYPE");
        String suffix = sample.group(1).startsWith(name) ? sample.group(1).substring(name.length()) : "?";
        boolean fits = family.type.equals("histogram") ? suffix.matches("_bucket|_sum|_count") : suffix.isEmpty();
        require(fits, line, "a sample of another metric than " + name);
        String labels = sample.group(2) == null ? "" : sample.group(2);
        labelsOf(labels, line);
        Double before = family.samples.put(suffix + "{" + labels + "}", Double.valueOf(sample.group(3)));
        require(before == null, line, "the same sample twice");
    }

    private static Map<String, String> labelsOf(String text, String line) {
        Map<String, String> labels = new LinkedHashMap<>();
        Matcher label = LABEL.matcher(text);
        int at = 0;
        while (at < text.length()) {
            require(label.find(at) && label.start() == at, line, "not labels");
            require(labels.put(label.group(1), label.group(2)) == null, line, "the same label twice");
            at = label.end();
        }
        return labels;
    }

    /** Every series has buckets that grow up to +Inf, which is the count; the bounds grow too. */
    private static void checkHistogram(String name, Family family) {
        Map<String, List<double[]>> buckets = new LinkedHashMap<>();
        family.samples.forEach((key, value) -> {
            if (key.startsWith("_bucket")) {
                Map<String, String> labels = labelsOf(key.substring(key.indexOf('{') + 1, key.length() - 1), key);
                String bound = found(labels.remove("le"), name + key, "a bucket without a bound");
                double le = bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound);
                buckets.computeIfAbsent(seriesOf(labels), series -> new ArrayList<>())
                        .add(new double[] {le, value});
            }
        });
        buckets.forEach((series, all) -> {
            for (int place = 1; place < all.size(); place++) {
                require(all.get(place - 1)[0] < all.get(place)[0], name + series, "bounds that do not grow");
                require(all.get(place - 1)[1] <= all.get(place)[1], name + series, "buckets that do not add up");
            }
            double[] last = all.get(all.size() - 1);
            require(Double.isInfinite(last[0]), name + series, "no bucket +Inf");
            Double count = found(family.samples.get("_count" + series), name + series, "no count");
            require(count == last[1], name + series, "a count that is not the last bucket");
            require(family.samples.containsKey("_sum" + series), name + series, "no sum");
        });
    }

    private static String seriesOf(Map<String, String> labels) {
        List<String> parts = new ArrayList<>();
        labels.forEach((label, value) -> parts.add(label + "=\"" + value + "\""));
        return "{" + String.join(",", parts) + "}";
    }

    private static void require(boolean holds, String where, String fault) {
        if (!holds) {
            throw new AssertionError(fault + ": " + where);
        }
    }

    private static <T> T found(@Nullable T value, String where, String fault) {
        if (value == null) {
            throw new AssertionError(fault + ": " + where);
        }
        return value;
    }

    /** All metrics by name. */
    Map<String, Family> families() {
        return families;
    }

    Family family(String name) {
        return found(families.get(name), name, "no such metric");
    }

    /** The value of the sample without labels. */
    long value(String name) {
        return value(name, "{}");
    }

    /** The value of a sample, {@code {lane="log"}} for instance, with a suffix in front for a histogram. */
    long value(String name, String key) {
        return found(family(name).samples.get(key), name + key, "no such sample")
                .longValue();
    }
}
