package dev.quorate.sim.workload;

import dev.quorate.sim.kernel.Chance;

/**
 * How clients use sessions.
 *
 * @param rate the share of clients that write through a session
 * @param againNanos the mean time after which such a client sends a write without an answer again, perhaps elsewhere
 */
public record SessionTraits(double rate, long againNanos) {
    /** Nobody uses any. */
    public static final SessionTraits NONE = new SessionTraits(0, 1);

    /** Traits drawn by chance. */
    public static SessionTraits drawn(Chance chance) {
        return new SessionTraits(
                chance.happens(0.5) ? 1 : 0.2 + 0.8 * chance.unit(),
                chance.happens(0.5) ? chance.between(500_000, 20_000_000) : chance.between(20_000_000, 1_000_000_000));
    }
}
