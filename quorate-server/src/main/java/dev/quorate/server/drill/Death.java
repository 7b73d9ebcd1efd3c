package dev.quorate.server.drill;

import java.util.List;

/**
 * What clients saw of the death of a member.
 *
 * @param before writes acknowledged a second, in the two seconds before
 * @param after the same in the second after
 * @param firstSeconds from the death to the first acknowledgement of a write that was sent after it
 * @param backSeconds from the death to the first tenth of a second with at least 90 % of the throughput before
 * @param failed writes that failed or have an unknown outcome
 * @param tenths writes acknowledged a second in each tenth of a second, from one second before the death on
 */
record Death(double before, double after, double firstSeconds, double backSeconds, long failed, List<Double> tenths) {
    /** The throughput in the second after, as a share of that before. */
    double kept() {
        return before == 0 ? 0 : after / before;
    }
}
