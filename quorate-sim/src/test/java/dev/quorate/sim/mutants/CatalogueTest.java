package dev.quorate.sim.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class CatalogueTest {
    /** The checkout: tests run in the directory of their module. */
    private static final Path ROOT = Path.of("..");
    /** Mutants that a few seeds notice, of different kinds: fit for every build. */
    private static final List<String> QUICK = List.of(
            "ack-volatile",
            "quorum-too-small",
            "no-sync",
            "vote-volatile",
            "no-force",
            "publish-one-late",
            "read-without-round",
            "forwarded-again",
            "earlier-use-counts");

    static Stream<Mutant> all() {
        return Catalogue.all().stream();
    }

    static Stream<Mutant> quick() {
        return all().filter(mutant -> QUICK.contains(mutant.name()));
    }

    @Test
    void theCatalogueHasManyBugsEachUnderAName() {
        assertThat(Catalogue.all()).hasSizeGreaterThanOrEqualTo(25);
        assertThat(all().map(Mutant::name)).doesNotHaveDuplicates();
        assertThat(quick().map(Mutant::name)).containsExactlyInAnyOrderElementsOf(QUICK);
    }

    /** A bug whose place is gone proves nothing; whoever changes the place finds another one for it. */
    @ParameterizedTest
    @MethodSource("all")
    void thePlaceOfEachBugIsInTheSources(Mutant mutant) throws IOException {
        assertThat(mutant.changes()).isNotEmpty();
        for (Mutant.Change change : mutant.changes()) {
            String code = Files.readString(ROOT.resolve(change.source()));
            assertThat(change.applyTo(code)).isNotEqualTo(code);
        }
    }

    @ParameterizedTest
    @MethodSource("quick")
    void aFewSeedsNoticeIt(Mutant mutant) throws IOException, InterruptedException {
        Catch caught = new MutantRun(ROOT, 40, 1, Duration.ofMinutes(3)).run(mutant, 1);
        assertThat(caught.isCaught()).as(caught.row()).isTrue();
    }

    @Test
    void aMutantWithoutItsPlaceIsRefused() {
        Mutant.Change change = new Mutant.Change("A.java", "here", "there");
        assertThat(change.applyTo("it is here.")).isEqualTo("it is there.");
        assertThatThrownBy(() -> change.applyTo("it is gone")).hasMessageContaining("nowhere");
        assertThatThrownBy(() -> change.applyTo("here and here")).hasMessageContaining("twice");
    }

    @Test
    void whatIsNotNoticedInSomeRoundIsNotCaught() {
        Mutant mutant = new Mutant("a", "b", "A.java", "x", "y");
        Catch caught = new Catch(mutant, List.of(5, 1, 3), 3, Optional.of("Rule"));
        assertThat(caught.isCaught()).isTrue();
        assertThat(caught.row()).isEqualTo("| a | b | Rule | 3 (at most 5) |");
        Catch missed = new Catch(mutant, List.of(2), 3, Optional.of("Rule"));
        assertThat(missed.isCaught()).isFalse();
        assertThat(missed.median()).isZero();
        assertThat(missed.row()).contains("survived 2 of 3");
    }
}
