package dev.quorate.server.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * A histogram drawn in characters, six bars to a power of ten.
 *
 * <pre>
 *    150 µs –  200 µs  |##########                              |       1,204   12.0 %
 *    200 µs –  300 µs  |########################################|       4,816   48.2 %
 * </pre>
 */
final class Plot {
    private static final int WIDTH = 40;
    private static final long[] STEPS = {100, 150, 200, 300, 500, 700};
    private static final List<Long> BOUNDS = bounds();

    /** One bar: how many latencies were from {@code from} to before {@code to}, in nanoseconds. */
    record Bar(long from, long to, long count) {}

    private Plot() {}

    /** The bars from the first to the last that is not empty; their counts add up to all latencies. */
    static List<Bar> bars(Histogram latencies) {
        Map<Integer, Long> counts = new TreeMap<>();
        for (HistogramIterationValue step : latencies.recordedValues()) {
            long latency = latencies.lowestEquivalentValue(step.getValueIteratedTo());
            counts.merge(bar(latency), step.getCountAddedInThisIterationStep(), Long::sum);
        }
        List<Bar> bars = new ArrayList<>();
        if (!counts.isEmpty()) {
            int first = counts.keySet().iterator().next();
            int last =
                    counts.keySet().stream().mapToInt(Integer::intValue).max().orElse(first);
            for (int bar = first; bar <= last; bar++) {
                bars.add(new Bar(BOUNDS.get(bar), BOUNDS.get(bar + 1), counts.getOrDefault(bar, 0L)));
            }
        }
        return bars;
    }

    /** The histogram as lines; none when there is nothing to show. */
    static List<String> lines(Histogram latencies) {
        List<Bar> bars = bars(latencies);
        long highest = bars.stream().mapToLong(Bar::count).max().orElse(1);
        return bars.stream()
                .map(bar -> line(bar, highest, latencies.getTotalCount()))
                .toList();
    }

    private static String line(Bar bar, long highest, long total) {
        int full = (int) Math.ceil((double) bar.count() * WIDTH / highest);
        return String.format(
                Locale.ROOT,
                "%8s – %8s  |%s%s| %,11d  %5.1f %%",
                Figures.time(bar.from()),
                Figures.time(bar.to()),
                "#".repeat(full),
                " ".repeat(WIDTH - full),
                bar.count(),
                100.0 * bar.count() / total);
    }

    /** The number of the bar that holds a latency. */
    private static int bar(long latency) {
        int bar = 0;
        while (latency >= BOUNDS.get(bar + 1)) {
            bar++;
        }
        return bar;
    }

    /** 0, 100 ns, 150 ns and so on, to one above the longest latency. */
    private static List<Long> bounds() {
        List<Long> bounds = new ArrayList<>(List.of(0L));
        for (long power = 1; bounds.get(bounds.size() - 1) <= 2 * Tally.NANOS_MAX; power *= 10) {
            for (long step : STEPS) {
                bounds.add(step * power);
            }
        }
        return List.copyOf(bounds);
    }
}
