package dev.quorate.engine;

import dev.quorate.spi.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The four threads of a node in production. */
final class NodeThreads {
    private final List<CycleRunner> runners = new ArrayList<>();

    NodeThreads(NodeCore core) {
        for (Duties duty : Duties.values()) {
            String name = "quorate-" + core.settings().id() + "-" + duty.name().toLowerCase(Locale.ROOT);
            runners.add(new CycleRunner(name, core.cycle(duty), core.settings().clock()));
        }
    }

    void start() {
        runners.forEach(CycleRunner::start);
    }

    /** Ends all threads and waits for them. */
    void stop() {
        for (CycleRunner runner : runners) {
            if (runner.isCurrent()) {
                throw new InvalidRequestException("a node is not closed by a callback that runs on its own thread");
            }
        }
        runners.forEach(CycleRunner::stop);
        runners.forEach(CycleRunner::join);
    }
}
