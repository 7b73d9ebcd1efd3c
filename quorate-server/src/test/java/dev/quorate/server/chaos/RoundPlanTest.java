package dev.quorate.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RoundPlanTest {
    private static final int SEEDS = 300;
    private static final RoundPlan.Choice ALL =
            new RoundPlan.Choice(0, List.of("namespaces", "relays"), Set.of("relays"), List.of(FaultKind.values()), 0);

    @Test
    void oneSeedDrawsOnePlan() {
        assertThat(RoundPlan.drawn(4711, ALL)).isEqualTo(RoundPlan.drawn(4711, ALL));
        assertThat(RoundPlan.drawn(4711, ALL)).isNotEqualTo(RoundPlan.drawn(4712, ALL));
    }

    @Test
    void everyKindAndBothNetworksAreDrawnBySomeSeeds() {
        Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        Set<String> networks = new java.util.TreeSet<>();
        for (long seed = 0; seed < SEEDS; seed++) {
            RoundPlan plan = RoundPlan.drawn(seed, ALL);
            networks.add(plan.network());
            plan.faults().forEach(fault -> kinds.add(fault.kind()));
        }
        assertThat(kinds).containsExactlyInAnyOrder(FaultKind.values());
        assertThat(networks).containsExactly("namespaces", "relays");
    }

    @Test
    void faultsComeInTheOrderOfTimeAndWithinTheLoad() {
        for (long seed = 0; seed < SEEDS; seed++) {
            RoundPlan plan = RoundPlan.drawn(seed, ALL);
            assertThat(plan.faults()).isSortedAccordingTo(Comparator.comparingLong(PlannedFault::atMillis));
            assertThat(plan.faults()).allMatch(fault -> fault.atMillis() > 0 && fault.atMillis() < plan.loadMillis());
        }
    }

    @Test
    void aPauseIsLongerThanAnElectionTakesToBegin() {
        for (long seed = 0; seed < SEEDS; seed++) {
            RoundPlan plan = RoundPlan.drawn(seed, ALL);
            assertThat(plan.faults())
                    .filteredOn(fault -> fault.kind() == FaultKind.PAUSE)
                    .allMatch(fault -> fault.lastsMillis() >= plan.electionMillis());
        }
    }

    @Test
    void lossAndDelayAreDrawnOnlyWhereTheNetworkCanDoThem() {
        for (long seed = 0; seed < SEEDS; seed++) {
            RoundPlan plan = RoundPlan.drawn(seed, ALL);
            if (plan.network().equals("namespaces")) {
                assertThat(plan.faults()).noneMatch(fault -> fault.kind().needsShaping());
            }
        }
    }

    @Test
    void noKindIsMuchRarerThanTheOthers() {
        Map<FaultKind, Integer> planned = new EnumMap<>(FaultKind.class);
        int faults = 0;
        for (long seed = 0; seed < 10 * SEEDS; seed++) {
            for (PlannedFault fault : RoundPlan.drawn(seed, ALL).faults()) {
                planned.merge(fault.kind(), 1, Integer::sum);
                faults++;
            }
        }
        int fairShare = faults / FaultKind.values().length;
        assertThat(planned.values())
                .as(planned.toString())
                .allMatch(times -> times > 0.75 * fairShare && times < 1.3 * fairShare);
    }

    @Test
    void logsThatAreToRunOutOfSpaceHaveTinyFiles() {
        RoundPlan.Choice full = new RoundPlan.Choice(
                3, List.of("relays"), Set.of("relays"), List.of(FaultKind.FULL_DISK_LEADER), 20_000);
        for (long seed = 0; seed < SEEDS; seed++) {
            assertThat(RoundPlan.drawn(seed, full).segments()).isEqualTo(Segments.TINY);
        }
    }

    @Test
    void eachKindIsFoundByItsWord() {
        for (FaultKind kind : FaultKind.values()) {
            assertThat(FaultKind.of(kind.word())).contains(kind);
        }
        assertThat(FaultKind.of("meteor")).isEmpty();
    }
}
