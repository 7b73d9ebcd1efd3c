package dev.quorate.sim.check;

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;

/**
 * An operation as the search sees it: when it may take effect, what it then tests and writes, and whether it must take
 * effect at all. Every action has the same form: guards, and one list of acts for when all of them hold and another one
 * for when some guard does not.
 *
 * @param operation its position in the history
 * @param session the client in whose order it stands, or -1; see {@link SessionGuarantee}
 * @param rank its place in the order of calls
 * @param earliest it takes effect at this time or later; {@link #BEGINNING} for any time
 * @param latest it takes effect at this time or earlier; {@link #NEVER} for no end
 * @param required whether it took effect for sure
 * @param mayHold whether the guards may all have held, so that {@code then} ran
 * @param mayFail whether some guard may have failed, so that {@code otherwise} ran
 * @param revision the revision of the store that came with the answer; 0 when none did
 */
record Move(
        int operation,
        int session,
        int rank,
        long earliest,
        long latest,
        boolean required,
        List<Act> guards,
        List<Act> then,
        List<Act> otherwise,
        boolean mayHold,
        boolean mayFail,
        long revision) {
    static final long BEGINNING = Long.MIN_VALUE;
    static final long NEVER = Long.MAX_VALUE;
    static final int NO_SESSION = -1;

    Move {
        guards = List.copyOf(guards);
        then = List.copyOf(then);
        otherwise = List.copyOf(otherwise);
    }

    /** Which list of acts ran is known. */
    boolean decided() {
        return mayHold != mayFail;
    }

    /** The acts that ran, of a decided move. */
    List<Act> acts() {
        return mayHold ? then : otherwise;
    }

    /** The lists of acts that may have run. */
    Stream<List<Act>> branches() {
        return Stream.concat(
                mayHold ? Stream.of(then) : Stream.empty(), mayFail ? Stream.of(otherwise) : Stream.empty());
    }

    /** Whether no list of acts that may have run writes. */
    boolean onlyReads() {
        return branches().flatMap(List::stream).noneMatch(Act::writes);
    }

    /** Whether it wrote something for sure, if it took effect. */
    boolean surelyWrites() {
        return branches().allMatch(acts -> acts.stream().anyMatch(Act::surelyWrites));
    }

    /** Whether anything about it depends on revisions. */
    boolean asksForRevisions() {
        return revision != 0
                || Stream.concat(guards.stream(), branches().flatMap(List::stream))
                        .anyMatch(act -> act.modRevision() != 0);
    }

    /** The keys that it tests or writes; with repetitions. */
    Stream<Integer> keys() {
        return Stream.concat(guards.stream(), branches().flatMap(List::stream)).map(Act::key);
    }

    /** The same with other numbers for its keys. */
    Move withKeys(IntUnaryOperator renamed) {
        return new Move(
                operation,
                session,
                rank,
                earliest,
                latest,
                required,
                withKeys(guards, renamed),
                mayHold ? withKeys(then, renamed) : List.of(),
                mayFail ? withKeys(otherwise, renamed) : List.of(),
                mayHold,
                mayFail,
                revision);
    }

    private static List<Act> withKeys(List<Act> acts, IntUnaryOperator renamed) {
        return acts.stream()
                .map(act -> act.ofKey(renamed.applyAsInt(act.key())))
                .toList();
    }

    /** The same, taking effect at this time or later. */
    Move notBefore(long time) {
        return new Move(
                operation, session, rank, time, latest, required, guards, then, otherwise, mayHold, mayFail, revision);
    }

    /** The same, known to have taken effect by this time, in this way. */
    Move happenedBy(long time, boolean held, boolean failed) {
        return new Move(
                operation, session, rank, earliest, time, true, guards, then, otherwise, held, failed, revision);
    }

    /** The same, known to have made this revision. */
    Move at(long made) {
        return new Move(
                operation, session, rank, earliest, latest, required, guards, then, otherwise, mayHold, mayFail, made);
    }

    /** The same, bound to no session. */
    Move withoutSession() {
        return new Move(
                operation,
                NO_SESSION,
                rank,
                earliest,
                latest,
                required,
                guards,
                then,
                otherwise,
                mayHold,
                mayFail,
                revision);
    }
}
