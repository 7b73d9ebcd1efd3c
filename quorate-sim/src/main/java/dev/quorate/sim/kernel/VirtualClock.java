package dev.quorate.sim.kernel;

import dev.quorate.spi.NanoClock;

/**
 * The clock of one simulated machine: it begins anywhere, and runs faster or slower than the time of the world. Its
 * wall time jumps when told so.
 *
 * <pre>
 *   local = anchorLocal + (world − anchorWorld) × (1 + ratePpm / 1,000,000)
 * </pre>
 */
public final class VirtualClock implements NanoClock {
    private static final long PPM = 1_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** Keeps the products below within 64 bits. */
    private static final long ANCHOR_NANOS = 1_000_000_000_000L;

    private final Schedule schedule;
    private long anchorWorld;
    private long anchorLocal;
    private final long ratePpm;
    private long wallOffsetMillis;
    private Hook hook = clock -> 0;

    /** Called when a thread of the machine reads its clock. */
    @FunctionalInterface
    public interface Hook {
        /**
         * A pause may happen here, in which the world goes on.
         *
         * @return how long ago the clock was really read, in nanoseconds of the world: 0, or the pause that came
         *     between the reading and its use
         */
        long reading(VirtualClock clock);
    }

    /**
     * A clock.
     *
     * @param localNanos what it shows now
     * @param wallMillis its wall time now, in milliseconds since 1970
     * @param ratePpm how much faster than the world it runs, in millionths; negative for slower
     */
    public VirtualClock(Schedule schedule, long localNanos, long wallMillis, long ratePpm) {
        this.schedule = schedule;
        this.anchorWorld = schedule.nowNanos();
        this.anchorLocal = localNanos;
        this.ratePpm = ratePpm;
        this.wallOffsetMillis = wallMillis - localNanos / NANOS_PER_MILLI;
    }

    /** What is to be called at each reading. */
    public void hook(Hook onReading) {
        hook = onReading;
    }

    /** Makes the wall time jump. */
    public void jumpWall(long millis) {
        wallOffsetMillis += millis;
    }

    @Override
    public long nanoTime() {
        long agoNanos = hook.reading(this);
        return localAt(schedule.nowNanos() - agoNanos);
    }

    /** Measuring is no reading: what is counted must not change what happens. */
    @Override
    public long measuringNanos() {
        return peekNanos();
    }

    /** The local time at this moment, without anybody reading the clock. */
    public long peekNanos() {
        return localAt(schedule.nowNanos());
    }

    @Override
    public long wallMillis() {
        return wallOffsetMillis + peekNanos() / NANOS_PER_MILLI;
    }

    /** The time of the world at which this clock shows at least a local time. */
    public long worldAt(long localNanos) {
        anchorIfFar();
        long delta = localNanos - anchorLocal;
        if (delta > ANCHOR_NANOS) {
            return anchorWorld + ANCHOR_NANOS;
        }
        long world = anchorWorld + Math.max(0, delta) * PPM / (PPM + ratePpm);
        return localAt(world) >= localNanos ? world : world + 1;
    }

    private long localAt(long worldNanos) {
        anchorIfFar();
        long delta = worldNanos - anchorWorld;
        return anchorLocal + delta + Math.floorDiv(delta * ratePpm, PPM);
    }

    private void anchorIfFar() {
        if (schedule.nowNanos() - anchorWorld > ANCHOR_NANOS) {
            anchor();
        }
    }

    private void anchor() {
        long world = schedule.nowNanos();
        long delta = world - anchorWorld;
        anchorLocal += delta + Math.floorDiv(delta * ratePpm, PPM);
        anchorWorld = world;
    }
}
