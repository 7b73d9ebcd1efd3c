package dev.quorate.sim.check;

/**
 * How much a check may do. Counted in configurations, never in time, so that the same history always gets the same
 * verdict. A configuration costs some microseconds and up to 64 bytes; one with very many pending operations counts as
 * several.
 *
 * @param searchConfigurationsMax the most configurations that the searches for an order may visit together; up to 200
 *     million
 * @param explanationConfigurationsMax the most that making an explanation short may visit besides
 */
public record CheckLimits(long searchConfigurationsMax, long explanationConfigurationsMax) {
    /** Enough for any history that one would want to wait for: up to a minute, and less than half a gigabyte. */
    public static final CheckLimits DEFAULT = new CheckLimits(5_000_000, 200_000);

    private static final long CONFIGURATIONS_MAX = 200_000_000;

    public CheckLimits {
        boolean fits = searchConfigurationsMax >= 1 && searchConfigurationsMax <= CONFIGURATIONS_MAX;
        if (!fits || explanationConfigurationsMax < 0) {
            throw new IllegalArgumentException("limits are positive, and at most " + CONFIGURATIONS_MAX);
        }
    }
}
