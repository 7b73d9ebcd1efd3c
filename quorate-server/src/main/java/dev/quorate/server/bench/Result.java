package dev.quorate.server.bench;

import dev.quorate.server.console.Endpoint;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a run has shown.
 *
 * @param endpoints the servers
 * @param seconds from the first measured call to the last answer
 * @param rows the figures of each kind of call
 * @param failures how calls failed, while it was measured
 * @param unsent calls of the schedule that were due and could not be made
 * @param warmUpFailures calls that failed before anything was measured
 * @param servers what the server processes used meanwhile; empty when nobody named them
 * @param clientCpu what this process used meanwhile
 * @param verification what looking for all acknowledged writes gave; empty when it was not done
 */
record Result(
        Load load,
        List<Endpoint> endpoints,
        double seconds,
        List<Row> rows,
        List<Failures> failures,
        long unsent,
        long warmUpFailures,
        Optional<ServerCosts> servers,
        Duration clientCpu,
        Optional<Verification> verification) {
    /**
     * How often calls failed in one way.
     *
     * @param message what was said the first time
     */
    record Failures(Failure failure, long count, String message) {}

    Result {
        endpoints = List.copyOf(endpoints);
        rows = List.copyOf(rows);
        failures = List.copyOf(failures);
    }

    /** All kinds of calls in one. */
    Row all() {
        return Row.sum(rows);
    }

    /** Calls in a second that were answered as they should be. */
    double perSecond(Row row) {
        return row.operations() / Math.max(seconds, 1e-9);
    }
}
