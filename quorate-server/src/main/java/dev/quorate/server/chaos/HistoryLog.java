package dev.quorate.server.chaos;

import dev.quorate.sim.check.History;
import dev.quorate.sim.check.HistoryRules;
import dev.quorate.sim.check.HistoryWriter;
import dev.quorate.sim.check.Operation;
import dev.quorate.sim.check.Outcome;
import dev.quorate.sim.workload.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What all clients of a round saw, in memory and in a file while it happens; any thread. */
final class HistoryLog implements AutoCloseable {
    private final List<Operation> operations = new ArrayList<>();
    private final HistoryRules rules = Workload.rules();
    private final HistoryWriter file;
    private int unknown;

    HistoryLog(Path path) throws IOException {
        file = new HistoryWriter(Files.newBufferedWriter(path, StandardCharsets.UTF_8), rules);
    }

    synchronized void add(Operation operation) {
        operations.add(operation);
        if (operation.outcome() instanceof Outcome.Unknown) {
            unknown++;
        }
        try {
            file.write(operation);
            file.flush();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    synchronized int count() {
        return operations.size();
    }

    synchronized int unknownCount() {
        return unknown;
    }

    synchronized History history() {
        return new History(rules, operations);
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}
