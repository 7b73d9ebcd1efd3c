package dev.quorate.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TotalsTest {
    private static RoundReport round(List<String> violations, boolean linearizable, boolean undecided, int lost) {
        return new RoundReport(
                Map.of(FaultKind.PAUSE, 2, FaultKind.KILL_LEADER, 1),
                600,
                7,
                1,
                3,
                lost,
                new Counters.Counted(1_000, 4, lost),
                1,
                violations,
                linearizable,
                undecided,
                List.of(900L),
                List.of(3_000L, 1_000L, 2_000L));
    }

    private static List<String> lines(Totals totals) {
        return totals.lines(List.of(FaultKind.PAUSE, FaultKind.KILL_LEADER, FaultKind.SPLIT)).stream()
                .map(line -> line.replaceAll(" +", " "))
                .toList();
    }

    @Test
    void roundsAddUp() {
        Totals totals = new Totals();
        totals.add(round(List.of(), true, false, 0));
        totals.add(round(List.of(), true, true, 0));
        assertThat(totals.brokenOff()).isEqualTo(1);
        assertThat(totals.rounds()).isEqualTo(2);
        assertThat(totals.failedRounds()).isZero();
        assertThat(lines(totals))
                .contains(
                        "pause 4",
                        "kill-leader 2",
                        "split 0",
                        "rounds 2",
                        "rounds that could not be run to their end 1",
                        "faults 6",
                        "operations 1,200",
                        "unknown outcomes 14",
                        "lost acknowledged writes 0",
                        "increments in sessions 2,000",
                        "increments sent again, their outcome unknown 8",
                        "counters that differ from the acknowledged increments 0",
                        "histories that are not linearizable 0",
                        "histories that are undecided 1",
                        "rounds with any violation 0",
                        "backups saved under load and restored 2",
                        "times that a log refused to write on a full disk 6",
                        "processes that ended by themselves 2",
                        "without a leader after its kill median 900 ms, at most 900 ms, of 2",
                        "catching up after a start median 2,000 ms, at most 3,000 ms, of 6");
    }

    @Test
    void whatIsWrongIsCounted() {
        Totals totals = new Totals();
        totals.add(round(List.of("lost", "lost", "not linearizable"), false, false, 2));
        assertThat(totals.failedRounds()).isEqualTo(1);
        assertThat(lines(totals))
                .contains(
                        "lost acknowledged writes 2",
                        "counters that differ from the acknowledged increments 2",
                        "histories that are not linearizable 1",
                        "rounds with any violation 1");
    }

    @Test
    void whatWasNeverMeasuredIsNotCalledZero() {
        assertThat(Totals.spread(List.of())).isEqualTo("never measured");
    }
}
