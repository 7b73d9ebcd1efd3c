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
    void aSignOfLifeEndsTheWaitButTheNextOneIsNoShorter() {
        for (int attempt = 0; attempt < 5; attempt++) {
            backoff.failed(0, 0, 1);
        }
        backoff.encourage(0);
        assertThat(backoff.isDue(0)).isTrue();
        assertThat(waitAfterFailure(0, 1)).isGreaterThanOrEqualTo(Backoff.LONGEST_NANOS / 2);
    }

    @Test
    void oneSignOfLifeASecondEndsAWait() {
        backoff.encourage(0);
        backoff.failed(0, 0, 1);
        backoff.encourage(1);
        assertThat(backoff.isDue(1)).isFalse();
        backoff.failed(Backoff.LASTING_NANOS, 0, 1);
        backoff.encourage(Backoff.LASTING_NANOS);
        assertThat(backoff.isDue(Backoff.LASTING_NANOS)).isTrue();
    }

    @Test
    void anotherAddressEndsTheWait() {
        backoff.failed(0, 0, 1);
        backoff.reset();
        assertThat(backoff.isDue(0)).isTrue();
    }
}
