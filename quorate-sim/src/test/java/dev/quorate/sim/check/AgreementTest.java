package dev.quorate.sim.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The checker and brute force say the same about thousands of tiny histories, good and bad. */
final class AgreementTest {
    /** Of each family; a longer run is {@code -Dquorate.histories=30000}. */
    private static final int HISTORIES = Integer.getInteger("quorate.histories", 1_000);

    private static final int OPERATIONS_MAX = 7;

    /** A family of histories. */
    record Family(
            String name,
            int keys,
            int values,
            int unknownPercent,
            int stalePercent,
            int revisionPercent,
            boolean modRevisions,
            int multiKeyPercent,
            SessionGuarantee sessions) {
        RandomHistories.Shape shape(SplittableRandom random) {
            return new RandomHistories.Shape(
                    2 + random.nextInt(OPERATIONS_MAX - 1),
                    2 + random.nextInt(3),
                    keys,
                    values,
                    unknownPercent,
                    stalePercent,
                    revisionPercent,
                    modRevisions,
                    multiKeyPercent,
                    sessions);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Family> families() {
        SessionGuarantee none = SessionGuarantee.NONE;
        return List.of(
                new Family("one register, new values", 1, 0, 15, 0, 0, false, 0, none),
                new Family("one register, few values", 1, 3, 15, 0, 0, false, 0, none),
                new Family("two registers, few values", 2, 3, 15, 0, 0, false, 0, none),
                new Family("transactions, new values", 2, 0, 20, 0, 0, false, 60, none),
                new Family("transactions, few values", 3, 2, 20, 0, 0, false, 60, none),
                new Family("stale reads", 2, 3, 10, 50, 0, false, 20, none),
                new Family("stale reads, monotonic", 2, 3, 10, 60, 0, false, 30, SessionGuarantee.MONOTONIC_READS),
                new Family("stale reads in program order", 2, 3, 10, 60, 0, false, 30, SessionGuarantee.PROGRAM_ORDER),
                new Family("all revisions", 2, 3, 0, 20, 100, false, 30, none),
                new Family("some revisions", 2, 3, 20, 20, 60, false, 30, none),
                new Family("revisions of new values", 2, 0, 25, 20, 50, true, 30, none));
    }

    @ParameterizedTest
    @MethodSource("families")
    void theCheckerAndBruteForceAgree(Family family) {
        int[] verdicts = new int[2];
        for (long seed = 0; seed < HISTORIES; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            History history = RandomHistories.generate(seed, family.shape(random));
            assertThat(verdict(history, family, seed))
                    .as("%s, seed %d", family, seed)
                    .isTrue();
            History mutated = RandomHistories.mutated(history, seed);
            boolean expected = BruteForce.isLinearizable(mutated);
            if (verdict(mutated, family, seed) != expected) {
                fail("%s, seed %d: brute force says %s\n%s", family, seed, expected, lines(mutated));
            }
            verdicts[expected ? 1 : 0]++;
        }
        assertThat(Stream.of(verdicts[0], verdicts[1])).allMatch(count -> count > HISTORIES / 20);
    }

    @Test
    void bruteForceAcceptsWhatTheGeneratorMakes() {
        for (Family family : families()) {
            for (long seed = 0; seed < 300; seed++) {
                History history = RandomHistories.generate(seed, family.shape(new SplittableRandom(seed)));
                assertThat(BruteForce.isLinearizable(history))
                        .as("%s, seed %d\n%s", family, seed, lines(history))
                        .isTrue();
            }
        }
    }

    private static boolean verdict(History history, Family family, long seed) {
        try {
            Verdict verdict = HistoryChecker.check(history, CheckLimits.DEFAULT).verdict();
            assertThat(verdict).isNotInstanceOf(Verdict.Undecided.class);
            return verdict instanceof Verdict.Linearizable;
        } catch (RuntimeException e) {
            throw new AssertionError(family + ", seed " + seed + "\n" + lines(history), e);
        }
    }

    static String lines(History history) {
        StringBuilder lines = new StringBuilder("initially " + history.rules().initial() + "\n");
        for (int i = 0; i < history.operations().size(); i++) {
            Operation operation = history.operations().get(i);
            lines.append(Wording.name(history, i))
                    .append(" [")
                    .append(operation.invoked())
                    .append(", ")
                    .append(operation.ended())
                    .append("] ")
                    .append(Wording.of(operation))
                    .append('\n');
        }
        return lines.toString();
    }
}
