package dev.quorate.sim.check;

import dev.quorate.raft.Invariant;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/** The judge of histories. Each check is a function of the history and the limits; any thread. */
public final class HistoryChecker {
    private final History history;
    private final CheckLimits limits;
    private final Vocabulary vocabulary;
    private final Moves moves;
    private final int[] initial;
    private final List<Move> recorded;
    private final List<Move> narrowed;
    private long configurations;

    private HistoryChecker(History history, CheckLimits limits) {
        this.history = history;
        this.limits = limits;
        this.vocabulary = Vocabulary.of(history);
        this.moves = new Moves(history, vocabulary);
        this.initial = vocabulary.initial(history.rules());
        this.recorded = moves.all();
        this.narrowed = Narrowing.narrow(recorded, initial);
    }

    /**
     * Checks the history in a file, within {@link CheckLimits#DEFAULT}.
     *
     * @throws HistoryFormatException when the file is not a history
     * @throws IOException when it cannot be read
     */
    public static CheckReport check(Path file) throws IOException {
        return check(HistoryReader.read(file), CheckLimits.DEFAULT);
    }

    /** Checks a history within {@link CheckLimits#DEFAULT}. */
    public static Verdict check(History history) {
        return check(history, CheckLimits.DEFAULT).verdict();
    }

    /**
     * Checks a history.
     *
     * @throws IllegalArgumentException when a value under a key of a {@link Promise.BankTotal} is not a whole number
     */
    public static CheckReport check(History history, CheckLimits limits) {
        return new CheckReport(history, new HistoryChecker(history, limits).verdict());
    }

    private Verdict verdict() {
        List<Finding> findings = new Evidence(history, vocabulary, recorded, narrowed, initial).findings();
        List<List<Placed>> orders = new ArrayList<>();
        List<Problem> open = new ArrayList<>();
        for (List<Move> part : parts(findings)) {
            Search.Result result = search(Problem.ofNarrowed(part, initial));
            switch (result.end()) {
                case NONE -> {
                    return new Verdict.Violation(explainer(part).explain(findings));
                }
                case LIMIT -> open.add(Problem.ofNarrowed(part, initial));
                case FOUND -> orders.add(result.order());
            }
        }
        return open.isEmpty() ? verdictOfWhole(orders, findings) : unless(findings, undecided(open));
    }

    /** Joins the orders of the parts; searches the whole where these do not fit together. */
    private Verdict verdictOfWhole(List<List<Placed>> orders, List<Finding> findings) {
        Problem whole = Problem.ofNarrowed(narrowed, initial);
        Optional<List<Placed>> order = new Weaving(narrowed, orders).weave();
        Optional<String> flaw =
                order.map(woven -> Replay.flaw(history, whole.floor(), woven)).orElse(Optional.of("it does not fit"));
        if (flaw.isPresent()) {
            Invariant.check(reachesAcrossKeys(), "an order that is none", flaw.get());
            Search.Result result = search(whole);
            if (result.end() == Search.End.NONE) {
                return new Verdict.Violation(explainer(narrowed).explain(findings));
            }
            if (result.end() == Search.End.LIMIT) {
                return unless(findings, undecided(List.of(whole)));
            }
            Optional<String> flawOfWhole = Replay.flaw(history, whole.floor(), result.order());
            Invariant.check(flawOfWhole.isEmpty(), "an order that is none", flawOfWhole.orElse(""));
            order = Optional.of(result.order());
        }
        boolean excluded = findings.stream().anyMatch(finding -> finding.fault().excludesEveryOrder());
        Invariant.check(!excluded, "an order of what has none", findings);
        List<Integer> positions =
                order.orElseThrow().stream().map(Placed::operation).toList();
        return unless(findings, new Verdict.Linearizable(positions, configurations));
    }

    /** What was found is a violation, whatever the search knows. */
    private static Verdict unless(List<Finding> findings, Verdict otherwise) {
        return findings.isEmpty()
                ? otherwise
                : new Verdict.Violation(new Explanation(
                        findings, findings.get(0).operations(), OptionalInt.empty(), 0, List.of(), true));
    }

    /** Whether something but time orders operations on different keys. */
    private boolean reachesAcrossKeys() {
        return history.rules().sessions() != SessionGuarantee.NONE
                || recorded.stream().anyMatch(Move::asksForRevisions);
    }

    private Search.Result search(Problem problem) {
        Search.Result result = Search.run(problem, Math.max(1, limits.searchConfigurationsMax() - configurations));
        configurations += result.configurations();
        return result;
    }

    /** The parts of the history, that one first of which the findings say that it has no order. */
    private List<List<Move>> parts(List<Finding> findings) {
        Collection<List<Move>> parts = Components.of(narrowed, vocabulary.keyCount());
        Set<Integer> suspects = new HashSet<>();
        findings.stream()
                .filter(finding -> finding.fault().excludesEveryOrder())
                .findFirst()
                .ifPresent(finding -> suspects.addAll(finding.operations()));
        return parts.stream()
                .sorted(Comparator.comparing(
                        part -> part.stream().noneMatch(move -> suspects.contains(move.operation()))))
                .toList();
    }

    /** The explainer of a part: of its moves, and of all that touch the same keys. */
    private Explainer explainer(List<Move> part) {
        Set<Integer> keys = new HashSet<>();
        part.forEach(move -> move.keys().forEach(keys::add));
        Set<Integer> scope = new TreeSet<>();
        part.forEach(move -> scope.add(move.operation()));
        recorded.stream()
                .filter(move -> move.keys().anyMatch(keys::contains))
                .forEach(move -> scope.add(move.operation()));
        return new Explainer(
                history, vocabulary, moves, initial, List.copyOf(scope), limits.explanationConfigurationsMax());
    }

    private Verdict undecided(List<Problem> open) {
        Set<String> keys = new TreeSet<>();
        int operations = 0;
        for (Problem problem : open) {
            problem.keys().forEach(key -> keys.add(vocabulary.keyName(key)));
            operations += problem.moves().size();
        }
        return new Verdict.Undecided(List.copyOf(keys), operations, configurations);
    }
}
