package dev.quorate.benchmarks.load;

/**
 * Decides when a subject is warm: two windows in a row whose rates differ by no more than a tolerance. Bounded, because
 * on a busy machine that may never happen.
 */
final class Agreement {
    private final double tolerance;
    private final int windowsMax;
    private double previous = Double.NaN;
    private int windows;
    private boolean agreed;

    /**
     * Nothing seen yet.
     *
     * @param tolerance the greatest difference, as a part of the greater rate
     * @param windowsMax the most windows to wait
     */
    Agreement(double tolerance, int windowsMax) {
        this.tolerance = tolerance;
        this.windowsMax = windowsMax;
    }

    /** Takes the rate of the next window; true when measuring may begin. */
    boolean isWarm(double rate) {
        windows++;
        agreed = rate > 0 && Math.abs(rate - previous) <= tolerance * Math.max(rate, previous);
        previous = rate;
        return agreed || windows >= windowsMax;
    }

    /** True when the last two windows agreed; false when waiting ended without that. */
    boolean agreed() {
        return agreed;
    }

    int windows() {
        return windows;
    }
}
