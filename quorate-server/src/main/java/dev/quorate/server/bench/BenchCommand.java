package dev.quorate.server.bench;

import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Durations;
import dev.quorate.server.console.OutputOptions;
import dev.quorate.server.console.Terminal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code quorate bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Puts a load on whatever speaks the etcd v3 API, and measures it.",
            "",
            "Its keys stay behind: 'quorate del bench/ --prefix' removes them. Latencies are of calls that succeeded;"
                    + " with --rate they count from when a call was due, not from when it could be made. A write that"
                    + " failed is refused (nothing happened) or unknown (it may have).",
            "",
            "Exit code 1: a server lost an acknowledged write, could not be reached, or answered nothing as it should.",
        })
public final class BenchCommand implements Callable<Integer> {
    private static final int CLIENTS = 50;
    private static final int KEY_SIZE = 16;
    private static final Duration NO_LIMIT = Load.DURATION_MAX;

    private final Terminal terminal;

    @Parameters(
            arity = "1..*",
            paramLabel = "SCENARIO",
            converter = Scenario.Converter.class,
            description = "What to ask for, one after the other: put (writes of any key), range-linearizable,"
                    + " range-serializable (reads of one server's own state), hot-keys (writes, nine of ten to a few"
                    + " keys), mixed (linearizable reads and writes), txn (compare-and-swap), large-values.")
    private List<Scenario> scenarios = List.of();

    @Mixin
    private ClientOptions server = new ClientOptions();

    @Mixin
    private OutputOptions output = new OutputOptions();

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "" + CLIENTS,
            description = "Calls under way at a time (default: ${DEFAULT-VALUE}).")
    private int clients = CLIENTS;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Connections that carry them, to each server in turn (default: one for each server).")
    private @Nullable Integer connections;

    @Option(
            names = "--keys",
            paramLabel = "N",
            description = "Keys to choose from (default: 10000; for large-values 100).")
    private @Nullable Integer keys;

    @Option(
            names = "--key-size",
            paramLabel = "BYTES",
            defaultValue = "" + KEY_SIZE,
            description = "Size of a key (default: ${DEFAULT-VALUE}).")
    private int keySize = KEY_SIZE;

    @Option(
            names = "--value-size",
            paramLabel = "BYTES",
            description = "Size of a value (default: 256; for large-values 262144).")
    private @Nullable Integer valueSize;

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            defaultValue = "bench/",
            description = "What every key begins with (default: ${DEFAULT-VALUE}).")
    private String prefix = "bench/";

    @Option(
            names = "--range-keys",
            paramLabel = "N",
            defaultValue = "1",
            description = "Keys that one range reads (default: ${DEFAULT-VALUE}).")
    private int rangeKeys = 1;

    @Option(
            names = "--read-percent",
            paramLabel = "N",
            defaultValue = "80",
            description = "Reads of a hundred calls of mixed (default: ${DEFAULT-VALUE}).")
    private int readPercent = 80;

    @Option(
            names = "--hot-keys",
            paramLabel = "N",
            description = "Keys that are hot (default: 10, or all when there are fewer).")
    private @Nullable Integer hotKeys;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Calls due in a second, evenly spread, however fast they are answered (default: every client"
                    + " calls again when it is answered).")
    private @Nullable Integer rate;

    @Option(
            names = "--warm-up",
            paramLabel = "TIME",
            defaultValue = "2s",
            converter = Durations.class,
            description = "How long to run before anything is measured, with --total no more calls than that"
                    + " (default: ${DEFAULT-VALUE}).")
    private Duration warmUp = Duration.ZERO;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = Durations.class,
            description = "How long to measure (default: 10s; with --total as long as it takes, at most 24h).")
    private @Nullable Duration duration;

    @Option(
            names = "--total",
            paramLabel = "N",
            description = "How many calls to measure (default: as many as the time allows; for large-values 1000, as"
                    + " servers keep every version).")
    private @Nullable Long total;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The same seed chooses the same keys (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--verify",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Look for every acknowledged write in the end (default); --no-verify does not.")
    private boolean verify = true;

    @Option(
            names = "--plot",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Draw the latencies (default); --no-plot does not.")
    private boolean plot = true;

    @Option(
            names = "--server-pid",
            paramLabel = "PID",
            split = ",",
            description = "A server's process on this machine, whose CPU time is counted; repeatable.")
    private List<Long> serverPids = List.of();

    public BenchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<Load> loads = new ArrayList<>();
        try {
            for (Scenario scenario : scenarios) {
                loads.add(load(scenario));
            }
        } catch (IllegalArgumentException bad) {
            throw CommandFailedException.usage(String.valueOf(bad.getMessage()));
        }
        int exitCode = 0;
        for (Load load : loads) {
            exitCode = Math.max(exitCode, run(load));
        }
        return exitCode;
    }

    private int run(Load load) {
        Result result;
        try (BenchRun run = new BenchRun(load, server, serverPids, terminal)) {
            result = run.run(verify);
        }
        if (output.json()) {
            terminal.line(new JsonReport(result).line());
        } else {
            new TextReport(result).lines(plot).forEach(terminal::line);
            terminal.line("");
        }
        terminal.out().flush();
        return judge(result);
    }

    private int judge(Result result) {
        Optional<Verification> lost = result.verification().filter(verification -> !verification.isGreen());
        String name = result.load().scenario().label();
        if (lost.isPresent()) {
            terminal.note("quorate bench: " + name + ": acknowledged writes are not there: "
                    + lost.get().first());
            return 1;
        }
        if (result.all().operations() == 0) {
            terminal.note("quorate bench: " + name + ": no call succeeded");
            return 1;
        }
        return 0;
    }

    private Load load(Scenario scenario) {
        int keyCount = keys == null ? scenario.keysByDefault() : keys;
        int hot = hotKeys == null ? Math.max(1, Math.min(scenario.hotKeysByDefault(), keyCount)) : hotKeys;
        Shape shape = new Shape(
                prefix,
                keyCount,
                keySize,
                valueSize == null ? scenario.valueSizeByDefault() : valueSize,
                rangeKeys,
                readPercent,
                hot);
        long calls = total != null ? total : duration == null ? scenario.totalByDefault() : Long.MAX_VALUE;
        Duration longest = duration != null ? duration : total == null ? scenario.durationByDefault() : NO_LIMIT;
        int channels = connections == null ? Math.min(server.endpoints().size(), clients) : connections;
        return new Load(scenario, shape, clients, channels, Optional.ofNullable(rate), warmUp, longest, calls, seed);
    }
}
