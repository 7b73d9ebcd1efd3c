package dev.quorate.sim.campaign;

import dev.quorate.sim.check.CheckLimits;
import dev.quorate.sim.check.CheckReport;
import dev.quorate.sim.check.HistoryChecker;
import dev.quorate.sim.world.HistoryJudge;
import java.util.Optional;

/** The judges of histories that there are. */
public final class Judges {
    /** A world's history is short; one that needs more is counted as undecided. */
    private static final CheckLimits LIMITS = new CheckLimits(300_000, 100_000);

    private Judges() {}

    /** Looks for nothing in a history: what the invariants see is all. */
    public static HistoryJudge none() {
        return history -> new HistoryJudge.Judgement(Optional.empty(), false);
    }

    /** Demands that one atomic store explains all answers, and that the promises of the workload were kept. */
    public static HistoryJudge linearizability() {
        return history -> {
            CheckReport report = HistoryChecker.check(history, LIMITS);
            int code = report.exitCode();
            Optional<String> violation =
                    code == CheckReport.EXIT_VIOLATION ? Optional.of(report.text()) : Optional.empty();
            return new HistoryJudge.Judgement(violation, code == CheckReport.EXIT_UNDECIDED);
        };
    }
}
