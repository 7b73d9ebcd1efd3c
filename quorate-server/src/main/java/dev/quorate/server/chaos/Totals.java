package dev.quorate.server.chaos;

import dev.quorate.server.console.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The sums over all rounds. One thread. */
final class Totals {
    private final Map<FaultKind, Integer> struck = new EnumMap<>(FaultKind.class);
    private final List<Long> leaderlessMillis = new ArrayList<>();
    private final List<Long> catchUpMillis = new ArrayList<>();
    private int rounds;
    private int failedRounds;
    private int brokenOff;
    private long operations;
    private long unknown;
    private int ends;
    private int logRefusals;
    private int notLinearizable;
    private int undecided;
    private int lostWrites;
    private long increments;
    private long doubts;
    private int wrongCounters;
    private int restoredBackups;

    void add(RoundReport round) {
        round.struck().forEach((kind, times) -> struck.merge(kind, times, Integer::sum));
        leaderlessMillis.addAll(round.leaderlessMillis());
        catchUpMillis.addAll(round.catchUpMillis());
        rounds++;
        failedRounds += round.violations().isEmpty() ? 0 : 1;
        operations += round.operations();
        unknown += round.unknown();
        ends += round.ends();
        logRefusals += round.logRefusals();
        notLinearizable += round.linearizable() ? 0 : 1;
        undecided += round.undecided() ? 1 : 0;
        lostWrites += round.lostWrites();
        increments += round.counted().increments();
        doubts += round.counted().doubts();
        wrongCounters += round.counted().wrong();
        restoredBackups += round.restoredBackups();
    }

    /** One more round could not be run to its end; returns how many so far. */
    int brokenOff() {
        return ++brokenOff;
    }

    /** Those that were run to their end. */
    int rounds() {
        return rounds;
    }

    int failedRounds() {
        return failedRounds;
    }

    /** The faults by kind, then everything else. */
    List<String> lines(List<FaultKind> kinds) {
        Table faults = new Table("fault", "times");
        for (FaultKind kind : kinds) {
            faults.row(kind.word(), Integer.toString(struck.getOrDefault(kind, 0)));
        }
        List<String> lines = new ArrayList<>(faults.lines());
        Table sums = new Table("in all", "");
        sums.row("rounds", Integer.toString(rounds));
        sums.row("rounds that could not be run to their end", Integer.toString(brokenOff));
        sums.row(
                "faults",
                Integer.toString(
                        struck.values().stream().mapToInt(Integer::intValue).sum()));
        sums.row("operations", String.format(Locale.ROOT, "%,d", operations));
        sums.row("unknown outcomes", String.format(Locale.ROOT, "%,d", unknown));
        sums.row("lost acknowledged writes", Integer.toString(lostWrites));
        sums.row("increments in sessions", String.format(Locale.ROOT, "%,d", increments));
        sums.row("increments sent again, their outcome unknown", String.format(Locale.ROOT, "%,d", doubts));
        sums.row("counters that differ from the acknowledged increments", Integer.toString(wrongCounters));
        sums.row("histories that are not linearizable", Integer.toString(notLinearizable));
        sums.row("histories that are undecided", Integer.toString(undecided));
        sums.row("rounds with any violation", Integer.toString(failedRounds));
        sums.row("backups saved under load and restored", Integer.toString(restoredBackups));
        sums.row("times that a log refused to write on a full disk", Integer.toString(logRefusals));
        sums.row("processes that ended by themselves", Integer.toString(ends));
        sums.row("without a leader after its kill", spread(leaderlessMillis));
        sums.row("catching up after a start", spread(catchUpMillis));
        lines.add("");
        lines.addAll(sums.lines());
        return List.copyOf(lines);
    }

    /** The median and the maximum. */
    static String spread(List<Long> millis) {
        if (millis.isEmpty()) {
            return "never measured";
        }
        List<Long> sorted = new ArrayList<>(millis);
        Collections.sort(sorted);
        return String.format(
                Locale.ROOT,
                "median %,d ms, at most %,d ms, of %d",
                sorted.get((sorted.size() - 1) / 2),
                sorted.get(sorted.size() - 1),
                sorted.size());
    }
}
