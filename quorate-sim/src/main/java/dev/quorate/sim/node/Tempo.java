package dev.quorate.sim.node;

import dev.quorate.engine.Duties;
import dev.quorate.sim.kernel.Chance;
import java.util.EnumMap;
import java.util.Map;

/**
 * How long the cycles of a machine take to get to their work: the interleaving of the four is drawn from this. The time
 * of LOG is that of writing and syncing.
 *
 * @param latencies the shortest and the longest time of each cycle, in nanoseconds
 * @param pauseRate the share of steps in the middle of which the process is paused
 * @param pauseNanosMax the longest such pause
 */
public record Tempo(Map<Duties, Latency> latencies, double pauseRate, long pauseNanosMax) {
    /** From one time to another. */
    public record Latency(long minNanos, long maxNanos) {
        long draw(Chance chance) {
            return chance.between(minNanos, maxNanos);
        }
    }

    public Tempo {
        latencies = new EnumMap<>(latencies);
    }

    /** A tempo drawn by chance. */
    public static Tempo drawn(Chance chance, boolean withPauses) {
        Map<Duties, Latency> latencies = new EnumMap<>(Duties.class);
        latencies.put(Duties.LOOP, new Latency(1_000, chance.between(5_000, 400_000)));
        latencies.put(
                Duties.LOG, new Latency(50_000, chance.between(100_000, chance.happens(0.2) ? 20_000_000 : 2_000_000)));
        latencies.put(Duties.APPLY, new Latency(1_000, chance.between(5_000, 2_000_000)));
        latencies.put(Duties.BULK, new Latency(1_000, chance.between(10_000, 3_000_000)));
        return new Tempo(latencies, withPauses ? chance.unit() * 0.001 : 0, chance.between(1_000_000, 4_000_000_000L));
    }

    long latency(Duties duty, Chance chance) {
        Latency latency = latencies.get(duty);
        return latency == null ? 1_000 : latency.draw(chance);
    }
}
