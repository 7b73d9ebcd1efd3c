package dev.quorate.server.drill;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.quorate.server.console.Table;
import dev.quorate.server.drill.FailoverResult.Spread;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The result of a failover test for people, and for programs. */
final class FailoverReport {
    private static final JsonFactory JSON = new JsonFactory();

    private final FailoverResult result;

    FailoverReport(FailoverResult result) {
        this.result = result;
    }

    /** A table of medians, least and most; the time lines; what is demanded and whether it is kept. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(text(
                "three processes, election timeout %d ms, capacity %,.0f writes/s with %d clients, load %,d/s",
                result.electionTimeout().toMillis(), result.capacity(), FailoverTest.CLIENTS, result.rate()));
        Table table = new Table("MEASURED", "MEDIAN", "LEAST", "MOST", "TIMES");
        row(table, "follower dies at half load: throughput kept", "%.3f", result.paced(), Death::kept);
        row(table, "follower dies at full load: throughput kept", "%.3f", result.full(), Death::kept);
        row(table, "follower dies at half load: first write after (s)", "%.3f", result.paced(), Death::firstSeconds);
        row(table, "leader dies: first write after (s)", "%.3f", result.leaders(), Death::firstSeconds);
        row(
                table,
                "leader dies: first write after (election timeouts)",
                "%.2f",
                result.leaders(),
                death -> result.inTimeouts(death.firstSeconds()));
        row(table, "leader dies: 90 % of the throughput back (s)", "%.1f", result.leaders(), Death::backSeconds);
        row(table, "leader dies: writes refused", "%.0f", result.leaders(), Death::refused);
        row(table, "leader dies: writes of unknown outcome", "%.0f", result.leaders(), Death::unknown);
        row(table, "member returns by log: serves (s)", "%.2f", result.byLog(), Return::servesSeconds);
        row(table, "member returns by log: caught up (s)", "%.2f", result.byLog(), Return::caughtUpSeconds);
        row(table, "member returns by snapshot: serves (s)", "%.2f", result.bySnapshot(), Return::servesSeconds);
        row(table, "member returns by snapshot: caught up (s)", "%.2f", result.bySnapshot(), Return::caughtUpSeconds);
        lines.addAll(table.lines());
        lines.add("");
        lines.add("writes/s in tenths of a second, the medians, from 1 s before the death (|) on:");
        lines.add("follower, half load  " + timeline(result.paced()));
        lines.add("follower, full load  " + timeline(result.full()));
        lines.add("leader, half load    " + timeline(result.leaders()));
        lines.add("");
        result.reasons()
                .forEach((reason, times) -> lines.add(text("leader dies: %,d writes failed with: %s", times, reason)));
        lines.add(text(
                "%s: at least %.0f %% of the throughput in the second after a follower dies (%.1f %%)",
                kept(result.followerDeathIsCheap()), FailoverResult.KEPT_MIN * 100, result.kept() * 100));
        lines.add(text(
                "%s: writes flow again within %.0f election timeouts of a leader's death (%.2f)",
                kept(result.leaderIsReplacedInTime()), FailoverResult.TIMEOUTS_MAX, result.timeouts()));
        return lines;
    }

    private static <T> void row(Table table, String what, String format, List<T> items, ToDoubleFunction<T> figure) {
        Spread spread = Spread.of(items, figure);
        table.row(
                what,
                text(format, spread.median()),
                text(format, spread.least()),
                text(format, spread.most()),
                Integer.toString(items.size()));
    }

    private static String timeline(List<Death> deaths) {
        StringBuilder line = new StringBuilder();
        int tenths = deaths.get(0).tenths().size();
        for (int tenth = 0; tenth < tenths; tenth++) {
            int place = tenth;
            double median =
                    Spread.of(deaths, death -> death.tenths().get(place)).median();
            line.append(place == FailoverTest.TENTHS_BEFORE ? "| " : "").append(text("%.0f ", median));
        }
        return line.toString().stripTrailing();
    }

    private static String kept(boolean holds) {
        return holds ? "kept" : "MISSED";
    }

    /** One line of JSON with every single measurement; times in seconds. */
    String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeNumberField(
                    "electionTimeoutMillis", result.electionTimeout().toMillis());
            json.writeNumberField("capacity", Math.round(result.capacity()));
            json.writeNumberField("rate", result.rate());
            deaths(json, "followerAtRate", result.paced());
            deaths(json, "followerAtFullLoad", result.full());
            deaths(json, "leaderAtRate", result.leaders());
            returns(json, "returnByLog", result.byLog());
            returns(json, "returnBySnapshot", result.bySnapshot());
            json.writeNumberField("kept", result.kept());
            json.writeNumberField("electionTimeouts", result.timeouts());
            json.writeBooleanField("holds", result.followerDeathIsCheap() && result.leaderIsReplacedInTime());
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    private static void deaths(JsonGenerator json, String name, List<Death> deaths) throws IOException {
        json.writeArrayFieldStart(name);
        for (Death death : deaths) {
            json.writeStartObject();
            json.writeNumberField("before", death.before());
            json.writeNumberField("after", death.after());
            json.writeNumberField("kept", death.kept());
            json.writeNumberField("firstWrite", death.firstSeconds());
            json.writeNumberField("back", death.backSeconds());
            json.writeNumberField("refused", death.refused());
            json.writeNumberField("unknown", death.unknown());
            numbers(json, "tenths", death.tenths());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void returns(JsonGenerator json, String name, List<Return> returns) throws IOException {
        json.writeArrayFieldStart(name);
        for (Return back : returns) {
            json.writeStartObject();
            json.writeNumberField("serves", back.servesSeconds());
            json.writeNumberField("caughtUp", back.caughtUpSeconds());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void numbers(JsonGenerator json, String name, List<Double> numbers) throws IOException {
        json.writeArrayFieldStart(name);
        for (double number : numbers) {
            json.writeNumber(number);
        }
        json.writeEndArray();
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
