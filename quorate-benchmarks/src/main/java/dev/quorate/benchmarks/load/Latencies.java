package dev.quorate.benchmarks.load;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** The latencies of the present window. Any thread records, one thread takes. */
final class Latencies {
    /** Everything slower counts as this much. */
    static final long NANOS_MAX = TimeUnit.MINUTES.toNanos(2);

    private static final int DIGITS = 3;

    private final Recorder recorder = new Recorder(NANOS_MAX, DIGITS);

    void record(long nanos) {
        recorder.recordValue(Math.max(0, Math.min(nanos, NANOS_MAX)));
    }

    /** What was recorded since the last call; begins the next window. */
    Histogram take() {
        return recorder.getIntervalHistogram();
    }
}
