package dev.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The histories in the resources: the good ones pass, and each bad one is found for what it is. */
final class KnownHistoriesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "empty",
                "concurrent",
                "late-unknown",
                "unknown-never",
                "failed-never-seen",
                "stale-allowed",
                "bank",
                "revisions",
                "revision-own",
                "set",
                "session"
            })
    void aGoodHistoryIsAccepted(String name) throws IOException {
        CheckReport report = check("good-" + name);
        assertThat(report.verdict()).as(report.text()).isInstanceOf(Verdict.Linearizable.class);
        assertThat(report.exitCode()).isZero();
    }

    /** Name, first fault, operations in conflict and the one among them whose answer was impossible; from 1. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
                    stale-read,            STALE_READ,           1 2 4,   4
                    lost-write,            LOST_WRITE,           1 3 4,   4
                    lost-delete,           LOST_WRITE,           1 2,     2
                    lost-update,           LOST_UPDATE,          3 4,     3
                    late-update,           LOST_UPDATE,          1 3 4,   4
                    write-skew,            WRITE_SKEW,           1 2,     1
                    duplicated-cas,        DUPLICATED_WRITE,     1 2,     2
                    returned-value,        RETURNED_VALUE,       1 2 4,   4
                    append-twice,          ELEMENT_TWICE,        3,       3
                    append-lost,           ELEMENT_LOST,         1 3,     -
                    set-lost,              ELEMENT_LOST,         1 4,     -
                    non-atomic-read,       NON_ATOMIC_READ,      1 2,     2
                    bank-total,            TOTAL_CHANGED,        2,       -
                    future-read,           FUTURE_READ,          2,       2
                    unwritten-value,       UNWRITTEN_VALUE,      2,       2
                    failed-write-seen,     FAILED_WRITE_SEEN,    3,       3
                    revision-time-travel,  REVISION_WENT_BACK,   2 3,     3
                    revision-stale-answer, STALE_READ,           2 3,     3
                    revision-shared,       REVISION_SHARED,      1 2,     1
                    revision-mismatch,     REVISION_MISMATCH,    1 3,     3
                    revision-initial,      NO_ORDER,             2 3,     2
                    revision-unexplained,  REVISION_UNEXPLAINED, 2,       -
                    session,               SESSION_WENT_BACK,        1 2 3 4, 4
                    session-revision,      SESSION_WENT_BACK,    3 4,     4
                    session-across-keys,   SESSION_WENT_BACK,    1 2 3 4, 4
                    reused-values,         LOST_WRITE,           1 2 3,   3
                    failed-compare,        NO_ORDER,             1,       1
                    """)
    void aBadHistoryIsFoundForWhatItIs(String name, Fault fault, String conflict, Integer culprit) throws IOException {
        CheckReport report = check("bad-" + name);
        assertThat(report.verdict()).isInstanceOf(Verdict.Violation.class);
        Explanation explanation = ((Verdict.Violation) report.verdict()).explanation();
        assertThat(explanation.first().fault()).as(report.text()).isEqualTo(fault);
        assertThat(explanation.conflict()).as(report.text()).isEqualTo(positions(conflict));
        assertThat(explanation.culprit().orElse(-1)).as(report.text()).isEqualTo(culprit == null ? -1 : culprit - 1);
        assertThat(explanation.isShortest()).isTrue();
        assertThat(report.exitCode()).isEqualTo(CheckReport.EXIT_VIOLATION);
    }

    @Test
    void everyHistoryInTheResourcesIsBadOrGoodForItsOwnReason() throws IOException {
        assertThat(message("stale-read"))
                .isEqualTo("#4 (c3) found x=1, which #1 (c1) had left or shown before; but in between it was x=2, by "
                        + "#2 (c1) and #5 (c2)");
        assertThat(message("non-atomic-read"))
                .isEqualTo("#2 (c2) saw a=1 from #1 (c1), and with it b=0, which was there only before #1 (c1) "
                        + "replaced it");
    }

    private static String message(String name) throws IOException {
        return ((Verdict.Violation) check("bad-" + name).verdict())
                .explanation()
                .first()
                .message();
    }

    private static List<Integer> positions(String numbers) {
        return Arrays.stream(numbers.strip().split(" "))
                .map(number -> Integer.parseInt(number) - 1)
                .toList();
    }

    static CheckReport check(String name) throws IOException {
        return HistoryChecker.check(history(name), CheckLimits.DEFAULT);
    }

    static History history(String name) throws IOException {
        try (InputStream bytes =
                        Objects.requireNonNull(KnownHistoriesTest.class.getResourceAsStream(name + ".ndjson"), name);
                BufferedReader lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
            return HistoryReader.read(lines);
        }
    }
}
