package dev.quorate.server.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ProcessAgeTest {
    private static final String STAT =
            "4711 (a (strange) name) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 123456 20 21";

    @Test
    void theAgeIsTheUptimeWithoutTheStartTime() {
        assertThat(ProcessAge.of(STAT, "1235.06 2000.00\n")).isEqualTo(Optional.of(Duration.ofMillis(500)));
    }

    @Test
    void whatIsNotUnderstoodIsNotGuessed() {
        assertThat(ProcessAge.of("4711 (name) S 1 2", "1235.06 2000.00")).isEmpty();
        assertThat(ProcessAge.of(STAT, "soon")).isEmpty();
        assertThat(ProcessAge.of(STAT, "1.0 2.0")).as("a start in the future").isEmpty();
    }

    @Test
    void thisProcessHasAnAge() {
        Duration first = ProcessAge.now();
        assertThat(first).isPositive().isLessThan(Duration.ofDays(1));
        assertThat(ProcessAge.now()).isGreaterThanOrEqualTo(first);
    }
}
