package dev.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check answers beside yes and no: limits, orders, files, replays. */
final class VerdictTest {
    private static final Action GET = new Action.Get("x");

    @TempDir
    Path directory;

    @Test
    void aLimitThatIsTooLowIsSaidAndNeverTakenForGood() {
        History history =
                Workloads.record(new Workloads.Plan(Workloads.Kind.BANK, 500, 20, 3, false, Workloads.Bug.NONE, 0, 3));
        CheckReport report = HistoryChecker.check(history, new CheckLimits(20, 0));
        assertThat(report.verdict()).isInstanceOf(Verdict.Undecided.class);
        Verdict.Undecided undecided = (Verdict.Undecided) report.verdict();
        assertThat(undecided.configurations()).isLessThanOrEqualTo(21);
        assertThat(undecided.keys()).hasSize(5).contains("account0");
        assertThat(report.exitCode()).isEqualTo(CheckReport.EXIT_UNDECIDED);
        assertThat(report.text()).startsWith("UNDECIDED").doesNotContain("LINEARIZABLE");
        assertThat(report.html()).contains("Undecided").doesNotContain("Linearizable");
    }

    @Test
    void aFaultThatADetectorProvesNeedsNoSearch() throws IOException {
        CheckReport report = HistoryChecker.check(KnownHistoriesTest.history("bad-write-skew"), new CheckLimits(1, 0));
        assertThat(report.verdict()).isInstanceOf(Verdict.Violation.class);
        assertThat(report.text()).contains("write skew");
    }

    @Test
    void anOrderExplainsEveryAnswerAndNamesOnlyWhatTookEffect() {
        History history = History.of(
                put("c1", 0, 10, "1"),
                put("c2", 1, 9, "2"),
                get("c3", 2, 4, "2"),
                get("c3", 5, 8, "1"),
                Operation.unknown("c4", 0, 3, new Action.Put("x", "3")),
                Operation.unknown("c5", 0, 3, new Action.Put("x", "4")),
                get("c3", 20, 21, "4"));
        Verdict verdict = HistoryChecker.check(history, CheckLimits.DEFAULT).verdict();
        assertThat(((Verdict.Linearizable) verdict).order()).containsExactly(1, 2, 0, 3, 5, 6);
    }

    @Test
    void aFileIsCheckedAsItIs() throws IOException {
        Path file = directory.resolve("history.ndjson");
        HistoryWriter.write(file, KnownHistoriesTest.history("bad-stale-read"));
        assertThat(HistoryChecker.check(file).exitCode()).isEqualTo(CheckReport.EXIT_VIOLATION);
        Files.writeString(file, "{\"format\":\"quorate-history\",\"version\":1}\n");
        assertThat(HistoryChecker.check(file).exitCode()).isEqualTo(CheckReport.EXIT_OK);
    }

    @Test
    void aReplayRefusesEveryOrderThatIsNone() {
        History history = History.of(
                put("c1", 0, 2, "1"),
                put("c1", 3, 5, "2"),
                get("c2", 4, 8, "1"),
                new Operation("c3", 0, 9, new Action.Put("x", "7"), new Outcome.Failed(), Consistency.LINEARIZABLE));
        assertThat(flaw(history, 0, 2, 1)).isEmpty();
        assertThat(flaw(history, 0, 1, 2)).contains("#3 saw another value");
        assertThat(flaw(history, 1, 0, 2)).contains("#1 ended before the call of one placed before it");
        assertThat(flaw(history, 0, 2)).contains("#2 is missing");
        assertThat(flaw(history, 0, 0, 2, 1)).contains("#1 stands twice");
        assertThat(flaw(history, 0, 2, 1, 3)).contains("#4 failed, and stands in the order");
    }

    @Test
    void aReplayKnowsRevisionsAndSessions() {
        Operation first = answered("c1", 0, 9, new Action.Put("x", "1"), new Answer.Done(), 5);
        Operation second = answered("c2", 0, 9, new Action.Put("x", "2"), new Answer.Done(), 4);
        Operation wrong = answered("c2", 0, 9, GET, new Answer.Found(Optional.of(Seen.of("1", 4))), 5);
        assertThat(flaw(History.of(first, second), 1, 0)).isEmpty();
        assertThat(flaw(History.of(first, second), 0, 1)).contains("#2 has a revision below one before it");
        assertThat(flaw(History.of(first, second, wrong), 1, 0, 2)).contains("#3 saw another revision");
        Operation stale = new Operation(
                "c2", 10, 11, GET, Outcome.answered(new Answer.Found(Optional.empty())), Consistency.SERIALIZABLE);
        Operation staler = new Operation("c2", 12, 13, GET, stale.outcome(), Consistency.SERIALIZABLE);
        HistoryRules rules = HistoryRules.PLAIN.withSessions(SessionGuarantee.MONOTONIC_READS);
        assertThat(flaw(new History(rules, List.of(stale, staler)), 0, 1)).isEmpty();
        assertThat(flaw(new History(rules, List.of(stale, staler)), 1, 0))
                .contains("#1 stands after a later operation of its client");
    }

    @Test
    void theStatesBeforeTheImpossibleAnswerAreListed() {
        History history = History.of(put("c1", 0, 10, "1"), put("c2", 1, 9, "2"), get("c3", 11, 12, "3"));
        Verdict verdict = HistoryChecker.check(history, CheckLimits.DEFAULT).verdict();
        Explanation explanation = ((Verdict.Violation) verdict).explanation();
        assertThat(explanation.prefix()).isEqualTo(2);
        assertThat(explanation.states())
                .containsExactlyInAnyOrder(new TreeMap<>(Map.of("x", "1")), new TreeMap<>(Map.of("x", "2")));
    }

    private static Optional<String> flaw(History history, int... order) {
        return Replay.flaw(
                history,
                0,
                Arrays.stream(order)
                        .mapToObj(operation -> new Placed(operation, true))
                        .toList());
    }

    private static Operation answered(
            String client, long invoked, long ended, Action action, Answer answer, long revision) {
        return new Operation(
                client, invoked, ended, action, Outcome.answered(answer, revision), Consistency.LINEARIZABLE);
    }

    private static Operation put(String client, long invoked, long ended, String value) {
        return Operation.answered(client, invoked, ended, new Action.Put("x", value), new Answer.Done());
    }

    private static Operation get(String client, long invoked, long ended, String value) {
        return Operation.answered(client, invoked, ended, GET, new Answer.Found(Optional.of(Seen.of(value))));
    }
}
