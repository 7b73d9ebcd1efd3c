package dev.quorate.server.chaos;

import dev.quorate.server.console.Terminal;
import dev.quorate.server.node.Machine;
import dev.quorate.server.node.ServerCommand;
import dev.quorate.spi.NanoClock;
import dev.quorate.wal.FileDisk;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * {@code quorate server} on a machine that obeys: the same server with the same command line, but its disk and its wall
 * clock fail when an {@link Order} on standard input says so. It ends when standard input does, so that no server
 * outlives the harness.
 */
final class FaultyServer {
    private static final int EXIT_ORPHANED = 3;

    private final FaultyDisk disk;
    private final SteppedClock clock;

    FaultyServer(FaultyDisk disk, SteppedClock clock) {
        this.disk = disk;
        this.clock = clock;
    }

    /** Runs the server; the arguments are those of {@code quorate server}. */
    public static void main(String[] args) {
        FaultyDisk disk = new FaultyDisk(new FileDisk());
        SteppedClock clock = new SteppedClock(NanoClock.system());
        FaultyServer server = new FaultyServer(disk, clock);
        Thread reader = new Thread(() -> server.obeyUntilOrphaned(System.in), "quorate-orders");
        reader.setDaemon(true);
        reader.start();
        Terminal terminal = Terminal.ofProcess();
        int exitCode = ServerCommand.commandLine(
                        terminal, new Machine(disk, Segments.ofThisProcess().options(), clock))
                .execute(args);
        terminal.out().flush();
        System.exit(exitCode);
    }

    private void obeyUntilOrphaned(InputStream orders) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(orders, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                obey(Order.parse(line));
            }
        } catch (IOException | IllegalArgumentException broken) {
            System.err.println("quorate: " + broken.getMessage());
        }
        Runtime.getRuntime().halt(EXIT_ORPHANED);
    }

    /** Does what an order says. */
    void obey(Order order) {
        if (order instanceof Order.SlowDisk slow) {
            disk.delaySyncs(slow.millis());
        } else if (order instanceof Order.FullDisk full) {
            disk.fill(full.full());
        } else if (order instanceof Order.StepClock step) {
            clock.step(step.millis());
        }
    }
}
