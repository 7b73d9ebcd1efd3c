package dev.quorate.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quorate.raft.TermRun;
import dev.quorate.spi.Disk.Open;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Where entries lie, and which terms they have, compared with plain maps. */
class EntryIndexTest {
    private final EntryIndex index = new EntryIndex();
    private final Segment one = segment(1);
    private final Segment two = segment(2);

    private static Segment segment(long sequence) {
        try {
            SimDisk disk = new SimDisk(sequence);
            SegmentedLog.create(disk, LogFixture.LOG, WalOptions.DEFAULT);
            return Segment.open(disk, LogFixture.LOG.resolve("0000000000000001.segment"), 1, Open.READ);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void viewShowsWhatItShowedWhateverComesLater() {
        for (int i = 1; i <= 100; i++) {
            index.add(i <= 60 ? one : two, i * 100, i);
        }
        LogView before = index.view(100);
        index.truncateFrom(40);
        for (int i = 40; i <= 300; i++) {
            index.add(i <= 120 ? one : two, i * 1000, i * 2);
        }
        index.purgeThrough(70);
        for (int i = 1; i <= 100; i++) {
            assertThat(before.has(i)).isTrue();
            assertThat(before.span(i).segment()).isSameAs(i <= 60 ? one : two);
            assertThat(before.span(i).offset(i)).isEqualTo(i * 100);
            assertThat(before.span(i).size(i)).isEqualTo(i);
        }
        LogView after = index.view(1000);
        assertThat(after.first()).isEqualTo(71);
        assertThat(after.through()).isEqualTo(300);
        assertThat(after.span(71).offset(71)).isEqualTo(71_000);
    }

    @Test
    void viewEndsWhereItWasToldTo() {
        for (int i = 1; i <= 10; i++) {
            index.add(one, i * 100, i);
        }
        LogView view = index.view(7);
        assertThat(view.has(7)).isTrue();
        assertThat(view.has(8)).isFalse();
        assertThat(view.lastInSpan(3)).isEqualTo(7);
    }

    @Test
    void termsFollowEveryChange() {
        for (int seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TermRuns runs = new TermRuns();
            TreeMap<Long, Long> model = new TreeMap<>();
            long next = 1;
            long term = 1;
            for (int step = 0; step < 60; step++) {
                long first = model.isEmpty() ? next : model.firstKey();
                int choice = random.nextInt(8);
                if (choice == 0 && next > first) {
                    next = first + random.nextLong(next - first);
                    runs.truncateFrom(next);
                    model.tailMap(next, true).clear();
                } else if (choice == 1 && next > first) {
                    long through = first + random.nextLong(next - first);
                    runs.purgeThrough(through);
                    model.headMap(through, true).clear();
                } else {
                    term += random.nextInt(4) == 0 ? 1 : 0;
                    runs.add(term, next);
                    model.put(next++, term);
                }
                check(seed, runs, model, next);
            }
        }
    }

    private static void check(int seed, TermRuns runs, NavigableMap<Long, Long> model, long next) {
        assertThat(runs.isEmpty()).as("seed %d", seed).isEqualTo(model.isEmpty());
        for (long i = 0; i <= next; i++) {
            assertThat(runs.termAt(i)).as("seed %d, index %d", seed, i).isEqualTo(model.getOrDefault(i, 0L));
        }
        long expected = model.isEmpty() ? 0 : model.firstKey();
        for (TermRun run : runs.toList()) {
            assertThat(run.firstIndex()).as("seed %d", seed).isEqualTo(expected);
            expected = run.lastIndex() + 1;
        }
    }
}
