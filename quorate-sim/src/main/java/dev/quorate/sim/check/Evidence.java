package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What the detectors look at, and where they put what they find. Moves are named by their places in the list. */
final class Evidence {
    /** The most findings that one detector reports. */
    static final int FINDINGS_MAX = 10;

    private final History history;
    private final Vocabulary vocabulary;
    private final List<Move> recorded;
    private final List<Move> moves;
    private final Demand demand;
    private final int[] initial;

    Evidence(History history, Vocabulary vocabulary, List<Move> recorded, List<Move> narrowed, int[] initial) {
        this.history = history;
        this.vocabulary = vocabulary;
        this.recorded = recorded;
        this.moves = narrowed;
        this.demand = new Demand(narrowed);
        this.initial = initial;
    }

    /** What all detectors find: by the time at which it had become visible, and then by how much it tells. */
    List<Finding> findings() {
        List<Finding> all = new ArrayList<>();
        List<Function<Evidence, List<Finding>>> detectors =
                List.of(Origins::find, Conflicts::find, Presence::find, Revisions::find, Promises::find);
        detectors.forEach(detector -> all.addAll(detector.apply(this)));
        all.sort(Comparator.comparingLong(this::visible).thenComparing(Finding::fault));
        return List.copyOf(all);
    }

    private long visible(Finding finding) {
        return finding.operations().stream()
                .mapToLong(i -> history.operations().get(i).invoked())
                .max()
                .orElse(0);
    }

    History history() {
        return history;
    }

    Vocabulary vocabulary() {
        return vocabulary;
    }

    /** Every operation that may have taken effect, with what the history says of it and nothing more. */
    List<Move> recorded() {
        return recorded;
    }

    /** The same with what follows about each; {@link Narrowing}. */
    List<Move> moves() {
        return moves;
    }

    Move move(int index) {
        return moves.get(index);
    }

    Demand demand() {
        return demand;
    }

    boolean isInitial(Demand.Slot slot) {
        return initial[slot.key()] == slot.value();
    }

    /** The one move that wrote this value, if it cannot have come from elsewhere; or -1. */
    int onlyProducer(Demand.Slot slot) {
        boolean one = !isInitial(slot) && slot.producers().size() == 1;
        return one && isSure(slot.producers().get(0)) ? slot.producers().get(0) : -1;
    }

    /** Whether the key had this value during one stretch of time only. */
    boolean isOnce(Demand.Slot slot) {
        return onlyProducer(slot) >= 0 || (isInitial(slot) && slot.producers().isEmpty());
    }

    /** Whether the move took effect, in a known way. */
    boolean isSure(int move) {
        return moves.get(move).required() && moves.get(move).decided();
    }

    /** Whether an operation would leave this value if it took effect. */
    boolean wouldLeave(Operation operation, Demand.Slot slot) {
        return Moves.writes(operation.action(), vocabulary)
                .anyMatch(acts -> Integer.valueOf(slot.value())
                        .equals(Demand.lastWrites(acts).get(slot.key())));
    }

    /** The key of a slot with its value, as in {@code x=1}. */
    String pair(Demand.Slot slot) {
        return pair(slot.key(), slot.value());
    }

    String pair(int key, int value) {
        String name = Wording.value(vocabulary.keyName(key));
        return value == Vocabulary.MISSING
                ? name + " missing"
                : name + "=" + Wording.value(vocabulary.valueName(value));
    }

    String name(int move) {
        return Wording.name(history, moves.get(move).operation());
    }

    /** Where a value came from, in words. */
    String origin(Demand.Slot slot) {
        int producer = onlyProducer(slot);
        return producer >= 0 ? name(producer) : "the beginning";
    }

    /** A finding about moves; an index below 0 stands for none. */
    Finding finding(Fault fault, String message, int... involved) {
        List<Integer> operations = IntStream.of(involved)
                .filter(move -> move >= 0)
                .mapToObj(move -> moves.get(move).operation())
                .toList();
        return new Finding(fault, message, operations);
    }
}
