package dev.quorate.sim.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Finds answers whose revisions contradict each other: every write has its own, and they grow as time goes on. */
final class Revisions {
    private final Evidence evidence;
    private final History history;
    private final List<Operation> operations;
    private final Map<Integer, Move> moves = new HashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    /** The operation that surely wrote at a revision. */
    private final Map<Long, Integer> writers = new HashMap<>();

    private Revisions(Evidence evidence) {
        this.evidence = evidence;
        this.history = evidence.history();
        this.operations = history.operations();
        evidence.recorded().forEach(move -> moves.put(move.operation(), move));
    }

    static List<Finding> find(Evidence evidence) {
        Revisions revisions = new Revisions(evidence);
        if (revisions.numbered().findAny().isPresent()) {
            revisions.findShared();
            revisions.findWentBack();
            revisions.findSessionsWentBack();
            revisions.findMismatches();
            revisions.history.rules().recordedFrom().ifPresent(revisions::findUnexplained);
        }
        return revisions.findings;
    }

    private void findShared() {
        for (int i = 0; i < operations.size(); i++) {
            Operation operation = operations.get(i);
            if (operation.revision() != 0 && surelyWrote(i)) {
                Integer other = writers.putIfAbsent(operation.revision(), i);
                if (other != null) {
                    report(
                            Fault.REVISION_SHARED,
                            Wording.name(history, other) + " and " + Wording.name(history, i)
                                    + " both wrote at revision " + operation.revision(),
                            other,
                            i);
                }
            }
        }
    }

    private void findWentBack() {
        List<Integer> byEnd = numbered()
                .sorted(Comparator.comparingLong(i -> operations.get(i).ended()))
                .toList();
        List<Integer> byCall = numbered()
                .sorted(Comparator.comparingLong(i -> operations.get(i).invoked()))
                .toList();
        int ended = 0;
        int highest = -1;
        for (int later : byCall) {
            Operation operation = operations.get(later);
            while (ended < byEnd.size() && operations.get(byEnd.get(ended)).ended() < operation.invoked()) {
                int earlier = byEnd.get(ended);
                highest = highest < 0 || revision(earlier) > revision(highest) ? earlier : highest;
                ended++;
            }
            boolean back = highest >= 0
                    && (revision(highest) > operation.revision()
                            || (revision(highest) == operation.revision() && surelyWrote(later)));
            if (back && operation.consistency() == Consistency.LINEARIZABLE) {
                String message = Wording.name(history, later) + " was answered at revision " + operation.revision()
                        + ", although " + Wording.name(history, highest) + " had been answered at revision "
                        + revision(highest) + " before it was called";
                report(Fault.REVISION_WENT_BACK, message, highest, later);
            }
        }
    }

    private void findSessionsWentBack() {
        SessionGuarantee sessions = history.rules().sessions();
        if (sessions == SessionGuarantee.NONE) {
            return;
        }
        Map<String, Integer> last = new HashMap<>();
        numbered()
                .filter(i -> sessions == SessionGuarantee.PROGRAM_ORDER
                        || operations.get(i).action().onlyReads())
                .sorted(Comparator.comparingLong(i -> operations.get(i).invoked()))
                .forEach(i -> {
                    Integer before = last.put(operations.get(i).client(), i);
                    if (before != null && revision(before) > revision(i)) {
                        String message = Wording.name(history, i) + " was shown revision " + revision(i) + ", after "
                                + Wording.name(history, before) + " of the same client was shown revision "
                                + revision(before);
                        report(Fault.SESSION_WENT_BACK, message, before, i);
                    }
                });
    }

    private void findMismatches() {
        for (Move move : evidence.recorded()) {
            if (move.required() && move.decided()) {
                for (Act act : move.acts()) {
                    if (act.testsOneValue() && act.modRevision() != 0) {
                        findMismatch(move.operation(), act);
                    }
                }
            }
        }
    }

    private void findMismatch(int reader, Act act) {
        long revision = revision(reader);
        Integer writer = writers.get(act.modRevision());
        String saw = Wording.name(history, reader) + " saw " + evidence.pair(act.key(), act.value())
                + " as written at revision " + act.modRevision();
        if (revision != 0 && act.modRevision() > revision) {
            String message = saw + ", in a state of the store at revision " + revision;
            report(Fault.REVISION_MISMATCH, message, reader, reader);
        } else if (writer != null && !leaves(writer, act)) {
            String message = saw + ", but what was written there was " + Wording.of(operations.get(writer)) + ", by "
                    + Wording.name(history, writer);
            report(Fault.REVISION_MISMATCH, message, writer, reader);
        }
    }

    private boolean leaves(int writer, Act act) {
        Move move = moves.get(writer);
        return move != null
                && move.acts().stream().anyMatch(wrote -> wrote.key() == act.key() && wrote.written() == act.value());
    }

    /** Every revision was made by an operation; those without a revision of their own can each have made one. */
    private void findUnexplained(long recordedFrom) {
        List<Integer> byRevision =
                numbered().sorted(Comparator.comparingLong(this::revision)).toList();
        // By the end of this answer a revision had been made: the earliest end at that revision or above.
        int[] shownBy = new int[byRevision.size()];
        for (int i = shownBy.length - 1; i >= 0; i--) {
            int shown = byRevision.get(i);
            int above = i + 1 < shownBy.length ? shownBy[i + 1] : shown;
            shownBy[i] = operations.get(above).ended() < operations.get(shown).ended() ? above : shown;
        }
        long[] possibleMakers = callsOfPossibleMakers();
        int makers = 0;
        Set<Long> made = new HashSet<>();
        int first = 0;
        for (int i = 0; i < shownBy.length; i++) {
            long revision = revision(byRevision.get(i));
            first = revision(byRevision.get(first)) == revision ? first : i;
            if (revision > recordedFrom && mayHaveWritten(byRevision.get(i))) {
                made.add(revision);
            }
            int shown = shownBy[first];
            while (makers < possibleMakers.length
                    && possibleMakers[makers] < operations.get(shown).ended()) {
                makers++;
            }
            boolean last = i + 1 == shownBy.length || revision(byRevision.get(i + 1)) > revision;
            long missing = revision - recordedFrom - made.size();
            if (last && missing > makers) {
                String message = Wording.name(history, shown) + " showed that revision " + revision
                        + " had been reached; " + missing + " of the revisions since " + recordedFrom
                        + " have no write that was answered, and only " + makers
                        + " operations of unknown outcome or revision can have made one";
                report(Fault.REVISION_UNEXPLAINED, message, shown, shown);
                return;
            }
        }
    }

    /** When the operations were called that may have made a revision, but did not say which; ascending. */
    private long[] callsOfPossibleMakers() {
        return IntStream.range(0, operations.size())
                .filter(i -> revision(i) == 0 && mayHaveWritten(i))
                .mapToLong(i -> operations.get(i).invoked())
                .sorted()
                .toArray();
    }

    private Stream<Integer> numbered() {
        return IntStream.range(0, operations.size())
                .filter(i -> revision(i) != 0)
                .boxed();
    }

    private long revision(int operation) {
        return operations.get(operation).revision();
    }

    private void report(Fault fault, String message, int first, int second) {
        long alike =
                findings.stream().filter(finding -> finding.fault() == fault).count();
        if (alike < Evidence.FINDINGS_MAX) {
            findings.add(new Finding(fault, message, List.of(first, second)));
        }
    }

    private boolean surelyWrote(int operation) {
        Move move = moves.get(operation);
        return move != null && move.required() && move.surelyWrites();
    }

    private boolean mayHaveWritten(int operation) {
        Move move = moves.get(operation);
        return move != null && !move.onlyReads();
    }
}
