package dev.quorate.benchmarks.load;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Results as lines for people; the tables are Markdown. */
public final class TextReport {
    private static final String HEAD =
            "| subject | op/s | ÷ floor | p50 | p99 | p99.9 | op/CPU-s | CPU µs/op | bytes/op "
                    + "| force/s | op/force | errors |\n|---|---|---|---|---|---|---|---|---|---|---|---|";

    private TextReport() {}

    /** Every table, and what was looked up. */
    public static String of(Results results, String floor) {
        StringBuilder text = new StringBuilder();
        text.append("Raw sync of the same disk, each round: ");
        results.rawSyncs().forEach(raw -> text.append(line(raw)).append("; "));
        text.append('\n');
        results.measurements().forEach((scenario, bySubject) -> table(text, scenario, bySubject, floor));
        long green = results.checks().stream()
                .filter(check -> check.found().isGreen())
                .count();
        text.append("\nLooked up every key ")
                .append(results.checks().size())
                .append(" times (each replica, before and after it was opened again): ")
                .append(green)
                .append(" times everything was there.\n");
        results.checks().stream()
                .filter(check -> !check.found().isGreen())
                .forEach(check -> text.append(line(check)).append('\n'));
        return text.toString();
    }

    /** A line about the disk. */
    static String line(RawSync.Result raw) {
        return format("%,.0f syncs/s, p50 %s, p99 %s", raw.rate(), time(raw.p50Nanos()), time(raw.p99Nanos()));
    }

    /** A line about one window. */
    static String line(Scenario scenario, String subject, Measurement m) {
        String errors = m.errors() == 0 ? "" : format(", %d ERRORS: %s", m.errors(), m.firstError());
        return format(
                "  %-10s %-42s %,11.0f op/s  p50 %8s  p99 %8s  %,9.0f op/CPU-s"
                        + "  %,8.0f B/op  %,7.0f force/s  load %.1f%s%s",
                subject,
                scenario,
                m.rate(),
                time(m.p50Nanos()),
                time(m.p99Nanos()),
                m.ratePerCpu(),
                m.bytes(),
                m.forceRate(),
                m.systemLoad(),
                m.warm() ? "" : ", windows did not agree",
                errors);
    }

    /** A line about one look-up of every key. */
    static String line(Results.Check check) {
        return format(
                "  %-10s %d nodes, replica %d%s: %,d keys written, %s",
                check.subject(),
                check.nodes(),
                check.replica(),
                check.reopened() ? " opened again" : "",
                check.found().written(),
                check.found().isGreen()
                        ? "all there"
                        : check.found().problems() + " NOT AS WRITTEN: "
                                + check.found().named());
    }

    private static void table(
            StringBuilder text, Scenario scenario, Map<String, List<Measurement>> bySubject, String floor) {
        text.append("\n**").append(scenario).append("**\n\n").append(HEAD).append('\n');
        double floorRate = bySubject.containsKey(floor)
                ? Results.spread(bySubject.get(floor), Measurement::rate).median()
                : 0;
        bySubject.forEach((subject, rounds) ->
                text.append(row(subject, rounds, floorRate)).append('\n'));
    }

    private static String row(String subject, List<Measurement> rounds, double floorRate) {
        double rate = median(rounds, Measurement::rate);
        return format(
                "| %s | %s | %s | %s | %s | %s | %,.0f | %.2f | %,.0f | %,.0f | %.1f | %d |",
                subject,
                spread(Results.spread(rounds, Measurement::rate)),
                floorRate == 0 ? "" : format("%.2f", rate / floorRate),
                time(Math.round(median(rounds, Measurement::p50Nanos))),
                time(Math.round(median(rounds, Measurement::p99Nanos))),
                time(Math.round(median(rounds, Measurement::p999Nanos))),
                median(rounds, Measurement::ratePerCpu),
                median(rounds, Measurement::cpuMicros),
                median(rounds, Measurement::bytes),
                median(rounds, Measurement::forceRate),
                median(rounds, Measurement::operationsPerForce),
                rounds.stream().mapToLong(Measurement::errors).sum());
    }

    private static double median(List<Measurement> rounds, ToDoubleFunction<Measurement> figure) {
        return Results.spread(rounds, figure).median();
    }

    private static String spread(Spread spread) {
        return format("%,.0f (%,.0f – %,.0f)", spread.median(), spread.least(), spread.greatest());
    }

    /** A time with three digits and its unit. */
    static String time(long nanos) {
        if (nanos < 1_000) {
            return format("%d ns", nanos);
        }
        if (nanos < 1_000_000) {
            return digits(nanos / 1e3) + " µs";
        }
        return nanos < 1e9 ? digits(nanos / 1e6) + " ms" : digits(nanos / 1e9) + " s";
    }

    private static String digits(double value) {
        return format(value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
