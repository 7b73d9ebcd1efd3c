package dev.quorate.server.chaos;

import java.util.List;
import java.util.Map;

/**
 * What came of a round.
 *
 * @param struck how often which fault happened
 * @param operations how many operations there are in the history
 * @param unknown how many of them nobody knows the outcome of
 * @param ends how often a process ended that nobody had ended
 * @param logRefusals how often a log had no space for a write
 * @param lostWrites how many acknowledged writes are gone
 * @param counted what clients counted in sessions
 * @param restoredBackups how many backups were restored
 * @param violations what is wrong, each in lines of text; lost writes too
 * @param linearizable false when the checker found a violation
 * @param undecided true when the checker came to no end
 * @param leaderlessMillis the times without a leader after the leader was killed
 * @param catchUpMillis the times until a member that was started had caught up
 */
record RoundReport(
        Map<FaultKind, Integer> struck,
        int operations,
        int unknown,
        int ends,
        int logRefusals,
        int lostWrites,
        Counters.Counted counted,
        int restoredBackups,
        List<String> violations,
        boolean linearizable,
        boolean undecided,
        List<Long> leaderlessMillis,
        List<Long> catchUpMillis) {
    RoundReport {
        struck = Map.copyOf(struck);
        violations = List.copyOf(violations);
        leaderlessMillis = List.copyOf(leaderlessMillis);
        catchUpMillis = List.copyOf(catchUpMillis);
    }

    /** How many faults happened. */
    int faults() {
        return struck.values().stream().mapToInt(Integer::intValue).sum();
    }
}
