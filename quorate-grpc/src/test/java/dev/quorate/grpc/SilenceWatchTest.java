package dev.quorate.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class SilenceWatchTest {
    private static final long SILENCE = 1000;

    private final SilenceWatch watch = new SilenceWatch(SILENCE);

    @Test
    void asksWhenSomethingIsSentAndNotTooOften() {
        assertThat(watch.ask(0)).isEqualTo(1);
        assertThat(watch.ask(10)).as("one at a time").isZero();
        assertThat(watch.answered(1, 20)).isEqualTo(20);
        assertThat(watch.ask(100)).as("too soon").isZero();
        assertThat(watch.ask(250)).isEqualTo(2);
    }

    @Test
    void anAnswerToSomethingElseIsNone() {
        watch.ask(0);
        assertThat(watch.answered(9, 10)).isZero();
        assertThat(watch.answered(1, 10)).isEqualTo(10);
        assertThat(watch.answered(1, 20)).isZero();
    }

    @Test
    void aPeerThatLeavesAPingUnansweredIsSilent() {
        watch.ask(0);
        boolean silent = false;
        long now = 0;
        while (!silent) {
            now += 100;
            silent = watch.isSilent(now);
        }
        assertThat(now).isEqualTo(SILENCE);
    }

    @Test
    void aPauseOfThisProcessIsNoSilenceOfThePeer() {
        watch.ask(0);
        assertThat(watch.isSilent(50 * SILENCE)).isFalse();
        assertThat(watch.answered(1, 50 * SILENCE + 1)).isPositive();
        assertThat(watch.isSilent(100 * SILENCE)).isFalse();
    }

    @Test
    void anotherConnectionIsAskedAnew() {
        watch.ask(0);
        watch.reset();
        assertThat(watch.isSilent(10 * SILENCE)).isFalse();
        assertThat(watch.ask(10 * SILENCE)).isEqualTo(2);
    }
}
