package dev.quorate.benchmarks.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Results with every round, for programs. Times are in nanoseconds. */
public final class JsonReport {
    private JsonReport() {}

    /** Writes a file that begins with what was run. */
    public static void write(Path file, Plan plan, String command, Results results) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        root.put("command", command);
        root.put("java", Runtime.version().toString());
        root.put("processors", Runtime.getRuntime().availableProcessors());
        root.put("keys", plan.keys());
        root.put("valueBytes", plan.valueBytes());
        root.put("green", results.isGreen());
        ArrayNode raw = root.putArray("rawSync");
        results.rawSyncs()
                .forEach(sync -> raw.addObject()
                        .put("rate", sync.rate())
                        .put("p50", sync.p50Nanos())
                        .put("p99", sync.p99Nanos()));
        ArrayNode scenarios = root.putArray("scenarios");
        results.measurements()
                .forEach((scenario, bySubject) -> bySubject.forEach((subject, rounds) -> {
                    ObjectNode node = scenarios.addObject();
                    node.put("subject", subject);
                    node.put("nodes", scenario.nodes());
                    node.put("operation", scenario.operation().label());
                    node.put("inFlight", scenario.inFlight());
                    rounds(node.putArray("rounds"), rounds);
                }));
        ArrayNode checks = root.putArray("checks");
        results.checks()
                .forEach(check -> checks.addObject()
                        .put("round", check.round())
                        .put("subject", check.subject())
                        .put("nodes", check.nodes())
                        .put("replica", check.replica())
                        .put("reopened", check.reopened())
                        .put("written", check.found().written())
                        .put("problems", check.found().problems())
                        .put("named", check.found().named()));
        mapper.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
    }

    private static void rounds(ArrayNode array, List<Measurement> rounds) {
        for (Measurement m : rounds) {
            array.addObject()
                    .put("rate", m.rate())
                    .put("operations", m.operations())
                    .put("duration", m.nanos())
                    .put("p50", m.p50Nanos())
                    .put("p99", m.p99Nanos())
                    .put("p999", m.p999Nanos())
                    .put("max", m.maxNanos())
                    .put("cpu", m.cpuNanos())
                    .put("ratePerCpuSecond", m.ratePerCpu())
                    .put("allocatedBytes", m.allocatedBytes())
                    .put("bytesPerOperation", m.bytes())
                    .put("forces", m.forces())
                    .put("errors", m.errors())
                    .put("firstError", m.firstError())
                    .put("warmUpWindows", m.warmUpWindows())
                    .put("warm", m.warm())
                    .put("systemLoad", m.systemLoad());
        }
    }
}
