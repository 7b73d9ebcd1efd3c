package dev.quorate.server.bench;

import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** A result as lines for people. */
final class TextReport {
    private final Result result;

    TextReport(Result result) {
        this.result = result;
    }

    /**
     * The lines.
     *
     * @param plot whether the histogram is drawn
     */
    List<String> lines(boolean plot) {
        List<String> lines = new ArrayList<>();
        lines.add(title());
        lines.add("");
        lines.addAll(table());
        if (plot && result.all().operations() > 0) {
            lines.add("");
            lines.addAll(Plot.lines(result.all().latencies()));
        }
        lines.add("");
        lines.addAll(failures());
        lines.addAll(notes());
        return lines;
    }

    private String title() {
        Load load = result.load();
        Shape shape = load.shape();
        String endpoints = result.endpoints().stream().map(Endpoint::toString).collect(Collectors.joining(", "));
        return say(
                "%s: %s on %s to %s, %s of %s, values of %s, %s, seed %d, %.1f s",
                load.scenario().label(),
                counted(load.clients(), "client"),
                counted(load.connections(), "connection"),
                endpoints,
                counted(shape.keys(), "key"),
                Table.bytes(shape.keySize()),
                Table.bytes(shape.valueSize()),
                load.rate().map(rate -> say("%,d calls/s due", rate)).orElse("closed loop"),
                load.seed(),
                result.seconds());
    }

    private List<String> table() {
        Table table =
                new Table("call", "ops", "ops/s", "refused", "unknown", "p50", "p90", "p99", "p99.9", "max", "bytes");
        result.rows().forEach(row -> add(table, row));
        if (result.rows().size() > 1) {
            add(table, result.all());
        }
        return table.lines();
    }

    private void add(Table table, Row row) {
        Histogram latencies = row.latencies();
        boolean any = row.operations() > 0;
        table.row(
                row.label(),
                Figures.count(row.operations()),
                Figures.rate(result.perSecond(row)),
                Figures.count(row.refused()),
                Figures.count(row.unknown()),
                any ? Figures.time(latencies.getValueAtPercentile(50)) : "-",
                any ? Figures.time(latencies.getValueAtPercentile(90)) : "-",
                any ? Figures.time(latencies.getValueAtPercentile(99)) : "-",
                any ? Figures.time(latencies.getValueAtPercentile(99.9)) : "-",
                any ? Figures.time(latencies.getMaxValue()) : "-",
                Table.bytes(row.bytes()));
    }

    private List<String> failures() {
        if (result.failures().isEmpty()) {
            return List.of();
        }
        Table table = new Table("failed", "code", "outcome", "count", "first message");
        for (Result.Failures each : result.failures()) {
            Failure failure = each.failure();
            table.row(
                    failure.kind().label(),
                    failure.code(),
                    failure.outcome().name().toLowerCase(Locale.ROOT),
                    Figures.count(each.count()),
                    each.message());
        }
        List<String> lines = new ArrayList<>(table.lines());
        lines.add("");
        return lines;
    }

    private List<String> notes() {
        List<String> lines = new ArrayList<>();
        long operations = result.all().operations();
        if (result.unsent() > 0) {
            lines.add(say(
                    "NOT SENT: %,d calls were due and could not be made, all clients were busy;"
                            + " the latencies are without them",
                    result.unsent()));
        }
        if (result.warmUpFailures() > 0) {
            lines.add(say("warm-up: %,d calls failed", result.warmUpFailures()));
        }
        if (result.all().conflicts() > 0) {
            lines.add(
                    say("conflicts: %,d comparisons did not hold", result.all().conflicts()));
        }
        result.servers().ifPresent(servers -> lines.add(servers(servers, operations)));
        lines.add(say("client: %.2f CPU-s", result.clientCpu().toMillis() / 1e3));
        result.verification().ifPresent(verification -> lines.add(line(verification)));
        return lines;
    }

    private static String servers(ServerCosts servers, long operations) {
        String cpu = say("servers: %.2f CPU-s", servers.cpuSeconds());
        if (servers.cpuSeconds() > 0 && operations > 0) {
            cpu += say(
                    ", %s op/CPU-s, %.1f CPU µs/op",
                    Figures.rate(operations / servers.cpuSeconds()), servers.cpuSeconds() * 1e6 / operations);
        }
        return operations > 0 && servers.storageBytes().isPresent()
                ? cpu + say(", %,d bytes/op to storage", servers.storageBytes().getAsLong() / operations)
                : cpu;
    }

    private static String line(Verification verification) {
        String looked =
                say("verified: %,d keys, %,d acknowledged writes: ", verification.keys(), verification.writes());
        return looked
                + (verification.isGreen()
                        ? "all there"
                        : say(
                                "%,d MISSING, %,d WRONG; first: %s",
                                verification.missing(), verification.wrong(), verification.first()));
    }

    private static String counted(int number, String noun) {
        return Figures.count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    private static String say(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
