package dev.quorate.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearestNameTest {
    private static final List<String> NAMES = List.of("data-dir", "name", "initial-cluster", "initial-cluster-state");

    @Test
    void theNameThatDiffersLeastIsMeant() {
        assertThat(NearestName.to("datadir", NAMES, 2)).contains("data-dir");
        assertThat(NearestName.to("initial-clutser", NAMES, 9)).contains("initial-cluster");
        assertThat(NearestName.to("initial-cluster-stat", NAMES, 9)).contains("initial-cluster-state");
    }

    @Test
    void whatDiffersTooMuchIsNothing() {
        assertThat(NearestName.to("colour", NAMES, 9)).isEmpty();
        assertThat(NearestName.to("datadirectory", NAMES, 2)).isEmpty();
        assertThat(NearestName.to("", NAMES, 9)).isEmpty();
    }

    @Test
    void lettersThatAreMissingSurplusOrOtherCount() {
        assertThat(NearestName.distance("", "abc")).isEqualTo(3);
        assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
        assertThat(NearestName.distance("same", "same")).isZero();
    }
}
