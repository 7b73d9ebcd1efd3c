package dev.quorate.benchmarks.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** What was measured so far, by scenario and subject, round after round. Used by one thread. */
public final class Results {
    private final Map<Scenario, Map<String, List<Measurement>>> measurements = new LinkedHashMap<>();
    private final List<RawSync.Result> rawSyncs = new ArrayList<>();
    private final List<Check> checks = new ArrayList<>();

    /** One look-up of every key in one replica. */
    public record Check(
            int round, String subject, int nodes, int replica, boolean reopened, Workload.Verification found) {}

    void add(Scenario scenario, String subject, Measurement measurement) {
        measurements
                .computeIfAbsent(scenario, unused -> new LinkedHashMap<>())
                .computeIfAbsent(subject, unused -> new ArrayList<>())
                .add(measurement);
    }

    void add(RawSync.Result rawSync) {
        rawSyncs.add(rawSync);
    }

    void add(Check check) {
        checks.add(check);
    }

    /** Everything, scenario by scenario in the order of the first measurement. */
    Map<Scenario, Map<String, List<Measurement>>> measurements() {
        return measurements;
    }

    List<RawSync.Result> rawSyncs() {
        return rawSyncs;
    }

    List<Check> checks() {
        return checks;
    }

    /** A figure of a subject over the rounds. */
    static Spread spread(List<Measurement> rounds, ToDoubleFunction<Measurement> figure) {
        return Spread.of(rounds.stream().mapToDouble(figure).toArray());
    }

    /** True when every operation was answered rightly and every key that was written is there. */
    public boolean isGreen() {
        boolean answered = measurements.values().stream()
                .flatMap(bySubject -> bySubject.values().stream())
                .flatMap(List::stream)
                .allMatch(measurement -> measurement.errors() == 0);
        return answered && checks.stream().allMatch(check -> check.found().isGreen());
    }
}
