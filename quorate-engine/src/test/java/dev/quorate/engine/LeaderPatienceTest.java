package dev.quorate.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaderPatienceTest {
    private final LeaderPatience patience = new LeaderPatience(100);

    @Test
    void holdsRequestsFromTheFirstThatFindsNoLeaderUntilThePatienceEnds() {
        assertThat(patience.holds(1000, false, true)).isTrue();
        assertThat(patience.deadlineNanos()).isEqualTo(1100);
        assertThat(patience.holds(1099, false, true)).isTrue();
        assertThat(patience.deadlineNanos()).isEqualTo(1100);
        assertThat(patience.holds(1100, false, true)).isFalse();
        assertThat(patience.isHolding()).isFalse();
    }

    @Test
    void handsRequestsInAsSoonAsALeaderIsKnown() {
        assertThat(patience.holds(1000, false, true)).isTrue();
        assertThat(patience.holds(1001, true, true)).isFalse();
        assertThat(patience.isHolding()).isFalse();
        assertThat(patience.deadlineNanos()).isEqualTo(DutyCycle.NO_DEADLINE);
    }

    @Test
    void beginsAnewWithTheNextRequestThatFindsNoLeader() {
        assertThat(patience.holds(1000, false, true)).isTrue();
        assertThat(patience.holds(1100, false, true)).isFalse();
        assertThat(patience.holds(1150, false, true)).isTrue();
        assertThat(patience.deadlineNanos()).isEqualTo(1250);
    }

    @Test
    void holdsNothingWhenNothingWasAsked() {
        assertThat(patience.holds(1000, false, false)).isFalse();
        assertThat(patience.deadlineNanos()).isEqualTo(DutyCycle.NO_DEADLINE);
    }
}
