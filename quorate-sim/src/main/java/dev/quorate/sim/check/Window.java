package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The operations to show with an explanation: the conflict, and around it what happened to the same keys, the nearest
 * first.
 *
 * @param operations their positions in the history, by the time of their calls
 * @param hidden how many other operations on the same keys lie between the first and the last that are shown
 */
record Window(List<Integer> operations, int hidden) {
    /** The most operations around the conflict. */
    static final int AROUND_MAX = 30;

    /** The most operations of the conflict itself. */
    static final int CONFLICT_MAX = 24;

    Window {
        operations = List.copyOf(operations);
    }

    /** The operations of the conflict, ascending; of very many those that were called last. */
    static List<Integer> conflict(History history, Explanation explanation) {
        return explanation.conflict().stream()
                .sorted(Comparator.comparingLong(
                        i -> -history.operations().get(i).invoked()))
                .limit(CONFLICT_MAX)
                .sorted()
                .toList();
    }

    static Window of(History history, Explanation explanation) {
        List<Operation> all = history.operations();
        Footprint footprint = new Footprint();
        Set<Integer> shown = new HashSet<>(conflict(history, explanation));
        explanation.culprit().ifPresent(shown::add);
        if (explanation.first().operations().size() <= CONFLICT_MAX) {
            shown.addAll(explanation.first().operations());
        }
        shown.forEach(i -> footprint.add(all.get(i)));
        long from = shown.stream().mapToLong(i -> all.get(i).invoked()).min().orElse(0);
        long to = shown.stream().mapToLong(i -> all.get(i).invoked()).max().orElse(0);
        long end = shown.stream()
                .mapToLong(i -> all.get(i).ended())
                .filter(time -> time != Operation.OPEN)
                .max()
                .orElse(to);

        List<Integer> near = new ArrayList<>(IntStream.range(0, all.size())
                .filter(i -> !shown.contains(i) && all.get(i).invoked() <= end)
                .filter(i -> Footprint.of(all.get(i)).meets(footprint))
                .boxed()
                .sorted(Comparator.comparingLong(i -> distance(all.get(i), to, end)))
                .toList());
        List<Integer> around = near.subList(0, Math.min(AROUND_MAX, near.size()));
        List<Integer> left = near.subList(around.size(), near.size());
        Set<Integer> operations = new TreeSet<>(
                Comparator.comparingLong((Integer i) -> all.get(i).invoked()).thenComparing(Comparator.naturalOrder()));
        operations.addAll(shown);
        operations.addAll(around);
        int hidden = (int) left.stream().filter(i -> all.get(i).ended() >= from).count();
        return new Window(List.copyOf(operations), hidden);
    }

    /**
     * How long before the last call of the conflict, or after its end, an operation lies; 0 for around the same time.
     */
    private static long distance(Operation operation, long call, long end) {
        if (operation.invoked() > end) {
            return operation.invoked() - end;
        }
        return operation.ended() >= call ? 0 : call - operation.ended();
    }
}
