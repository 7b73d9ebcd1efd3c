package dev.quorate.benchmarks;

import dev.quorate.benchmarks.load.JsonReport;
import dev.quorate.benchmarks.load.Operation;
import dev.quorate.benchmarks.load.Plan;
import dev.quorate.benchmarks.load.Results;
import dev.quorate.benchmarks.load.Runner;
import dev.quorate.benchmarks.load.SubjectFactory;
import dev.quorate.benchmarks.load.TextReport;
import dev.quorate.benchmarks.subjects.EngineSubject;
import dev.quorate.benchmarks.subjects.GroupCommit;
import dev.quorate.benchmarks.subjects.KvSubject;
import dev.quorate.benchmarks.subjects.MicroRaft;
import dev.quorate.benchmarks.subjects.NoStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The closed loop against every subject, round after round. */
@Command(
        name = "load",
        description = "Puts and gets with a fixed number in flight, against a floor without consensus and a peer.",
        showDefaultValues = true,
        mixinStandardHelpOptions = true)
final class LoadCommand implements Callable<Integer> {
    private static final String FLOOR = "floor";

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--directory", required = true, description = "Where the data lies meanwhile; a real disk.")
    private Path directory = Path.of("");

    @Option(names = "--subjects", split = ",", description = "What is measured.")
    private List<String> subjects = List.of(FLOOR, "quorate", "quorate-kv", "microraft");

    @Option(names = "--nodes", split = ",", description = "Numbers of replicas.")
    private List<Integer> nodes = List.of(1, 3);

    @Option(names = "--operations", split = ",", description = "put, get-linearizable, get-lease, get-local.")
    private List<String> operations =
            Arrays.stream(Operation.values()).map(Operation::label).toList();

    @Option(names = "--in-flight", split = ",", description = "Numbers of open operations.")
    private List<Integer> inFlight = List.of(1, 64, 1000);

    @Option(names = "--rounds", description = "How often everything is measured.")
    private int rounds = 5;

    @Option(names = "--keys", description = "Number of keys, of 8 bytes each.")
    private int keys = 100_000;

    @Option(names = "--value-bytes", description = "Size of a value.")
    private int valueBytes = 256;

    @Option(names = "--window-millis", description = "Length of a window of the warm-up.")
    private int windowMillis = 500;

    @Option(names = "--warm-up-windows", description = "The most windows of the warm-up.")
    private int warmUpWindows = 12;

    @Option(names = "--tolerance", description = "How close two windows must be to end the warm-up.")
    private double tolerance = 0.1;

    @Option(names = "--measure-millis", description = "Length of the window that counts.")
    private int measureMillis = 3000;

    @Option(names = "--json", description = "Also writes every round to this file.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Plan plan = plan();
        System.out.println(heading(plan));
        Results results = new Runner(plan, System.out::println).run();
        System.out.println();
        System.out.print(TextReport.of(results, FLOOR));
        if (json != null) {
            JsonReport.write(json, plan, command(), results);
        }
        return results.isGreen() ? 0 : 1;
    }

    private Plan plan() {
        try {
            return new Plan(
                    directory,
                    subjects.stream().map(this::subject).toList(),
                    nodes,
                    operations.stream().map(Operation::ofLabel).toList(),
                    inFlight,
                    rounds,
                    keys,
                    valueBytes,
                    Duration.ofMillis(windowMillis),
                    warmUpWindows,
                    tolerance,
                    Duration.ofMillis(measureMillis));
        } catch (IllegalArgumentException e) {
            throw spec == null ? e : new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private List<SubjectFactory> known() {
        return List.of(
                GroupCommit.factory(valueBytes),
                EngineSubject.factory(),
                EngineSubject.directFactory(),
                KvSubject.factory(),
                MicroRaft.factory(valueBytes),
                NoStorage.factory());
    }

    private SubjectFactory subject(String name) {
        return known().stream()
                .filter(factory -> factory.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown subject " + name + ", known are "
                        + known().stream().map(SubjectFactory::name).collect(Collectors.joining(", "))));
    }

    private static String heading(Plan plan) {
        String subjects = plan.subjects().stream()
                .map(factory -> "  " + factory.name() + ": " + factory.description())
                .collect(Collectors.joining("\n"));
        return "Java " + Runtime.version() + ", " + Runtime.getRuntime().availableProcessors() + " processors, "
                + plan.keys() + " keys, values of " + plan.valueBytes() + " bytes, " + plan.rounds() + " rounds of "
                + plan.measured().toMillis() + " ms\n" + subjects;
    }

    private String command() {
        return spec == null
                ? "load"
                : String.join(" ", spec.commandLine().getParseResult().originalArgs());
    }
}
