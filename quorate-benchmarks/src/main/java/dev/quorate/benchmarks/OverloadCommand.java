package dev.quorate.benchmarks;

import dev.quorate.benchmarks.load.Overload;
import dev.quorate.benchmarks.load.Subject;
import dev.quorate.benchmarks.subjects.EngineSubject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What becomes of the admitted when far more arrives than can be done. */
@Command(
        name = "overload",
        description = "Finds what the engine can do, then offers it a multiple: how long do those wait that get in?",
        showDefaultValues = true,
        mixinStandardHelpOptions = true)
final class OverloadCommand implements Callable<Integer> {
    @Option(names = "--directory", required = true, description = "Where the data lies meanwhile; a real disk.")
    private Path directory = Path.of("");

    @Option(names = "--nodes", description = "Number of replicas.")
    private int nodes = 3;

    @Option(names = "--value-bytes", description = "Size of a value.")
    private int valueBytes = 256;

    @Option(names = "--in-flight", description = "Open operations while the capacity is looked for.")
    private int inFlight = 256;

    @Option(names = "--seconds", description = "Length of each phase.")
    private int seconds = 5;

    @Option(names = "--rounds", description = "How often; the first round warms up and does not count.")
    private int rounds = 4;

    @Option(
            names = "--factor",
            split = ",",
            description = "How much more than the capacity arrives, one after the other.")
    private double[] factors = {2, 5, 10};

    @Option(
            names = "--apply-micros",
            description = "Time that the state machine takes for each command, waiting: with 0 the processors are the"
                    + " limit, and the generator, which is in this process, has its part of them.")
    private long applyMicros;

    @Override
    public Integer call() throws Exception {
        Duration phase = Duration.ofSeconds(seconds);
        long failed = 0;
        System.out.println("| round | load | offered/s | admitted/s | refused | p50 | p99 | p99.9 |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- |");
        try (Subject subject = EngineSubject.factory(Duration.of(applyMicros, ChronoUnit.MICROS))
                .open(directory, nodes)) {
            Overload load = new Overload(subject, valueBytes);
            for (int round = 0; round < rounds; round++) {
                Overload.Phase can = load.closed(inFlight, phase);
                Overload.Phase half = load.open(can.admittedRate() / 2, phase);
                failed += can.failed() + half.failed();
                row(round, inFlight + " in flight", can);
                row(round, "half of it", half);
                for (double factor : factors) {
                    Overload.Phase tooMuch = load.open(can.admittedRate() * factor, phase);
                    failed += tooMuch.failed();
                    row(round, String.format(Locale.ROOT, "%.0f times it", factor), tooMuch);
                }
            }
        }
        System.out.println(failed + " failed otherwise");
        return failed == 0 ? 0 : 1;
    }

    /** The first round warms up. */
    private static void row(int round, String name, Overload.Phase phase) {
        if (round == 0) {
            return;
        }
        System.out.printf(
                Locale.ROOT,
                "| %d | %s | %,.0f | %,.0f | %,d | %.2f ms | %.2f ms | %.2f ms |%n",
                round,
                name,
                phase.offeredRate(),
                phase.admittedRate(),
                phase.refused(),
                phase.latencies().getValueAtPercentile(50) / 1e6,
                phase.latencies().getValueAtPercentile(99) / 1e6,
                phase.latencies().getValueAtPercentile(99.9) / 1e6);
    }
}
