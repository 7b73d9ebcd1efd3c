package dev.quorate.engine;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** What became of the requests of one kind. APPLY counts answers, any thread rejections, any thread looks. */
final class RequestCounts {
    private final LatencyRecorder answered = new LatencyRecorder();
    private final Map<Rejection, LongAdder> rejected = new EnumMap<>(Rejection.class);

    RequestCounts() {
        for (Rejection why : Rejection.values()) {
            rejected.put(why, new LongAdder());
        }
    }

    /** One was answered, so long after it came in. APPLY only. */
    void answered(long nanos) {
        answered.record(nanos);
    }

    /** So many were not answered. Any thread. */
    void rejected(Rejection why, int count) {
        LongAdder adder = rejected.get(why);
        if (adder != null) {
            adder.add(count);
        }
    }

    /** What was counted until now. Any thread. */
    NodeMetrics.Requests picture() {
        SortedMap<Rejection, Long> counts = new TreeMap<>();
        rejected.forEach((why, adder) -> counts.put(why, adder.sum()));
        return new NodeMetrics.Requests(answered.picture(), Collections.unmodifiableSortedMap(counts));
    }
}
