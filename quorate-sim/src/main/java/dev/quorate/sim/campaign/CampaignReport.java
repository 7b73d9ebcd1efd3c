package dev.quorate.sim.campaign;

import dev.quorate.sim.probes.Probe;
import dev.quorate.sim.probes.Probes;
import dev.quorate.sim.world.WorldReport;
import java.util.List;
import java.util.Locale;

/**
 * The sum of the worlds that have ended.
 *
 * @param failures the worlds that failed, at most {@link Campaign#FAILURES_MAX} of them
 * @param undecided how many histories the judge came to no end with
 * @param nanos the real time since the campaign began
 */
public record CampaignReport(
        long seeds,
        long events,
        long simulatedNanos,
        long operations,
        long undecided,
        List<WorldReport> failures,
        Probes probes,
        long nanos) {
    private static final double NANOS = 1e9;

    public CampaignReport {
        failures = List.copyOf(failures);
    }

    /** One line for those who watch. */
    public String line() {
        double seconds = Math.max(nanos / NANOS, 1e-9);
        return String.format(
                Locale.ROOT,
                "%,d seeds (%.1f/s), %,.0f events/s, %.1f simulated hours, %,d operations, %d of %d probes%s%s",
                seeds,
                seeds / seconds,
                events / seconds,
                simulatedNanos / NANOS / 3600,
                operations,
                probes.reached(),
                Probe.values().length,
                undecided == 0 ? "" : ", " + undecided + " histories undecided",
                failures.isEmpty() ? "" : ", " + failures.size() + " FAILED");
    }
}
