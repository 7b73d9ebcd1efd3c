package dev.quorate.server.chaos;

import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Terminal;
import dev.quorate.server.node.Logging;
import dev.quorate.server.node.Workplace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code quorate chaos}. */
@Command(
        name = "chaos",
        mixinStandardHelpOptions = true,
        description = {
            "Starts clusters of real server processes, lets clients write and read while faults happen, heals"
                    + " everything, and checks what is left: again and again, each round with a cluster of its own.",
            "",
            "After each round every member must be there and hold the same within a minute, no acknowledged write may"
                    + " be lost, and the history of all clients must be linearizable. Exit code 1 when that does not"
                    + " hold; what happened stays in a directory then.",
        })
public final class ChaosCommand implements Callable<Integer> {
    private static final int NODES_MAX = 7;
    /** More obstacles than these are the rule here, and no accident. */
    private static final int BROKEN_OFF_MAX = 3;

    private static final long SEED_BOUND = 1_000_000_000_000L;

    private final Terminal terminal;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            defaultValue = "5",
            description = "Begin no further round after so many minutes (default: ${DEFAULT-VALUE}).")
    private int minutes;

    @Option(names = "--rounds", paramLabel = "N", description = "So many rounds, whatever time they take.")
    private @Nullable Integer rounds;

    @Option(names = "--seed", paramLabel = "SEED", description = "Repeats the choices of an earlier run.")
    private @Nullable Long seed;

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "0",
            description = "The number of members, 3 to 7; by default drawn: 3 or 5.")
    private int nodes;

    @Option(
            names = "--round-seconds",
            paramLabel = "S",
            defaultValue = "0",
            description = "How long faults happen in a round; by default drawn: 45 to 80.")
    private int roundSeconds;

    @Option(
            names = "--faults",
            split = ",",
            paramLabel = "KIND",
            description = "Only these: kill-leader, pause, split, ... By default all.")
    private List<String> faults = List.of();

    @Option(
            names = "--network",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "namespaces (needs root), relays, or auto: drawn from what this machine allows.")
    private String network = "auto";

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Where everything is kept; a temporary directory if not given, which stays after a failure.")
    private @Nullable Path directory;

    public ChaosCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        boolean fits = nodes == 0 || (nodes >= 3 && nodes <= NODES_MAX);
        if (!fits || minutes < 1 || roundSeconds < 0 || (rounds != null && rounds < 1)) {
            throw CommandFailedException.usage(
                    "--nodes goes from 3 to " + NODES_MAX + ", --minutes and --rounds from 1");
        }
        Logging.toNowhere();
        List<FaultKind> kinds = kinds();
        Interruption interruption = Interruption.install();
        try (Workplace workplace = Workplace.in(directory, "quorate-chaos")) {
            long first = seed == null ? Math.floorMod(System.currentTimeMillis(), SEED_BOUND) : seed;
            say("chaos from seed " + first + ", in " + workplace.path());
            RoundPlan.Choice choice = choice(kinds);
            Totals totals = run(first, choice, workplace);
            totals.lines(kinds).forEach(terminal::line);
            return totals.rounds() > 0 && totals.failedRounds() == 0 ? 0 : 1;
        } catch (IOException failed) {
            throw new CommandFailedException("the run broke off: " + failed.getMessage());
        } finally {
            interruption.cleaned();
        }
    }

    private List<FaultKind> kinds() {
        List<FaultKind> kinds = new ArrayList<>();
        for (String word : faults) {
            kinds.add(FaultKind.of(word.strip())
                    .orElseThrow(() -> CommandFailedException.usage(
                            "--faults: '" + word + "' is no fault; there are " + words())));
        }
        return kinds.isEmpty() ? List.of(FaultKind.values()) : kinds;
    }

    private static String words() {
        return String.join(
                ", ", List.of(FaultKind.values()).stream().map(FaultKind::word).toList());
    }

    private RoundPlan.Choice choice(List<FaultKind> kinds) {
        Networks networks = Networks.ofThisMachine();
        networks.notes().forEach(this::say);
        List<String> names = networks.names();
        if (!network.equals("auto")) {
            if (!names.contains(network)) {
                throw CommandFailedException.usage("--network: there is no " + network + ", only auto and " + names);
            }
            names = List.of(network);
        }
        if (names.isEmpty()) {
            throw new CommandFailedException("this machine allows no network of processes");
        }
        return new RoundPlan.Choice(nodes, names, networks.shaping(), kinds, roundSeconds * 1_000);
    }

    private Totals run(long first, RoundPlan.Choice choice, Workplace workplace)
            throws IOException, InterruptedException {
        boolean mounts = Volumes.canMount(workplace.path());
        if (!mounts) {
            say("no small file systems here (mount -t tmpfs was refused): full disks are imitated");
        }
        long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(minutes);
        Totals totals = new Totals();
        for (int i = 0; rounds == null ? System.nanoTime() < end : i < rounds; i++) {
            long roundSeed = first + i;
            RoundPlan plan = RoundPlan.drawn(roundSeed, choice);
            Path home = workplace.path().resolve("round-" + roundSeed);
            RoundReport report;
            try {
                report = new Round(plan, home, mounts).run(roundSeed);
            } catch (IOException obstacle) {
                // An address that somebody else holds, for example: that says nothing of the servers.
                say("seed " + roundSeed + ": not run to its end, " + obstacle.getMessage());
                if (totals.brokenOff() > BROKEN_OFF_MAX) {
                    throw obstacle;
                }
                continue;
            }
            totals.add(report);
            say(line(roundSeed, plan, report));
            if (!report.violations().isEmpty()) {
                workplace.keep();
                report.violations().forEach(terminal::line);
                say("  everything is in " + home);
                say("  repeat the choices with: quorate chaos --rounds 1 --seed " + roundSeed);
            } else if (directory == null) {
                Workplace.delete(home);
            }
        }
        return totals;
    }

    private static String line(long seed, RoundPlan plan, RoundReport report) {
        return String.format(
                Locale.ROOT,
                "seed %d: %s, %d members, %s, %d faults, %,d operations, %d unknown%s",
                seed,
                report.violations().isEmpty() ? report.undecided() ? "undecided" : "ok" : "VIOLATED",
                plan.nodes(),
                plan.network(),
                report.faults(),
                report.operations(),
                report.unknown(),
                report.ends() == 0 ? "" : ", " + report.ends() + " processes ended by themselves");
    }

    private void say(String line) {
        terminal.line(line);
        terminal.out().flush();
    }
}
