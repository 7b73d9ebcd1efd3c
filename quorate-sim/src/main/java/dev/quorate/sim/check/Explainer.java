package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Makes a proof that there is no order short: first the shortest beginning of the history that has none, then of that
 * the operations that are needed for the contradiction, and the states that were possible just before.
 *
 * <p>An operation is not needed when there is no order either if nothing is believed of it but that it wrote no more
 * than its answer allows: not what it saw, not its time, not even that it happened. What remains contradicts itself,
 * whatever the others did.
 */
final class Explainer {
    private static final long TRY_CONFIGURATIONS_MAX = 20_000;
    private static final int FINDINGS_TRIED_MAX = 3;
    private static final List<Integer> LATEST_TRIED = List.of(8, 32, 128);

    private final History history;
    private final Vocabulary vocabulary;
    private final Moves moves;
    private final int[] initial;
    /** The operations to explain, by the time of their calls. */
    private final List<Integer> scope;
    /** The answered ones, by the time of their ends. */
    private final List<Integer> byEnd;

    private long configurationsLeft;
    private boolean isLimited;

    Explainer(
            History history,
            Vocabulary vocabulary,
            Moves moves,
            int[] initial,
            List<Integer> scope,
            long configurationsMax) {
        this.history = history;
        this.vocabulary = vocabulary;
        this.moves = moves;
        this.initial = initial;
        this.scope = scope.stream()
                .sorted(Comparator.comparingLong(i -> operation(i).invoked()))
                .toList();
        this.byEnd = scope.stream()
                .filter(i -> operation(i).answer().isPresent())
                .sorted(Comparator.comparingLong(i -> operation(i).ended()))
                .toList();
        this.configurationsLeft = configurationsMax;
    }

    /**
     * Explains why these operations have no order, which a search has proved.
     *
     * @param findings what is known of the whole history; what is about these operations comes first in the explanation
     */
    Explanation explain(List<Finding> findings) {
        int ended = shortestBeginning();
        int culprit = byEnd.get(ended - 1);
        List<Integer> conflict = shrink(ended, findings);
        List<Finding> named = named(findings, ended, conflict);
        List<SortedMap<String, String>> states = states(ended - 1, culprit, conflict);
        return new Explanation(named, conflict, OptionalInt.of(culprit), ended - 1, states, !isLimited);
    }

    private List<Finding> named(List<Finding> findings, int ended, List<Integer> conflict) {
        Set<Integer> here = new HashSet<>(scope);
        List<Finding> named = new ArrayList<>();
        List<Finding> elsewhere = new ArrayList<>();
        findings.forEach(
                finding -> (finding.operations().stream().anyMatch(here::contains) ? named : elsewhere).add(finding));
        if (named.isEmpty()) {
            named.addAll(name(ended, conflict));
        }
        named.addAll(elsewhere);
        return named;
    }

    /** Finds a name for what no detector knew: with less of the history before them they may know it. */
    private List<Finding> name(int ended, List<Integer> conflict) {
        int culprit = byEnd.get(ended - 1);
        List<Move> known = beginning(ended, Set.of());
        List<Finding> findings =
                new Evidence(history, vocabulary, known, Narrowing.narrow(known, initial), initial).findings();
        List<Finding> telling = findings.stream()
                .filter(finding -> finding.fault().excludesEveryOrder())
                .toList();
        if (!telling.isEmpty()) {
            return telling;
        }
        Set<Integer> others = new HashSet<>(scope);
        conflict.forEach(others::remove);
        List<Move> free =
                beginning(ended, others).stream().map(Move::withoutSession).toList();
        if (Search.run(Problem.of(free, initial), TRY_CONFIGURATIONS_MAX).end() == Search.End.FOUND) {
            String message =
                    Wording.name(history, culprit) + " was shown a state from before that of an earlier operation"
                            + " of " + Wording.value(operation(culprit).client());
            return List.of(new Finding(Fault.SESSION_WENT_BACK, message, conflict));
        }
        String message = Wording.name(history, culprit) + " cannot be explained: "
                + (conflict.size() == 1 ? "it contradicts itself" : "these operations have no order");
        return List.of(new Finding(Fault.NO_ORDER, message, conflict));
    }

    /** With how many of the answers, in the order in which they came, there is no order any more. */
    private int shortestBeginning() {
        int good = 0;
        int bad = byEnd.size();
        while (bad - good > 1) {
            int middle = (good + bad) >>> 1;
            if (hasNoOrder(beginning(middle, Set.of()))) {
                bad = middle;
            } else {
                good = middle;
            }
        }
        return bad;
    }

    /**
     * What was known when so many answers had come.
     *
     * @param doubted operations of which nothing is believed
     */
    private List<Move> beginning(int ended, Set<Integer> doubted) {
        Set<Integer> answered = new HashSet<>(byEnd.subList(0, ended));
        long time =
                ended == 0 ? Move.BEGINNING : operation(byEnd.get(ended - 1)).ended();
        List<Move> known = new ArrayList<>();
        for (int i : scope) {
            if (operation(i).invoked() > time) {
                break;
            }
            if (doubted.contains(i)) {
                known.addAll(moves.relaxed(i));
            } else {
                Optional<Move> move = answered.contains(i) ? moves.recorded(i) : moves.pending(i);
                move.ifPresent(known::add);
            }
        }
        return known;
    }

    /**
     * The operations that cannot be doubted. First everything is doubted but what a detector named, or what was called
     * last; then more and more of what is left: reads before writes, old before new.
     */
    private List<Integer> shrink(int ended, List<Finding> findings) {
        int culprit = byEnd.get(ended - 1);
        List<Integer> needed = new ArrayList<>();
        beginning(ended, Set.of()).forEach(move -> needed.add(move.operation()));
        Set<Integer> doubted = new LinkedHashSet<>();
        boolean wasLimited = isLimited;
        for (Set<Integer> guess : guesses(needed, findings)) {
            Set<Integer> others = new LinkedHashSet<>(needed);
            others.removeAll(guess);
            others.remove(culprit);
            if (!others.isEmpty() && hasNoOrder(beginning(ended, others))) {
                doubted.addAll(others);
                needed.removeAll(others);
                break;
            }
        }
        isLimited = wasLimited;
        needed.sort(Comparator.comparing(i -> !operation(i).action().onlyReads()));
        for (int size = Math.max(1, needed.size() / 2); size > 0; size /= 2) {
            int from = 0;
            while (from < needed.size()) {
                List<Integer> part = List.copyOf(needed.subList(from, Math.min(from + size, needed.size())));
                Set<Integer> more = new LinkedHashSet<>(doubted);
                part.stream().filter(i -> i != culprit).forEach(more::add);
                if (more.size() > doubted.size() && hasNoOrder(beginning(ended, more))) {
                    doubted.addAll(more);
                    needed.removeIf(more::contains);
                    from += part.contains(culprit) ? 1 : 0;
                } else {
                    from += size;
                }
            }
        }
        return needed;
    }

    /** Small sets of operations that may well contradict each other, without any others. */
    private List<Set<Integer>> guesses(List<Integer> known, List<Finding> findings) {
        List<Set<Integer>> guesses = new ArrayList<>();
        findings.stream()
                .filter(finding -> finding.fault().excludesEveryOrder())
                .limit(FINDINGS_TRIED_MAX)
                .forEach(finding -> {
                    guesses.add(new HashSet<>(finding.operations()));
                    guesses.add(withWriters(finding.operations(), known));
                });
        LATEST_TRIED.stream()
                .filter(count -> count < known.size())
                .forEach(count -> guesses.add(new HashSet<>(known.subList(known.size() - count, known.size()))));
        return guesses;
    }

    /** Some operations, and all that could have written what they found: that these did not is part of the reason. */
    private Set<Integer> withWriters(List<Integer> operations, List<Integer> known) {
        Set<List<Integer>> found = new HashSet<>();
        operations.forEach(i -> moves.recorded(i)
                .ifPresent(move -> Stream.concat(
                                move.guards().stream(), move.branches().flatMap(List::stream))
                        .filter(Act::testsOneValue)
                        .forEach(act -> found.add(List.of(act.key(), act.value())))));
        Set<Integer> all = new HashSet<>(operations);
        known.stream()
                .filter(i -> moves.relaxed(i).stream()
                        .flatMap(move -> move.then().stream())
                        .anyMatch(act -> found.contains(List.of(act.key(), act.written()))))
                .forEach(all::add);
        return all;
    }

    private boolean hasNoOrder(List<Move> known) {
        long limit = Math.min(configurationsLeft, TRY_CONFIGURATIONS_MAX);
        if (limit <= 0) {
            isLimited = true;
            return false;
        }
        Search.Result result = Search.run(Problem.of(known, initial), limit);
        configurationsLeft -= result.configurations();
        isLimited |= result.end() == Search.End.LIMIT;
        return result.end() == Search.End.NONE;
    }

    /** What the keys in conflict may have held when so many answers had come, apart from the culprit. */
    private List<SortedMap<String, String>> states(int ended, int culprit, List<Integer> conflict) {
        Set<Integer> keys = new HashSet<>();
        conflict.forEach(i -> moves.recorded(i)
                .or(() -> moves.pending(i))
                .ifPresent(move -> move.keys().forEach(keys::add)));
        List<Move> known = new ArrayList<>(beginning(ended, Set.of()));
        known.removeIf(move -> move.operation() == culprit);
        Problem problem = Problem.ofNarrowed(known, initial);
        int statesMax = 10 * Explanation.STATES_MAX;
        Search.Result result = Search.runForStates(problem, statesMax, TRY_CONFIGURATIONS_MAX);
        Set<SortedMap<String, String>> states = new LinkedHashSet<>();
        for (List<Integer> values : result.states()) {
            SortedMap<String, String> state = new TreeMap<>();
            for (int key : keys) {
                int at = problem.keys().indexOf(key);
                int value = at < 0 ? initial[key] : values.get(at);
                if (value != Vocabulary.MISSING) {
                    state.put(vocabulary.keyName(key), vocabulary.valueName(value));
                }
            }
            states.add(state);
        }
        return states.stream().limit(Explanation.STATES_MAX).toList();
    }

    private Operation operation(int position) {
        return history.operations().get(position);
    }
}
