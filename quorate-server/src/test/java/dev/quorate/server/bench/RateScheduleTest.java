package dev.quorate.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RateScheduleTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void callsAreEvenlySpread() {
        RateSchedule schedule = new RateSchedule(4);
        assertThat(schedule.dueNanos(0)).isZero();
        assertThat(schedule.dueNanos(1)).isEqualTo(250_000_000L);
        assertThat(schedule.dueNanos(4)).isEqualTo(SECOND);
        assertThat(schedule.dueNanos(7)).isEqualTo(1_750_000_000L);
    }

    @Test
    void aRateThatDividesNoSecondDoesNotDrift() {
        RateSchedule schedule = new RateSchedule(7);
        assertThat(schedule.dueNanos(1)).isEqualTo(142_857_142L);
        assertThat(schedule.dueNanos(7L * 86_400)).isEqualTo(86_400 * SECOND);
        assertThat(schedule.dueNanos(7L * 86_400 + 1)).isEqualTo(86_400 * SECOND + 142_857_142L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 1000, 999_983, Load.RATE_MAX})
    void theCallsBeforeATimeAreThoseThatAreDueBeforeIt(int perSecond) {
        RateSchedule schedule = new RateSchedule(perSecond);
        for (long nanos :
                new long[] {1, 2, 100, 142_857_142L, 142_857_143L, SECOND - 1, SECOND, SECOND + 1, 37 * SECOND}) {
            long count = schedule.dueBefore(nanos);
            assertThat(schedule.dueNanos(count - 1)).isLessThan(nanos);
            assertThat(schedule.dueNanos(count)).isGreaterThanOrEqualTo(nanos);
        }
        assertThat(schedule.dueBefore(0)).isZero();
    }
}
