package dev.quorate.sim.campaign;

import dev.quorate.sim.probes.Probes;
import dev.quorate.sim.world.HistoryJudge;
import dev.quorate.sim.world.Scenario;
import dev.quorate.sim.world.World;
import dev.quorate.sim.world.WorldReport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs worlds with the seeds from one number on. */
public final class Campaign {
    /** After so many failures a campaign ends. */
    public static final int FAILURES_MAX = 10;

    private final Scenario first;
    private final long seedsMax;
    private final long nanosMax;
    private final HistoryJudge judge;
    private final Consumer<CampaignReport> progress;
    private final long began = System.nanoTime();
    private final Probes probes = new Probes();
    private final List<WorldReport> failures = new ArrayList<>();
    private long started;
    private long ended;
    private long events;
    private long simulatedNanos;
    private long operations;
    private long undecided;

    /**
     * A campaign.
     *
     * @param first the first world; each next one has the next seed
     * @param seedsMax how many
     * @param nanosMax after this time no world begins any more
     * @param progress called when a world has ended, one at a time
     */
    public Campaign(
            Scenario first, long seedsMax, long nanosMax, HistoryJudge judge, Consumer<CampaignReport> progress) {
        this.first = first;
        this.seedsMax = seedsMax;
        this.nanosMax = nanosMax;
        this.judge = judge;
        this.progress = progress;
    }

    /**
     * Runs all worlds on so many threads, and waits for them.
     *
     * @throws IllegalStateException when a thread died of something that is no failure of its world
     */
    public CampaignReport run(int threads) throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        AtomicReference<@Nullable Throwable> death = new AtomicReference<>();
        for (int i = 0; i < threads; i++) {
            Thread worker = new Thread(this::work, "worlds-" + i);
            worker.setDaemon(true);
            worker.setUncaughtExceptionHandler((thread, cause) -> death.compareAndSet(null, cause));
            workers.add(worker);
            worker.start();
        }
        for (Thread worker : workers) {
            worker.join();
        }
        Throwable cause = death.get();
        if (cause != null) {
            throw new IllegalStateException("a thread of the campaign died of " + cause, cause);
        }
        return report();
    }

    private void work() {
        for (long place = next(); place >= 0; place = next()) {
            add(new World(first.withSeed(first.seed() + place), judge).run());
        }
    }

    private synchronized long next() {
        boolean over = started >= seedsMax
                || failures.size() >= FAILURES_MAX
                || (started > 0 && System.nanoTime() - began >= nanosMax);
        return over ? -1 : started++;
    }

    private synchronized void add(WorldReport world) {
        ended++;
        events += world.events();
        simulatedNanos += world.simulatedNanos();
        operations += world.operations();
        undecided += world.undecided() ? 1 : 0;
        probes.add(world.probes());
        if (world.failure().isPresent()) {
            failures.add(world);
        }
        progress.accept(report());
    }

    private synchronized CampaignReport report() {
        Probes sum = new Probes();
        sum.add(probes);
        return new CampaignReport(
                ended, events, simulatedNanos, operations, undecided, failures, sum, System.nanoTime() - began);
    }
}
