package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds reads of replaced values, by the time in which a value must have been there (Gibbons and Korach 1997, zones).
 *
 * <pre>
 *    put x=1 ├────┤                       ├────┤ get x → 1
 *                 ╞═══════ x is 1 ════════╡                  from the first end to the last call of all that saw it
 *                     ├────┤ put x=2                         impossible: takes effect within, whenever it does
 * </pre>
 *
 * <p>Only values that were there during one stretch of time, because they were written once, have such a span.
 */
final class Presence {
    private final Evidence evidence;
    private final List<Finding> findings = new ArrayList<>();

    /**
     * A time in which a key had a value for sure, or a moment within which it had it at least once.
     *
     * @param from the earliest end of the moves that show the value, and {@code fromMove} the one; -1 for the beginning
     * @param to the latest call of these moves, and {@code toMove} the one
     */
    private record Span(int slot, long from, int fromMove, long to, int toMove) {
        boolean isSolid() {
            return from < to;
        }
    }

    private Presence(Evidence evidence) {
        this.evidence = evidence;
    }

    static List<Finding> find(Evidence evidence) {
        Presence presence = new Presence(evidence);
        Map<Integer, List<Integer>> slotsByKey = new TreeMap<>();
        List<Demand.Slot> slots = evidence.demand().slots();
        for (int number = 0; number < slots.size(); number++) {
            slotsByKey
                    .computeIfAbsent(slots.get(number).key(), key -> new ArrayList<>())
                    .add(number);
        }
        slotsByKey.values().forEach(presence::compare);
        return presence.findings;
    }

    /** The span of each value of a key that was there during one stretch of time only. */
    private List<Span> spans(List<Integer> slots) {
        List<Span> spans = new ArrayList<>();
        for (int number : slots) {
            Demand.Slot slot = evidence.demand().slot(number);
            if (evidence.isOnce(slot)) {
                span(number, slot).ifPresent(spans::add);
            }
        }
        return spans;
    }

    /** The moments at which a key had a value that it may have had at other times as well. */
    private List<Span> moments(int number) {
        Demand.Slot slot = evidence.demand().slot(number);
        List<Span> moments = new ArrayList<>();
        if (!evidence.isOnce(slot)) {
            slot.consumers().forEach(consumer -> moments.add(moment(number, consumer)));
            slot.producers().stream()
                    .filter(evidence::isSure)
                    .forEach(producer -> moments.add(moment(number, producer)));
        }
        return moments;
    }

    private Optional<Span> span(int number, Demand.Slot slot) {
        int producer = evidence.onlyProducer(slot);
        if (producer < 0 && slot.consumers().isEmpty()) {
            return Optional.empty();
        }
        Span span = producer < 0 ? new Span(number, Move.BEGINNING, -1, Move.BEGINNING, -1) : moment(number, producer);
        for (int consumer : slot.consumers()) {
            Move move = evidence.move(consumer);
            boolean endsFirst = span.fromMove() >= 0 && move.latest() < span.from();
            boolean startsLast = span.toMove() < 0 || move.earliest() > span.to();
            span = new Span(
                    number,
                    endsFirst ? move.latest() : span.from(),
                    endsFirst ? consumer : span.fromMove(),
                    startsLast ? move.earliest() : span.to(),
                    startsLast ? consumer : span.toMove());
        }
        return Optional.of(span);
    }

    private Span moment(int slot, int index) {
        Move move = evidence.move(index);
        return new Span(slot, move.latest(), index, move.earliest(), index);
    }

    private void compare(List<Integer> slots) {
        List<Span> spans = spans(slots);
        List<Span> solid = spans.stream()
                .filter(Span::isSolid)
                .sorted(Comparator.comparingLong(Span::from))
                .toList();
        if (solid.isEmpty()) {
            return;
        }
        List<Span> longest = new ArrayList<>();
        for (Span span : solid) {
            Span before = longest.isEmpty() ? span : longest.get(longest.size() - 1);
            if (before.slot() != span.slot() && span.from() < Math.min(before.to(), span.to())) {
                report(before, span);
            }
            longest.add(before.to() > span.to() ? before : span);
        }
        spans.forEach(span -> compareShort(span, solid, longest));
        slots.forEach(slot -> moments(slot).forEach(moment -> compareShort(moment, solid, longest)));
    }

    private void compareShort(Span span, List<Span> solid, List<Span> longest) {
        if (!span.isSolid()) {
            Span around = lastFromBefore(longest, solid, span.to());
            if (around != null && around.slot() != span.slot() && span.from() < around.to()) {
                report(around, span);
            }
        }
    }

    /** Of the solid spans that begin before a time, the one that lasts longest. */
    private static @Nullable Span lastFromBefore(List<Span> longest, List<Span> solid, long time) {
        int low = 0;
        int high = solid.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (solid.get(middle).from() < time) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? null : longest.get(low - 1);
    }

    /** A value was there all the time, and yet another one in between. */
    private void report(Span lasting, Span between) {
        if (findings.size() >= Evidence.FINDINGS_MAX) {
            return;
        }
        Demand.Slot old = evidence.demand().slot(lasting.slot());
        Demand.Slot other = evidence.demand().slot(between.slot());
        int late = lasting.toMove();
        Fault fault = fault(old, other, late);
        String shown = lasting.fromMove() < 0
                ? "had been so from the beginning"
                : evidence.name(lasting.fromMove()) + " had left or shown before";
        String message =
                evidence.name(late) + " found " + evidence.pair(old) + ", which " + shown + "; but in between it was "
                        + evidence.pair(other) + ", by " + names(between) + consequence(fault, other);
        findings.add(evidence.finding(
                fault,
                message,
                evidence.onlyProducer(old),
                lasting.fromMove(),
                late,
                evidence.onlyProducer(other),
                between.fromMove(),
                between.toMove()));
    }

    private String names(Span span) {
        return span.fromMove() == span.toMove() || span.toMove() < 0 || span.fromMove() < 0
                ? evidence.name(Math.max(span.fromMove(), span.toMove()))
                : evidence.name(span.fromMove()) + " and " + evidence.name(span.toMove());
    }

    private static String consequence(Fault fault, Demand.Slot other) {
        return switch (fault) {
            case LOST_WRITE -> other.consumers().isEmpty() ? ", whose write nobody ever saw" : "";
            case RETURNED_VALUE -> ", and it stayed as before from then on";
            default -> "";
        };
    }

    private Fault fault(Demand.Slot old, Demand.Slot other, int late) {
        if (Demand.lastWrites(evidence.move(late).acts()).containsKey(old.key())) {
            return Fault.LOST_UPDATE;
        }
        if (showsOldState(late, other)) {
            return Fault.STALE_READ;
        }
        if (other.consumers().isEmpty()) {
            return Fault.LOST_WRITE;
        }
        boolean seenAgain = evidence.demand().slots().stream()
                .filter(slot -> slot.key() == old.key() && slot.value() != old.value())
                .flatMap(slot -> slot.consumers().stream())
                .anyMatch(consumer ->
                        evidence.move(consumer).latest() > evidence.move(late).latest());
        return seenAgain ? Fault.STALE_READ : Fault.RETURNED_VALUE;
    }

    /** Whether the answer itself says that it is from before the other value was written. */
    private boolean showsOldState(int late, Demand.Slot other) {
        int producer = evidence.onlyProducer(other);
        long revision = evidence.move(late).revision();
        return producer >= 0
                && revision != 0
                && revision < evidence.move(producer).revision();
    }
}
