package dev.quorate.server;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Durations;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.node.Logging;
import dev.quorate.sim.campaign.Campaign;
import dev.quorate.sim.campaign.CampaignReport;
import dev.quorate.sim.campaign.Judges;
import dev.quorate.sim.faults.Profile;
import dev.quorate.sim.mutants.Catalogue;
import dev.quorate.sim.mutants.Catch;
import dev.quorate.sim.mutants.Mutant;
import dev.quorate.sim.mutants.MutantRun;
import dev.quorate.sim.probes.Probe;
import dev.quorate.sim.world.Scenario;
import dev.quorate.sim.world.World;
import dev.quorate.sim.world.WorldReport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code quorate sim}. */
@Command(
        name = "sim",
        mixinStandardHelpOptions = true,
        description = {
            "Simulates a whole cluster in one thread on virtual time: the real protocol, log and store, a network and"
                    + " disks that fail, everything drawn from one seed. The same seed gives the same run, event for"
                    + " event.",
            "",
            "With --campaign or --seeds: world after world on all processors. Exit code 1 when an invariant does not"
                    + " hold; the command that repeats it is printed.",
        })
final class SimCommand implements Callable<Integer> {
    private static final long SEED_BOUND = 1_000_000_000_000L;
    private static final int PROBES_ALL_SEEDS = 1000;
    private static final int MUTANT_SEEDS_MAX = 3000;
    private static final Duration MUTANT_LIMIT = Duration.ofHours(2);
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Terminal terminal;
    private long shownNanos;
    private int toldFailures;

    @Option(names = "--seed", paramLabel = "N", description = "The (first) seed; by default one drawn from the time.")
    private @Nullable Long seed;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "0",
            description = "The number of nodes, 1 to 9; by default drawn from the seed.")
    private int nodes;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "0",
            description = "How many simulated minutes faults happen; by default some seconds, drawn from the seed.")
    private int minutes;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            defaultValue = "swarm",
            description =
                    "The faults to draw from: swarm (all), sound (no damage), calm, network, crashes, disks, time,"
                            + " leases.")
    private String profile = "swarm";

    @Option(
            names = "--campaign",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "Simulate seed after seed for this long, 10m for example.")
    private @Nullable Duration campaign;

    @Option(names = "--seeds", paramLabel = "N", description = "Simulate so many seeds, one after the other.")
    private @Nullable Long seeds;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "How many worlds, or mutants, at a time; by default one for each processor.")
    private int threads;

    @Option(
            names = "--mutants",
            description = "Prove the simulator: put each bug of the catalogue into a copy of the sources, and count the"
                    + " seeds until it is noticed. Needs a JDK and the sources.")
    private boolean mutants;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "With --mutants: how often each bug is looked for (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--only", split = ",", paramLabel = "NAME", description = "With --mutants: these bugs alone.")
    private List<String> only = List.of();

    @Option(
            names = "--sources",
            paramLabel = "DIR",
            defaultValue = ".",
            description = "With --mutants: the checkout (default: this directory).")
    private Path sources = Path.of(".");

    SimCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (nodes < 0 || nodes > 9 || minutes < 0 || threads < 0 || rounds < 1 || (seeds != null && seeds < 1)) {
            throw CommandFailedException.usage(
                    "--nodes goes from 1 to 9; --minutes, --threads, --seeds, --rounds from 1");
        }
        Logging.toNowhere();
        Scenario scenario = new Scenario(
                seed == null ? Math.floorMod(System.currentTimeMillis(), SEED_BOUND) : seed,
                nodes,
                minutes,
                readProfile());
        if (mutants) {
            return mutants(seed == null ? 1 : seed);
        }
        return campaign == null && seeds == null ? world(scenario) : campaign(scenario);
    }

    private Profile readProfile() {
        for (Profile each : Profile.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(profile)) {
                return each;
            }
        }
        throw CommandFailedException.usage("--profile is one of " + List.of(Profile.values()));
    }

    private int world(Scenario scenario) {
        WorldReport report = new World(scenario, Judges.linearizability()).run();
        terminal.line(String.format(
                Locale.ROOT,
                "seed %d: trace %s, %,d events, %.1f simulated seconds, %,d operations, %,d entries committed",
                scenario.seed(),
                report.traceHash(),
                report.events(),
                report.simulatedNanos() / 1e9,
                report.operations(),
                report.committed()));
        if (report.failure().isPresent()) {
            report.failure().get().details().forEach(terminal::line);
            terminal.line("");
            tell(report);
            return 1;
        }
        terminal.line(report.undecided() ? "ok, but the judge of the history came to no end" : "ok");
        return 0;
    }

    private int campaign(Scenario first) throws InterruptedException {
        long nanos = campaign == null ? Long.MAX_VALUE : campaign.toNanos();
        int workers = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        terminal.line("simulating from seed " + first.seed() + " on " + workers + " threads");
        terminal.out().flush();
        CampaignReport report = new Campaign(
                        first, seeds == null ? Long.MAX_VALUE : seeds, nanos, Judges.linearizability(), this::progress)
                .run(workers);
        terminal.line(report.line());
        List<Probe> missed = report.probes().missed();
        boolean mustReachAll = report.seeds() >= PROBES_ALL_SEEDS && first.profile() == Profile.SWARM;
        if (!missed.isEmpty()) {
            terminal.line((mustReachAll ? "probes that no seed reached: " : "not reached: ") + missed);
        }
        return report.failures().isEmpty() && (missed.isEmpty() || !mustReachAll) ? 0 : 1;
    }

    private int mutants(long firstSeed) throws InterruptedException {
        MutantRun run = new MutantRun(sources, MUTANT_SEEDS_MAX, rounds, MUTANT_LIMIT);
        List<Mutant> chosen = chosenMutants();
        int running = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        ExecutorService runners = Executors.newFixedThreadPool(running);
        int survivors = 0;
        try {
            List<Future<Catch>> results = chosen.stream()
                    .map(mutant -> runners.submit(() -> run.run(mutant, firstSeed)))
                    .toList();
            for (Future<Catch> result : results) {
                Catch caught = result.get();
                survivors += caught.isCaught() ? 0 : 1;
                terminal.line(caught.row());
                terminal.out().flush();
            }
        } catch (ExecutionException e) {
            throw new CommandFailedException("the mutants cannot be made: " + e.getCause());
        } finally {
            runners.shutdownNow();
        }
        terminal.line(chosen.size() + " mutants, " + survivors + " not always caught");
        return survivors == 0 ? 0 : 1;
    }

    private List<Mutant> chosenMutants() {
        List<String> known = Catalogue.all().stream().map(Mutant::name).toList();
        for (String name : only) {
            if (!known.contains(name)) {
                throw CommandFailedException.usage("--only: no mutant is called " + name + ", there are " + known);
            }
        }
        return Catalogue.all().stream()
                .filter(mutant -> only.isEmpty() || only.contains(mutant.name()))
                .toList();
    }

    private void progress(CampaignReport report) {
        for (; toldFailures < report.failures().size(); toldFailures++) {
            tell(report.failures().get(toldFailures));
            terminal.out().flush();
        }
        if (report.nanos() - shownNanos >= LINE_NANOS) {
            shownNanos = report.nanos();
            terminal.note(report.line());
        }
    }

    private void tell(WorldReport failed) {
        failed.failure().ifPresent(failure -> terminal.line("FAILED " + failure.message()));
        terminal.line("  repeat with: " + failed.scenario().command());
    }
}
