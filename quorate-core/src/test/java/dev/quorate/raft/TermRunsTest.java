package dev.quorate.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.SimLog.SimEntry;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The log as runs of terms, against a plain list of entries. */
class TermRunsTest {
    @Test
    void answersAsAPlainListOfEntriesWouldAfterAnyChanges() {
        for (long seed = 1; seed <= 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TermRuns runs = new TermRuns(LogId.ZERO, List.of(), EntrySizes.NONE);
            SimLog plain = new SimLog();
            long term = 1;
            for (int change = 0; change < 60; change++) {
                term += random.nextInt(3) / 2;
                change(random, runs, plain, term);
                compare("seed " + seed + ", change " + change, runs, plain);
            }
        }
    }

    private static void change(SplittableRandom random, TermRuns runs, SimLog plain, long term) {
        long entries = plain.lastIndex() - plain.purged().index();
        int choice = random.nextInt(12);
        if (choice == 0 && entries > 0) {
            long index = plain.purged().index() + 1 + random.nextLong(entries);
            plain.truncateFrom(index);
            runs.truncateFrom(index);
        } else if (choice < 3 && entries > 0) {
            long index = plain.purged().index() + 1 + random.nextLong(entries);
            LogId through = new LogId(plain.termAt(index), index);
            plain.purge(through);
            runs.purge(through);
        } else if (choice == 3 && random.nextInt(5) == 0) {
            LogId id = new LogId(term, plain.lastIndex() + 1 + random.nextInt(100));
            plain.reset(id);
            runs.reset(id);
        } else {
            int[] sizes = new int[1 + random.nextInt(random.nextInt(10) == 0 ? 300 : 20)];
            for (int i = 0; i < sizes.length; i++) {
                SimEntry entry = new SimEntry(term, 1 + random.nextInt(1000));
                plain.append(entry);
                sizes[i] = entry.size();
            }
            // The first is left out and appended alone, so that the place in the sizes matters.
            runs.append(term, EntrySizes.of(sizes), 0, 1);
            if (sizes.length > 1) {
                runs.append(term, EntrySizes.of(sizes), 1, sizes.length - 1);
            }
        }
    }

    private static void compare(String when, TermRuns runs, SimLog plain) {
        assertThat(runs.last()).as(when).isEqualTo(plain.last());
        assertThat(runs.purged()).as(when).isEqualTo(plain.purged());
        long first = plain.purged().index() + 1;
        assertThat(runs.runs(first, plain.lastIndex())).as(when).isEqualTo(plain.runs());
        long bytes = 0;
        for (long index = first; index <= plain.lastIndex(); index++) {
            bytes += plain.at(index).size();
            assertThat(runs.termAt(index)).as(when).isEqualTo(plain.termAt(index));
            assertThat(runs.sizeAt(index)).as(when).isEqualTo(plain.at(index).size());
        }
        assertThat(runs.bytes(first, plain.lastIndex())).as(when).isEqualTo(bytes);
        assertThat(runs.termAt(first - 1)).as(when).isEqualTo(plain.purged().term());
        assertThat(runs.termAt(first - 2)).as(when).isEqualTo(TermRuns.UNKNOWN);
        assertThat(runs.termAt(plain.lastIndex() + 1)).as(when).isEqualTo(TermRuns.UNKNOWN);
        for (long term = 0; term <= plain.last().term() + 1; term++) {
            assertThat(runs.lastIndexOfTermAtMost(term, plain.lastIndex()))
                    .as(when)
                    .isEqualTo(lastIndexOfTermAtMost(plain, term));
        }
    }

    private static long lastIndexOfTermAtMost(SimLog plain, long term) {
        long index = plain.lastIndex();
        while (index > plain.purged().index() && plain.termAt(index) > term) {
            index--;
        }
        return index;
    }

    @Test
    void partOfALogIsGivenAsItsRuns() {
        TermRuns runs = new TermRuns(LogId.ZERO, MessageText.runs(0, "1x3,4x2,5x1"), EntrySizes.of(1, 2, 3, 4, 5, 6));

        assertThat(runs.runs(2, 5)).containsExactly(new TermRun(1, 2, 3), new TermRun(4, 4, 5));
        assertThat(runs.runs(5, 6)).containsExactly(new TermRun(4, 5, 5), new TermRun(5, 6, 6));
        assertThat(runs.runs(6, 5)).isEmpty();
        assertThat(runs.firstIndexOfRunAt(5)).isEqualTo(4);
        assertThat(runs.bytes(2, 4)).isEqualTo(9);
    }

    @Test
    void neitherAFallingTermNorAnUnknownPlaceIsTaken() {
        TermRuns runs = new TermRuns(LogId.ZERO, MessageText.runs(0, "2x3"), EntrySizes.of(1, 2, 3));

        assertThatThrownBy(() -> runs.append(1, EntrySizes.of(1), 0, 1)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> runs.truncateFrom(4)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> runs.truncateFrom(0)).isInstanceOf(InvariantViolation.class);
        assertThatThrownBy(() -> runs.purge(new LogId(1, 2))).isInstanceOf(InvariantViolation.class);
    }
}
