package dev.quorate.server.drill;

import java.util.List;
import java.util.Map;

/**
 * What clients saw of the death of a member.
 *
 * @param before writes acknowledged a second, in the two seconds before
 * @param after the same in the second after
 * @param firstSeconds from the death to the first acknowledgement of a write that was sent after it
 * @param backSeconds from the death to the first tenth of a second with at least 90 % of the throughput before
 * @param refused writes that certainly did not happen
 * @param unknown writes that may have happened
 * @param reasons what was said of those that failed, and how often
 * @param tenths writes acknowledged a second in each tenth of a second, from one second before the death on
 */
record Death(
        double before,
        double after,
        double firstSeconds,
        double backSeconds,
        long refused,
        long unknown,
        Map<String, Long> reasons,
        List<Double> tenths) {
    /** The throughput in the second after, as a share of that before. */
    double kept() {
        return before == 0 ? 0 : after / before;
    }
}
