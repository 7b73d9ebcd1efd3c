package dev.quorate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class BackoffTest {
    private final Backoff backoff = new Backoff(new SplittableRandom(7));

    /** The wait after a failure at time 0, in steps of 5 ms. */
    private long waitAfterFailure(long openNanos, int addresses) {
        backoff.failed(0, openNanos, addresses);
        long now = 0;
        while (!backoff.isDue(now)) {
            now += 5_000_000;
        }
        return now;
    }

    @Test
    void theFirstAttemptIsDueAtOnce() {
        assertThat(backoff.isDue(0)).isTrue();
    }

    @Test
    void waitsGrowUpToALimitAndAreDrawnFromTheUpperHalf() {
        for (int attempt = 0; attempt < 20; attempt++) {
            long longest = Math.min(Backoff.LONGEST_NANOS, Backoff.FIRST_NANOS << Math.min(attempt, 10));
            assertThat(waitAfterFailure(0, 1)).isBetween(longest / 2, longest + 5_000_000);
        }
    }

    @Test
    void allAddressesAreTriedBeforeTheFirstWait() {
        assertThat(backoff.turn(3)).isEqualTo(0);
        assertThat(waitAfterFailure(0, 3)).isZero();
        assertThat(backoff.turn(3)).isEqualTo(1);
        assertThat(waitAfterFailure(0, 3)).isZero();
        assertThat(backoff.turn(3)).isEqualTo(2);
        assertThat(waitAfterFailure(0, 3)).isPositive();
        assertThat(backoff.turn(3)).isEqualTo(0);
    }

    @Test
    void aConnectionThatLastedIsReplacedAtOnceOneThatDidNotIsAFailure() {
        assertThat(waitAfterFailure(Backoff.LASTING_NANOS, 1)).isZero();
        assertThat(waitAfterFailure(Backoff.LASTING_NANOS - 1, 1)).isPositive();
    }

    @Test
    void aSignOfLifeEndsTheWait() {
        backoff.failed(0, 0, 1);
        backoff.reset();
        assertThat(backoff.isDue(0)).isTrue();
    }
}
