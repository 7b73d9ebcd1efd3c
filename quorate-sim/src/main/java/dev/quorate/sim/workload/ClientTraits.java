package dev.quorate.sim.workload;

import dev.quorate.sim.kernel.Chance;

/**
 * How the clients of a world behave.
 *
 * @param thinkNanos the mean time between an answer and the next question
 * @param patienceNanos after this time a client gives up
 * @param wanderRate how often a client goes to another node for no reason
 * @param localRate the share of reads that are local
 * @param leaseRate the share that are lease reads
 * @param compactRate the share of compactions among all requests
 */
public record ClientTraits(
        long thinkNanos,
        long patienceNanos,
        double wanderRate,
        double localRate,
        double leaseRate,
        double compactRate) {

    /**
     * The same, but most of the time nobody asks anything: then a follower that does not hear its leader has a log that
     * can win an election.
     */
    public ClientTraits quiet(Chance chance) {
        return new ClientTraits(
                chance.between(500_000_000, 4_000_000_000L),
                patienceNanos,
                wanderRate,
                localRate,
                leaseRate,
                compactRate);
    }

    /** Traits drawn by chance. */
    public static ClientTraits drawn(Chance chance) {
        return new ClientTraits(
                chance.between(1_000_000, 60_000_000),
                chance.between(2_000_000_000L, 8_000_000_000L),
                chance.unit() * 0.1,
                chance.happens(0.5) ? chance.unit() * 0.3 : 0,
                chance.happens(0.6) ? chance.unit() * 0.7 : 0,
                chance.happens(0.5) ? 0.02 : 0);
    }
}
