package dev.quorate.server.bench;

import java.time.Duration;
import java.util.Optional;

/**
 * All that decides what a bench does; the same load and seed choose the same keys.
 *
 * @param clients how many calls may be under way
 * @param connections how many connections carry them
 * @param rate how many calls are due in a second; empty for as many as the clients manage
 * @param warmUp how long it runs before anything is measured
 * @param duration how long it is measured at most
 * @param total how many calls are measured at most
 */
record Load(
        Scenario scenario,
        Shape shape,
        int clients,
        int connections,
        Optional<Integer> rate,
        Duration warmUp,
        Duration duration,
        long total,
        long seed) {
    static final int CLIENTS_MAX = 10_000;
    static final int CONNECTIONS_MAX = 1_000;
    static final int RATE_MAX = 10_000_000;
    static final Duration WARM_UP_MAX = Duration.ofHours(1);
    static final Duration DURATION_MAX = Duration.ofHours(24);

    Load {
        Limit.require("--clients", clients, 1, CLIENTS_MAX);
        Limit.require("--connections", connections, 1, CONNECTIONS_MAX);
        if (connections > clients) {
            throw new IllegalArgumentException(
                    "--connections is " + connections + ", more than the " + clients + " clients that could use them");
        }
        rate.ifPresent(perSecond -> Limit.require("--rate", perSecond, 1, RATE_MAX));
        Limit.require("--total", total, 1, Long.MAX_VALUE);
        if (warmUp.isNegative() || warmUp.compareTo(WARM_UP_MAX) > 0) {
            throw new IllegalArgumentException("--warm-up must be at most " + WARM_UP_MAX.toHours() + "h");
        }
        if (duration.isNegative() || duration.isZero() || duration.compareTo(DURATION_MAX) > 0) {
            throw new IllegalArgumentException(
                    "--duration must be above 0 and at most " + DURATION_MAX.toHours() + "h");
        }
    }
}
