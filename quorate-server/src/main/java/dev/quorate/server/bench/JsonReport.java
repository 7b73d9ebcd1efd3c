package dev.quorate.server.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.quorate.server.console.Endpoint;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * A result as one line of JSON: what was asked, the calls of each kind and of all, failures, costs. Latencies in
 * microseconds.
 */
final class JsonReport {
    private static final JsonFactory JSON = new JsonFactory();

    private final Result result;

    JsonReport(Result result) {
        this.result = result;
    }

    /** The line. */
    String line() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            load(json);
            json.writeNumberField("seconds", result.seconds());
            json.writeObjectFieldStart("calls");
            for (Row row : result.rows()) {
                row(json, row);
            }
            json.writeEndObject();
            row(json, result.all());
            histogram(json);
            failures(json);
            json.writeNumberField("unsent", result.unsent());
            json.writeNumberField("warmUpFailures", result.warmUpFailures());
            costs(json);
            verification(json);
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    private void load(JsonGenerator json) throws IOException {
        Load load = result.load();
        Shape shape = load.shape();
        json.writeStringField("scenario", load.scenario().label());
        json.writeArrayFieldStart("endpoints");
        for (Endpoint endpoint : result.endpoints()) {
            json.writeString(endpoint.toString());
        }
        json.writeEndArray();
        json.writeNumberField("clients", load.clients());
        json.writeNumberField("connections", load.connections());
        json.writeNumberField("keys", shape.keys());
        json.writeNumberField("keySize", shape.keySize());
        json.writeNumberField("valueSize", shape.valueSize());
        json.writeNumberField("rangeKeys", shape.rangeKeys());
        if (load.rate().isPresent()) {
            json.writeNumberField("rate", load.rate().get());
        }
        json.writeNumberField("warmUpSeconds", load.warmUp().toMillis() / 1e3);
        json.writeNumberField("seed", load.seed());
    }

    private void row(JsonGenerator json, Row row) throws IOException {
        Histogram latencies = row.latencies();
        json.writeObjectFieldStart(row.label());
        json.writeNumberField("operations", row.operations());
        json.writeNumberField("perSecond", result.perSecond(row));
        json.writeNumberField("refused", row.refused());
        json.writeNumberField("unknown", row.unknown());
        json.writeNumberField("conflicts", row.conflicts());
        json.writeNumberField("bytes", row.bytes());
        if (row.operations() > 0) {
            json.writeNumberField("mean", latencies.getMean() / 1e3);
            json.writeNumberField("p50", latencies.getValueAtPercentile(50) / 1e3);
            json.writeNumberField("p90", latencies.getValueAtPercentile(90) / 1e3);
            json.writeNumberField("p99", latencies.getValueAtPercentile(99) / 1e3);
            json.writeNumberField("p99.9", latencies.getValueAtPercentile(99.9) / 1e3);
            json.writeNumberField("max", latencies.getMaxValue() / 1e3);
        }
        json.writeEndObject();
    }

    private void histogram(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("histogram");
        for (Plot.Bar bar : Plot.bars(result.all().latencies())) {
            json.writeStartObject();
            json.writeNumberField("from", bar.from() / 1e3);
            json.writeNumberField("to", bar.to() / 1e3);
            json.writeNumberField("count", bar.count());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void failures(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("failures");
        for (Result.Failures each : result.failures()) {
            Failure failure = each.failure();
            json.writeStartObject();
            json.writeStringField("call", failure.kind().label());
            json.writeStringField("code", failure.code());
            json.writeStringField("outcome", failure.outcome().name().toLowerCase(Locale.ROOT));
            json.writeNumberField("count", each.count());
            json.writeStringField("message", each.message());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void costs(JsonGenerator json) throws IOException {
        json.writeNumberField("clientCpuSeconds", result.clientCpu().toMillis() / 1e3);
        if (result.servers().isEmpty()) {
            return;
        }
        ServerCosts servers = result.servers().get();
        json.writeNumberField("serverCpuSeconds", servers.cpuSeconds());
        if (servers.cpuSeconds() > 0) {
            json.writeNumberField("perServerCpuSecond", result.all().operations() / servers.cpuSeconds());
        }
        if (servers.storageBytes().isPresent()) {
            json.writeNumberField("serverStorageBytes", servers.storageBytes().getAsLong());
        }
    }

    private void verification(JsonGenerator json) throws IOException {
        if (result.verification().isEmpty()) {
            return;
        }
        Verification verification = result.verification().get();
        json.writeObjectFieldStart("verification");
        json.writeNumberField("keys", verification.keys());
        json.writeNumberField("writes", verification.writes());
        json.writeNumberField("missing", verification.missing());
        json.writeNumberField("wrong", verification.wrong());
        json.writeStringField("first", verification.first());
        json.writeEndObject();
    }
}
