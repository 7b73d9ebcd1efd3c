package dev.quorate.server.chaos;

import dev.quorate.server.console.Connection;
import dev.quorate.server.console.Endpoint;
import dev.quorate.sim.check.Action;
import dev.quorate.sim.check.Consistency;
import dev.quorate.sim.check.Operation;
import dev.quorate.sim.check.Outcome;
import dev.quorate.sim.workload.Workload;
import io.grpc.StatusRuntimeException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A backup that is saved while clients write, and restored into a server of its own; both by the commands that an
 * operator uses, in processes of their own.
 *
 * <p>What the restored server holds is told to the history as reads that began with the save and ended with it: then
 * the checker demands that it is one state of the store at a moment in between, with everything that was acknowledged
 * before.
 */
final class Backup {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(20);
    private static final long START_SECONDS = 60;
    private static final String PATIENCE = "30s";
    private static final String READY = "quorate ready on ";
    private static final List<Action> EVERYTHING = List.of(
            new Action.Range("r", Optional.of("s")),
            Action.Range.prefix("bank/"),
            Action.Range.prefix("count/"),
            Action.Range.prefix(CountingClient.PREFIX),
            Action.Range.prefix(Workload.SET));

    private final Path directory;
    private final Journal journal;
    private final long savedFrom;
    private final long savedUntil;

    private Backup(Path directory, Journal journal, long savedFrom, long savedUntil) {
        this.directory = directory;
        this.journal = journal;
        this.savedFrom = savedFrom;
        this.savedUntil = savedUntil;
    }

    /**
     * Saves one.
     *
     * @throws IOException when the command fails, with what it said
     */
    static Backup save(Member from, Path directory, Journal journal) throws IOException {
        Files.createDirectories(directory);
        long began = journal.nanos();
        quorate(
                "snapshot",
                "save",
                file(directory).toString(),
                "--endpoints=" + from.client(),
                "--dial-timeout=" + PATIENCE,
                "--command-timeout=" + PATIENCE);
        journal.say("saved a backup from " + from.name());
        return new Backup(directory, journal, began, journal.nanos());
    }

    private static Path file(Path directory) {
        return directory.resolve("backup");
    }

    private static List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(Members.java());
        command.add("dev.quorate.server.Main");
        command.addAll(List.of(arguments));
        return command;
    }

    private static void quorate(String... arguments) throws IOException {
        Shell.run(command(arguments).toArray(String[]::new));
    }

    /**
     * Restores it, and reads everything.
     *
     * @return the reads
     * @throws IOException when it cannot be restored, or the restored server does not serve
     */
    List<Operation> restore() throws IOException, InterruptedException {
        Path data = directory.resolve("data");
        quorate("snapshot", "restore", file(directory).toString(), "--data-dir", data.toString());
        Process server = new ProcessBuilder(
                        command("server", "--data-dir", data.toString(), "--listen-client-urls", "http://127.0.0.1:0"))
                .redirectError(directory.resolve("stderr").toFile())
                .start();
        try (Connection connection = Connection.to(awaitReady(server), ANSWER_MAX)) {
            List<Operation> reads = new ArrayList<>();
            for (Action action : EVERYTHING) {
                Outcome outcome = action.accept(new WireCall(connection.kv(), false));
                reads.add(new Operation("backup", savedFrom, savedUntil, action, outcome, Consistency.LINEARIZABLE));
            }
            journal.say("restored the backup, at revision " + reads.get(0).revision());
            return reads;
        } catch (StatusRuntimeException refused) {
            throw new IOException("the restored server refused a read: " + refused.getStatus(), refused);
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    private static Endpoint awaitReady(Process server) throws IOException, InterruptedException {
        CompletableFuture<@Nullable String> ready = CompletableFuture.supplyAsync(() -> {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
            return lines.lines()
                    .filter(line -> line.startsWith(READY))
                    .findFirst()
                    .orElse(null);
        });
        try {
            String line = ready.get(START_SECONDS, TimeUnit.SECONDS);
            if (line != null) {
                return Endpoint.parse(line.substring(READY.length()).split("[ ,]", 2)[0]);
            }
        } catch (ExecutionException | TimeoutException silent) {
            throw new IOException("the restored server did not become ready", silent);
        }
        throw new IOException("the restored server ended before it was ready");
    }
}
