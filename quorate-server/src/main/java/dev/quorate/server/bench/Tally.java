package dev.quorate.server.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** What was counted in one part of a run. Any thread counts; what it reads is whole once no call is under way. */
final class Tally {
    /** Everything slower counts as this much. */
    static final long NANOS_MAX = TimeUnit.HOURS.toNanos(1);

    private static final int DIGITS = 3;

    private final long startNanos = System.nanoTime();
    private final LongAccumulator lastNanos = new LongAccumulator(Math::max, 0);
    private final Map<Kind, Counts> kinds = new EnumMap<>(Kind.class);
    private final Map<Failure, Failures> failures = new ConcurrentHashMap<>();
    private final LongAdder answered = new LongAdder();

    /** How often a failure happened, and what the server said the first time. */
    static final class Failures {
        private final LongAdder count = new LongAdder();
        private final String message;

        private Failures(String message) {
            this.message = message;
        }

        long count() {
            return count.sum();
        }

        String message() {
            return message;
        }
    }

    private static final class Counts {
        private final Histogram latencies = new ConcurrentHistogram(NANOS_MAX, DIGITS);
        private final LongAdder bytes = new LongAdder();
        private final LongAdder conflicts = new LongAdder();
    }

    Tally(List<Kind> kinds) {
        kinds.forEach(kind -> this.kinds.put(kind, new Counts()));
    }

    /** A call was answered as it should be. */
    void succeeded(Kind kind, long nanos, Verdict verdict) {
        Counts counts = counts(kind);
        counts.latencies.recordValue(Math.max(0, Math.min(nanos, NANOS_MAX)));
        counts.bytes.add(verdict.bytes());
        if (verdict.conflict()) {
            counts.conflicts.increment();
        }
        answered();
    }

    /** A call failed. */
    void failed(Failure failure, String message) {
        failures.computeIfAbsent(failure, first -> new Failures(message)).count.increment();
        answered();
    }

    private void answered() {
        answered.increment();
        lastNanos.accumulate(System.nanoTime() - startNanos);
    }

    /** How many calls came to an end. */
    long calls() {
        return answered.sum();
    }

    /** The time from the beginning to the last answer. */
    double seconds() {
        return lastNanos.get() / 1e9;
    }

    /** The failures and how often each happened. */
    Map<Failure, Failures> failures() {
        return new TreeMap<>(failures);
    }

    /** The rows of a report: one for each kind. */
    List<Row> rows() {
        return kinds.keySet().stream().map(this::row).toList();
    }

    private Row row(Kind kind) {
        Counts counts = counts(kind);
        return new Row(
                kind.label(),
                failures(kind, Failure.Outcome.REFUSED),
                failures(kind, Failure.Outcome.UNKNOWN),
                counts.conflicts.sum(),
                counts.bytes.sum(),
                counts.latencies.copy());
    }

    private long failures(Kind kind, Failure.Outcome outcome) {
        return failures.entrySet().stream()
                .filter(each -> each.getKey().kind() == kind && each.getKey().outcome() == outcome)
                .mapToLong(each -> each.getValue().count())
                .sum();
    }

    private Counts counts(Kind kind) {
        Counts counts = kinds.get(kind);
        if (counts == null) {
            throw new IllegalArgumentException("nothing of kind " + kind + " is counted here");
        }
        return counts;
    }
}
