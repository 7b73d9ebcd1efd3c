package dev.quorate.server.bench;

import dev.quorate.server.console.ClientOptions;
import dev.quorate.server.console.CommandFailedException;
import dev.quorate.server.console.Connection;
import dev.quorate.server.console.Endpoint;
import dev.quorate.server.console.Progress;
import dev.quorate.server.console.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** One load on its way: connections, keys filled in, warm-up, the part that counts, the look for what was written. */
final class BenchRun implements AutoCloseable {
    private static final Path PROC = Path.of("/proc");
    private static final Duration FILL_MAX = Duration.ofMinutes(10);

    private final Load load;
    private final ClientOptions server;
    private final List<Long> serverPids;
    private final Terminal terminal;
    private final Ledger ledger;
    private final KeySpace space;
    private final List<Connection> connections = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "quorate-bench-pause");
        thread.setDaemon(true);
        return thread;
    });

    BenchRun(Load load, ClientOptions server, List<Long> serverPids, Terminal terminal) {
        this.load = load;
        this.server = server;
        this.serverPids = List.copyOf(serverPids);
        this.terminal = terminal;
        this.space = new KeySpace(load.shape(), load.seed());
        this.ledger = new Ledger(space);
    }

    /**
     * Runs the load.
     *
     * @param verify whether to look for what was written
     * @throws CommandFailedException when a server cannot be reached, or the keys that are read cannot be written
     */
    Result run(boolean verify) {
        Optional<ServerCosts> known = costs();
        connect();
        if (load.scenario().needsAllKeys()) {
            fill();
        }
        long warmUpFailures = 0;
        if (!load.warmUp().isZero()) {
            // No more calls than are measured: a limit on their number is there because servers fill up.
            Loop warmUp = loop(new Loop.Bounds(load.warmUp(), load.total()));
            run(warmUp, "warm-up");
            warmUpFailures = failures(warmUp.tally());
        }
        Optional<ServerCosts> serversBefore = known.isEmpty() ? known : costs();
        Duration cpuBefore = ownCpu();
        Loop measured = loop(new Loop.Bounds(load.duration(), load.total()));
        run(measured, load.scenario().label());
        Duration cpu = ownCpu().minus(cpuBefore);
        Optional<ServerCosts> servers = serversBefore.flatMap(this::costsSince);
        Optional<Verification> verification = verify && load.scenario().writes()
                ? Optional.of(new Verifier(load.shape(), space, ledger).verify(connections.get(0)))
                : Optional.empty();
        Tally tally = measured.tally();
        List<Result.Failures> failures = tally.failures().entrySet().stream()
                .map(each -> new Result.Failures(
                        each.getKey(), each.getValue().count(), each.getValue().message()))
                .toList();
        return new Result(
                load,
                server.endpoints(),
                tally.seconds(),
                tally.rows(),
                failures,
                measured.unsent(),
                warmUpFailures,
                servers,
                cpu,
                verification);
    }

    private void connect() {
        List<Endpoint> endpoints = server.endpoints();
        for (int i = 0; i < load.connections(); i++) {
            connections.add(server.connectTo(endpoints.get(i % endpoints.size())));
        }
        SplittableRandom random = new SplittableRandom(load.seed());
        for (int i = 0; i < load.clients(); i++) {
            Connection connection = connections.get(i % connections.size());
            clients.add(new Client(load.shape(), space, ledger, connection, random.split()));
        }
    }

    /** Writes every key once, as fast as the clients can. */
    private void fill() {
        AtomicInteger next = new AtomicInteger();
        Tally tally = new Tally(List.of(Kind.PUT));
        Loop loop = new Loop(
                clients,
                random -> new Scenario.Step(Kind.PUT, next.getAndIncrement()),
                new Loop.Bounds(FILL_MAX, space.keys()),
                Optional.empty(),
                tally,
                timer);
        run(loop, "fill");
        long failed = failures(tally);
        if (failed > 0 || tally.calls() < space.keys()) {
            String why = tally.failures().values().stream()
                    .findFirst()
                    .map(first -> ": " + first.message())
                    .orElse("");
            throw new CommandFailedException(
                    tally.calls() - failed + " of " + space.keys() + " keys could be written to be read" + why);
        }
    }

    private Loop loop(Loop.Bounds bounds) {
        return new Loop(
                clients,
                random -> load.scenario().next(load.shape(), random),
                bounds,
                load.rate().map(RateSchedule::new),
                new Tally(load.scenario().kinds()),
                timer);
    }

    private void run(Loop loop, String name) {
        Progress progress = new Progress(terminal, name, "calls");
        loop.run(server.commandTimeout(), progress::update);
        progress.clear();
    }

    private static long failures(Tally tally) {
        return tally.failures().values().stream()
                .mapToLong(Tally.Failures::count)
                .sum();
    }

    private Optional<ServerCosts> costs() {
        if (serverPids.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(ServerCosts.read(PROC, serverPids));
        } catch (IOException gone) {
            throw new CommandFailedException(String.valueOf(gone.getMessage()));
        }
    }

    /** A server that ended meanwhile costs these figures, not the others. */
    private Optional<ServerCosts> costsSince(ServerCosts before) {
        try {
            return Optional.of(ServerCosts.read(PROC, serverPids).since(before));
        } catch (IOException gone) {
            terminal.note("no CPU time of the servers: " + gone.getMessage());
            return Optional.empty();
        }
    }

    private static Duration ownCpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        connections.forEach(Connection::close);
    }
}
