package dev.quorate.sim.world;

import dev.quorate.sim.probes.Probes;
import java.util.List;
import java.util.Optional;

/**
 * What happened in a world.
 *
 * @param traceHash the hash of all events
 * @param operations how many operations of clients were answered or may have taken effect
 * @param undecided true when the judge of the history came to no end
 */
public record WorldReport(
        Scenario scenario,
        Optional<Failure> failure,
        String traceHash,
        long events,
        long simulatedNanos,
        int operations,
        long committed,
        boolean undecided,
        Probes probes) {

    /**
     * What was wrong.
     *
     * @param invariant its name
     * @param message what exactly
     * @param details the last events of each node, and what else helps, in lines
     */
    public record Failure(String invariant, String message, List<String> details) {
        public Failure {
            details = List.copyOf(details);
        }
    }
}
