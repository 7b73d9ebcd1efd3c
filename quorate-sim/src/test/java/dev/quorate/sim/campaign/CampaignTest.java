package dev.quorate.sim.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.sim.probes.Probe;
import dev.quorate.sim.world.HistoryJudge;
import dev.quorate.sim.world.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CampaignTest {
    @Test
    void aCampaignRunsItsSeedsAndAddsUpWhatTheyDid() throws InterruptedException {
        List<Long> seen = new ArrayList<>();
        CampaignReport report = new Campaign(
                        Scenario.of(50), 4, Long.MAX_VALUE, Judges.linearizability(), r -> seen.add(r.seeds()))
                .run(2);
        assertThat(report.failures()).isEmpty();
        assertThat(report.seeds()).isEqualTo(4);
        assertThat(seen).containsExactly(1L, 2L, 3L, 4L);
        assertThat(report.operations()).isPositive();
        assertThat(report.probes().count(Probe.ELECTION)).isGreaterThanOrEqualTo(4);
        assertThat(report.line()).startsWith("4 seeds");
    }

    @Test
    void aFailureIsKeptWithTheCommandThatRepeatsItAndManyEndTheCampaign() throws InterruptedException {
        HistoryJudge strict = history -> new HistoryJudge.Judgement(Optional.of("no good"), false);
        CampaignReport report = new Campaign(Scenario.of(60), 30, Long.MAX_VALUE, strict, r -> {}).run(1);
        assertThat(report.failures()).hasSize(Campaign.FAILURES_MAX);
        assertThat(report.seeds()).isEqualTo(Campaign.FAILURES_MAX);
        assertThat(report.failures().get(0).failure().orElseThrow().message()).isEqualTo("no good");
        assertThat(report.failures().get(0).scenario().command()).isEqualTo("./quorate sim --seed 60");
    }

    @Test
    void aCampaignWhoseThreadDiesDoesNotEndWell() {
        HistoryJudge dying = history -> {
            throw new NoClassDefFoundError("a class that is not there");
        };
        Campaign campaign = new Campaign(Scenario.of(80), 2, Long.MAX_VALUE, dying, r -> {});
        assertThatThrownBy(() -> campaign.run(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a class that is not there");
    }

    @Test
    void whenTheTimeIsOverNoWorldBeginsAnyMore() throws InterruptedException {
        CampaignReport report = new Campaign(Scenario.of(70), Long.MAX_VALUE, 0, Judges.none(), r -> {}).run(1);
        assertThat(report.seeds()).isEqualTo(1);
    }
}
