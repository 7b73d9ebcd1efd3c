package dev.quorate.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class LoadTest {
    @Test
    void theSmallestLoadAndShapeAreTaken() {
        Load load =
                load(new Shape("b", 1, 2, 0, 1, 0, 1), 1, 1, Optional.of(1), Duration.ZERO, Duration.ofMillis(1), 1);
        assertThat(load.shape().keys()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    0        | 16   | 256      | 1     | 80  | 1  | --keys is 0, must be 1 to 10000000
                    10000001 | 16   | 256      | 1     | 80  | 1  | --keys is 10000001, must be 1 to 10000000
                    10000    | 9    | 256      | 1     | 80  | 1  | --key-size is 9, must be 10 to 4096 for 10000 keys
                    10001    | 10   | 256      | 1     | 80  | 1  | --key-size is 10, must be 11 to 4096 for 10001 keys
                    10000    | 4097 | 256      | 1     | 80  | 1  | --key-size is 4097, must be 10 to 4096
                    10000    | 16   | -1       | 1     | 80  | 1  | --value-size is -1, must be 0 to 16777216
                    10000    | 16   | 16777217 | 1     | 80  | 1  | --value-size is 16777217
                    10000    | 16   | 256      | 0     | 80  | 1  | --range-keys is 0, must be 1 to 10000
                    50       | 16   | 256      | 51    | 80  | 1  | --range-keys is 51, must be 1 to 50
                    10000    | 16   | 256      | 1     | 101 | 1  | --read-percent is 101, must be 0 to 100
                    10       | 16   | 256      | 1     | 80  | 11 | --hot-keys is 11, must be 1 to 10
                    """)
    void aShapeOutOfBoundsIsRefusedByName(
            int keys, int keySize, int valueSize, int rangeKeys, int reads, int hot, String message) {
        assertThatThrownBy(() -> new Shape("bench/", keys, keySize, valueSize, rangeKeys, reads, hot))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aPrefixMustBeThereAndAscii() {
        assertThatThrownBy(() -> new Shape("", 10, 16, 256, 1, 80, 1)).hasMessageContaining("--prefix");
        assertThatThrownBy(() -> new Shape("ü", 10, 16, 256, 1, 80, 1)).hasMessageContaining("--prefix is 'ü'");
    }

    @Test
    void aLoadOutOfBoundsIsRefusedByName() {
        Shape shape = new Shape("bench/", 10, 16, 256, 1, 80, 1);
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> load(shape, 0, 1, Optional.empty(), second, second, 1))
                .hasMessage("--clients is 0, must be 1 to 10000");
        assertThatThrownBy(() -> load(shape, 2, 3, Optional.empty(), second, second, 1))
                .hasMessage("--connections is 3, more than the 2 clients that could use them");
        assertThatThrownBy(() -> load(shape, 2, 0, Optional.empty(), second, second, 1))
                .hasMessage("--connections is 0, must be 1 to 1000");
        assertThatThrownBy(() -> load(shape, 2, 1, Optional.of(0), second, second, 1))
                .hasMessage("--rate is 0, must be 1 to 10000000");
        assertThatThrownBy(() -> load(shape, 2, 1, Optional.empty(), second, second, 0))
                .hasMessageStartingWith("--total is 0");
        assertThatThrownBy(() -> load(shape, 2, 1, Optional.empty(), Duration.ofHours(2), second, 1))
                .hasMessage("--warm-up must be at most 1h");
        assertThatThrownBy(() -> load(shape, 2, 1, Optional.empty(), second, Duration.ZERO, 1))
                .hasMessage("--duration must be above 0 and at most 24h");
        assertThatThrownBy(() -> load(shape, 2, 1, Optional.empty(), second, Duration.ofHours(25), 1))
                .hasMessage("--duration must be above 0 and at most 24h");
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void theSameSeedChoosesTheSameCallsAndOnlyThoseOfTheScenario(Scenario scenario) {
        Shape shape = new Shape("bench/", 100, 16, 256, 1, 50, 10);
        List<Scenario.Step> steps = steps(scenario, shape);
        assertThat(steps).isEqualTo(steps(scenario, shape));
        assertThat(steps)
                .extracting(Scenario.Step::kind)
                .containsOnly(scenario.kinds().toArray(Kind[]::new));
        assertThat(steps).extracting(Scenario.Step::key).allMatch(key -> key >= 0 && key < 100);
        assertThat(scenario.writes()).isEqualTo(scenario.kinds().stream().anyMatch(Kind::writes));
    }

    @Test
    void nineOfTenWritesGoToTheHotKeys() {
        Shape shape = new Shape("bench/", 1000, 16, 256, 1, 50, 10);
        long hot = steps(Scenario.HOT_KEYS, shape).stream()
                .filter(step -> step.key() < 10)
                .count();
        assertThat(hot).isBetween(850L, 950L);
    }

    private static List<Scenario.Step> steps(Scenario scenario, Shape shape) {
        SplittableRandom random = new SplittableRandom(7);
        return IntStream.range(0, 1000)
                .mapToObj(step -> scenario.next(shape, random))
                .toList();
    }

    private static Load load(
            Shape shape,
            int clients,
            int connections,
            Optional<Integer> rate,
            Duration warmUp,
            Duration duration,
            long total) {
        return new Load(Scenario.PUT, shape, clients, connections, rate, warmUp, duration, total, 1);
    }
}
