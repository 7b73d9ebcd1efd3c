package dev.quorate.server.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The figures of one kind of call, or of all together.
 *
 * @param label which kind
 * @param refused calls that failed and changed nothing
 * @param unknown writes that failed and may have happened
 * @param conflicts compare-and-swaps that were answered and met another's write
 * @param bytes keys and values, there or back
 * @param latencies of the calls that were answered as they should be, in nanoseconds; do not change it
 */
record Row(String label, long refused, long unknown, long conflicts, long bytes, Histogram latencies) {
    /** The calls that were answered as they should be. */
    long operations() {
        return latencies.getTotalCount();
    }

    /** All rows in one. */
    static Row sum(List<Row> rows) {
        Histogram latencies = new Histogram(Tally.NANOS_MAX, 3);
        rows.forEach(row -> latencies.add(row.latencies));
        return new Row(
                "all",
                rows.stream().mapToLong(Row::refused).sum(),
                rows.stream().mapToLong(Row::unknown).sum(),
                rows.stream().mapToLong(Row::conflicts).sum(),
                rows.stream().mapToLong(Row::bytes).sum(),
                latencies);
    }
}
