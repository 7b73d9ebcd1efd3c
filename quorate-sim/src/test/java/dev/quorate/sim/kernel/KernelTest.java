package dev.quorate.sim.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class KernelTest {
    private final Schedule schedule = new Schedule();

    /** Recorded once: the same on every JVM and for ever, or no seed of an old report means anything. */
    @Test
    void chanceIsTheSameOnEveryJvm() {
        Chance chance = new Chance(42);
        TraceHash trace = new TraceHash();
        for (int i = 0; i < 1000; i++) {
            trace.add(chance.nextLong(), chance.below(1 + i));
            trace.add(chance.between(-i, i), chance.exponential(1_000_000));
            trace.add(chance.happens(0.3) ? 1 : 0, chance.split().nextLong());
        }
        assertThat(trace).hasToString("0f8c57f8d22baab9");
    }

    @Test
    void drawsStayWithinTheirBounds() {
        Chance chance = new Chance(7);
        boolean[] seen = new boolean[5];
        for (int i = 0; i < 1000; i++) {
            seen[chance.below(5)] = true;
            assertThat(chance.between(-3, 3)).isBetween(-3L, 3L);
            assertThat(chance.exponential(10)).isPositive();
            assertThat(chance.unit()).isBetween(0.0, Math.nextDown(1.0));
        }
        assertThat(seen).containsOnly(true);
    }

    @Test
    void eventsHappenInTheOrderOfTheirTimesAndThenOfTheirPlans() {
        List<String> happened = new ArrayList<>();
        schedule.at(20, () -> happened.add("late"));
        schedule.at(10, () -> happened.add("first"));
        schedule.at(10, () -> happened.add("second"));
        schedule.at(15, () -> happened.add("never")).cancel();
        while (schedule.next(15)) {
            assertThat(schedule.nowNanos()).isEqualTo(10);
        }
        assertThat(happened).containsExactly("first", "second");
        assertThat(schedule.nowNanos()).isEqualTo(15);
        assertThat(schedule.next(30)).isTrue();
        assertThat(happened).endsWith("late");
    }

    @Test
    void whatIsPlannedForThePastHappensNow() {
        schedule.next(100);
        long[] at = new long[1];
        schedule.at(50, () -> at[0] = schedule.nowNanos());
        schedule.next(200);
        assertThat(at[0]).isEqualTo(100);
    }

    @Test
    void aClockRunsAtItsRateAndFindsTheTimeOfTheWorldForItsOwn() {
        for (long ppm : new long[] {-40_000, -1, 0, 1, 40_000}) {
            VirtualClock clock = new VirtualClock(schedule, 5_000_000_007L, 1000, ppm);
            long begun = schedule.nowNanos();
            long first = clock.nanoTime();
            schedule.next(begun + 1_000_000_000);
            assertThat(clock.nanoTime() - first).isEqualTo(1_000_000_000 + ppm * 1000);
            for (long wait = 1; wait < 3_000_000_000L; wait = wait * 3 + 1) {
                long wanted = clock.nanoTime() + wait;
                long at = clock.worldAt(wanted);
                schedule.next(at);
                assertThat(clock.nanoTime()).isGreaterThanOrEqualTo(wanted).isLessThan(wanted + 4);
            }
        }
    }

    @Test
    void wallTimeJumpsAndTheOtherTimeDoesNot() {
        VirtualClock clock = new VirtualClock(schedule, 0, 1000, 0);
        clock.jumpWall(-400);
        assertThat(clock.wallMillis()).isEqualTo(600);
        assertThat(clock.nanoTime()).isZero();
    }
}
