package dev.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Long histories: the good ones are accepted with little search, and one fault in thousands of operations is found. */
final class WorkloadsTest {
    private static final long SEED = 7;
    private static final int CLIENTS = 30;

    @ParameterizedTest
    @EnumSource(Workloads.Kind.class)
    void thousandsOfGoodOperationsOfThirtyClientsAreAccepted(Workloads.Kind kind) {
        for (boolean revisions : List.of(false, true)) {
            History history =
                    Workloads.record(new Workloads.Plan(kind, 5_000, CLIENTS, 3, revisions, Workloads.Bug.NONE, 0, 17));
            CheckReport report = HistoryChecker.check(history, CheckLimits.DEFAULT);
            assertThat(report.verdict()).as(report.text()).isInstanceOf(Verdict.Linearizable.class);
            Verdict.Linearizable verdict = (Verdict.Linearizable) report.verdict();
            assertThat(verdict.configurations()).isLessThan(100_000);
        }
    }

    static List<Workloads.Plan> faults() {
        List<Workloads.Plan> plans = new ArrayList<>();
        for (Workloads.Kind kind : Workloads.Kind.values()) {
            for (Workloads.Bug bug : Workloads.Bug.values()) {
                boolean revisions = bug == Workloads.Bug.OLD_REVISION;
                boolean canBe = switch (bug) {
                    case NONE -> false;
                    case HALF_TRANSACTION -> kind == Workloads.Kind.BANK;
                    case BLIND_COMPARE -> kind == Workloads.Kind.BANK || kind == Workloads.Kind.COUNTERS;
                    // An old put that is done once more changes nothing in a set.
                    case REPEATS_WRITE -> kind != Workloads.Kind.SETS;
                    default -> true;
                };
                if (canBe) {
                    // Of many concurrent puts hardly any is read before the next one covers it.
                    int concurrency = kind == Workloads.Kind.REGISTERS ? 3 : CLIENTS;
                    // In the life of this seed somebody reads it: a fault that nobody can have seen is no violation.
                    plans.add(new Workloads.Plan(kind, 2_000, concurrency, 3, revisions, bug, 1_100, SEED));
                }
            }
        }
        return plans;
    }

    @ParameterizedTest
    @MethodSource("faults")
    void oneFaultInThousandsOfOperationsIsFoundAndExplainedByAFew(Workloads.Plan plan) {
        History history = Workloads.record(plan);
        CheckReport report = HistoryChecker.check(history, CheckLimits.DEFAULT);
        assertThat(report.verdict()).as(report.text()).isInstanceOf(Verdict.Violation.class);
        Explanation explanation = ((Verdict.Violation) report.verdict()).explanation();
        if (explanation.isShortest()) {
            assertThat(explanation.conflict()).as(report.text()).hasSizeLessThanOrEqualTo(12);
        }
        assertThat(Window.of(history, explanation).operations()).hasSizeLessThanOrEqualTo(64);
        assertThat(explanation.culprit().orElse(plan.faultyAt())).isGreaterThanOrEqualTo(plan.faultyAt() - CLIENTS);
    }
}
