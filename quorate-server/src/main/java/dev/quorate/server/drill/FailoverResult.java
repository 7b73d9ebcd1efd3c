package dev.quorate.server.drill;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * What a failover test measured.
 *
 * @param capacity writes a second of the whole cluster under full load
 * @param rate of the loads with a rate
 * @param paced followers that died under a load with a rate
 * @param full followers that died under full load
 * @param leaders leaders that died under a load with a rate
 * @param byLog members that returned and caught up by entries
 * @param bySnapshot members that returned and needed a snapshot
 */
record FailoverResult(
        Duration electionTimeout,
        double capacity,
        int rate,
        List<Death> paced,
        List<Death> full,
        List<Death> leaders,
        List<Return> byLog,
        List<Return> bySnapshot) {
    /** The throughput that is to be kept in the second after a follower dies. */
    static final double KEPT_MIN = 0.99;

    /** How many election timeouts the death of a leader may cost. */
    static final double TIMEOUTS_MAX = 2;

    /** The share of the throughput that the death of a follower leaves, the median of the deaths at a rate. */
    double kept() {
        return Spread.of(paced, Death::kept).median();
    }

    /** How long the death of a leader stops writes, in election timeouts, the median. */
    double timeouts() {
        return inTimeouts(Spread.of(leaders, Death::firstSeconds).median());
    }

    /** What was said of the writes that failed when leaders died, and how often. */
    Map<String, Long> reasons() {
        Map<String, Long> all = new TreeMap<>();
        leaders.forEach(death -> death.reasons().forEach((reason, times) -> all.merge(reason, times, Long::sum)));
        return all;
    }

    double inTimeouts(double seconds) {
        return seconds / (electionTimeout.toNanos() / 1e9);
    }

    boolean followerDeathIsCheap() {
        return kept() >= KEPT_MIN;
    }

    boolean leaderIsReplacedInTime() {
        return timeouts() <= TIMEOUTS_MAX;
    }

    /** The middle of some figures, and their ends. */
    record Spread(double median, double least, double most) {
        static <T> Spread of(List<T> items, ToDoubleFunction<T> figure) {
            double[] sorted = items.stream().mapToDouble(figure).sorted().toArray();
            if (sorted.length == 0) {
                throw new IllegalArgumentException("a spread of nothing");
            }
            int half = sorted.length / 2;
            double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
            return new Spread(median, sorted[0], sorted[sorted.length - 1]);
        }
    }
}
