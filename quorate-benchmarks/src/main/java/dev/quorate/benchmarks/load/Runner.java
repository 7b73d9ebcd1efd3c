package dev.quorate.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Works off a plan: in each round every subject in turn, so that a disturbance of the machine does not hit one alone.
 *
 * <pre>
 *   round ─► raw sync
 *         ─► subject, nodes:  open ► write every key ► each operation, each number in flight ► look up every key
 *                             ► close ► open again ► look up every key ► close ► delete
 * </pre>
 */
public final class Runner {
    private static final Duration FILL_TIMEOUT = Duration.ofMinutes(3);
    private static final int FILL_IN_FLIGHT = 256;

    private final Plan plan;
    private final Consumer<String> progress;
    private final Results results = new Results();

    /**
     * A runner that has done nothing.
     *
     * @param progress told in a line what was just measured
     */
    public Runner(Plan plan, Consumer<String> progress) {
        this.plan = plan;
        this.progress = progress;
    }

    /** Measures everything; minutes. */
    public Results run() throws IOException, InterruptedException {
        for (int round = 0; round < plan.rounds(); round++) {
            RawSync.Result rawSync = RawSync.measure(plan.directory(), plan.measured());
            results.add(rawSync);
            progress.accept("round " + (round + 1) + ": " + TextReport.line(rawSync));
            List<SubjectFactory> order = new ArrayList<>(plan.subjects());
            Collections.rotate(order, -round);
            for (SubjectFactory factory : order) {
                for (int nodes : plan.nodes()) {
                    if (factory.offersNodes(nodes)) {
                        run(round, factory, nodes);
                    }
                }
            }
        }
        return results;
    }

    private void run(int round, SubjectFactory factory, int nodes) throws IOException, InterruptedException {
        Path directory = plan.directory().resolve(factory.name() + "-" + nodes + "-" + round);
        delete(directory);
        Workload workload = new Workload(plan.keys(), plan.valueBytes());
        try {
            try (Subject subject = factory.open(directory, nodes)) {
                ClosedLoop.fill(workload, subject, FILL_IN_FLIGHT, FILL_TIMEOUT);
                for (Operation operation : plan.operations()) {
                    if (subject.offers(operation)) {
                        run(factory.name(), workload, subject, nodes, operation);
                    }
                }
                check(round, factory.name(), workload, subject, nodes, false);
            }
            if (factory.opensAgain()) {
                try (Subject subject = factory.open(directory, nodes)) {
                    check(round, factory.name(), workload, subject, nodes, true);
                }
            }
        } finally {
            delete(directory);
        }
    }

    private void run(String name, Workload workload, Subject subject, int nodes, Operation operation)
            throws InterruptedException {
        for (int inFlight : plan.inFlight()) {
            Agreement agreement = new Agreement(plan.tolerance(), plan.warmUpWindowsMax());
            Measurement measurement;
            try (ClosedLoop loop = ClosedLoop.start(workload, subject, operation, inFlight)) {
                measurement = loop.measure(agreement, ClosedLoop.Passage.REAL, plan.window(), plan.measured());
            }
            Scenario scenario = new Scenario(nodes, operation, inFlight);
            results.add(scenario, name, measurement);
            progress.accept(TextReport.line(scenario, name, measurement));
        }
    }

    private void check(int round, String name, Workload workload, Subject subject, int nodes, boolean reopened) {
        subject.settle();
        for (int i = 0; i < subject.replicas(); i++) {
            int replica = i;
            Workload.Verification found = workload.verify(key -> subject.stored(replica, workload.key(key)));
            Results.Check check = new Results.Check(round, name, nodes, replica, reopened, found);
            results.add(check);
            progress.accept(TextReport.line(check));
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.delete(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
