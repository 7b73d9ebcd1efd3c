package dev.quorate.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds every source of this checkout to the rules of the house. */
final class TidyTest {
    private static List<Source> sources = List.of();

    @BeforeAll
    static void readTheCheckout() throws IOException {
        sources = Checkout.sources(Checkout.root(Path.of("")));
    }

    @Test
    void allSourcesAreRead() {
        assertThat(sources)
                .extracting(Source::packageName)
                .contains("dev.quorate.raft", "dev.quorate.spi", "dev.quorate.server", "dev.quorate.tidy");
        assertThat(sources).anyMatch(source -> !source.isMain());
    }

    @Test
    void importsFollowTheArrows() {
        assertTidy(Arrows.ofTheHouse());
    }

    @Test
    void arrowsHaveNoCycle() {
        assertThat(Arrows.ofTheHouse().cycle()).isEmpty();
    }

    @Test
    void theProtocolIsDeterministic() {
        assertTidy(new Determinism());
    }

    @Test
    void filesMethodsAndLinesAreShort() {
        assertTidy(new Lengths());
    }

    @Test
    void namesSaySomething() {
        assertTidy(new Names());
    }

    @Test
    void nothingIsLeftUnfinished() {
        assertTidy(new Leftovers());
    }

    @Test
    void onlyTheCommandLinePrints() {
        assertTidy(new Output());
    }

    @Test
    void noCheckCanBeSwitchedOff() {
        assertTidy(new Checks());
    }

    @Test
    void testsNeitherSleepNorHide() {
        assertTidy(new TestDiscipline());
    }

    @Test
    void everyPackageIntroducesItself() {
        assertThat(PackageInfos.violations(sources)).isEmpty();
    }

    private static void assertTidy(Rule rule) {
        assertThat(sources.stream().flatMap(source -> rule.violations(source).stream()))
                .isEmpty();
    }
}
