package dev.quorate.wal;

import static dev.quorate.wal.LogFixture.LOG;
import static dev.quorate.wal.LogFixture.all;
import static dev.quorate.wal.LogFixture.entries;
import static dev.quorate.wal.LogFixture.newLog;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.Entry;
import dev.quorate.spi.StorageFullException;
import dev.quorate.testkit.SimDisk;
import dev.quorate.testkit.SimDisk.Survival;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A full disk, a disk that fails, and how often the log forces. */
class LogSpaceTest {
    private static final WalOptions SMALL = new WalOptions(16 << 10, 4 << 10, 4 << 10, 4 << 10, 2);
    private static final HardState VOTE = new HardState(5, Optional.of(NodeId.of(2)));

    private final SimDisk disk = new SimDisk(1);

    @Test
    void appendWithoutSpaceChangesNothingAndSucceedsWhenThereIsSome() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        List<Entry> expected = fillTheDisk(log);
        List<Entry> refused = entries(1, expected.size() + 1, expected.size() + 40, 200);
        for (int attempt = 0; attempt < 3; attempt++) {
            assertThatThrownBy(() -> log.append(refused)).isInstanceOf(StorageFullException.class);
            assertThat(log.last().index()).isEqualTo(expected.size());
            log.sync();
            assertThat(all(log)).isEqualTo(expected);
        }
        disk.capacityBytes(Long.MAX_VALUE);
        log.append(refused);
        log.sync();
        expected.addAll(refused);
        assertThat(all(log)).isEqualTo(expected);
        disk.crash();
        assertThat(all(SegmentedLog.open(disk, LOG, SMALL))).isEqualTo(expected);
    }

    @Test
    void fullDiskStillTakesVotesAndAPurgeMakesSpace() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        int count = fillTheDisk(log).size();
        log.saveHardState(VOTE);
        log.sync();
        log.purge(new LogId(1, count));
        log.append(entries(5, count + 1, count + 3, 200));
        log.sync();
        disk.crash();
        SegmentedLog reopened = SegmentedLog.open(disk, LOG, SMALL);
        assertThat(reopened.recovered().hardState()).isEqualTo(VOTE);
        assertThat(all(reopened)).isEqualTo(entries(5, count + 1, count + 3, 200));
    }

    @Test
    void fullDiskDoesNotStopAStart() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        List<Entry> expected = fillTheDisk(log);
        disk.crash();
        for (int start = 0; start < 5; start++) {
            SegmentedLog reopened = SegmentedLog.open(disk, LOG, SMALL);
            assertThat(all(reopened)).isEqualTo(expected);
            reopened.close();
        }
    }

    @Test
    void entryThatFitsIntoNoSegmentIsRefusedBeforeAnythingIsWritten() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        List<Entry> tooLarge = new ArrayList<>(entries(1, 1, 1, 10));
        tooLarge.addAll(entries(1, 2, 2, 16 << 10));
        assertThatThrownBy(() -> log.append(tooLarge)).isInstanceOf(IllegalArgumentException.class);
        log.append(entries(1, 1, 1, 10));
        log.append(entries(1, 2, 2, 12 << 10));
        log.sync();
        assertThat(all(log)).hasSize(2);
    }

    @Test
    void failedForceIsFinalAndNeverRetried() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        log.append(entries(1, 1, 3, 100));
        disk.failNextForce();
        assertThatThrownBy(log::sync).isInstanceOf(IOException.class).isNotInstanceOf(StorageFullException.class);
        long forces = disk.forces();
        assertThatThrownBy(log::sync).isInstanceOf(IOException.class).hasMessageContaining("failed before");
        assertThatThrownBy(() -> log.append(entries(1, 4, 4, 1))).hasMessageContaining("failed before");
        assertThatThrownBy(() -> log.saveHardState(VOTE)).hasMessageContaining("failed before");
        assertThatThrownBy(() -> log.truncateFrom(1)).hasMessageContaining("failed before");
        assertThatThrownBy(() -> log.resetTo(new LogId(1, 9))).hasMessageContaining("failed before");
        assertThatThrownBy(() -> log.purge(new LogId(1, 1))).hasMessageContaining("failed before");
        assertThat(log.read(1, 3, 1000)).isEmpty();
        log.close();
        assertThat(disk.forces()).isEqualTo(forces);
    }

    @Test
    void whatIsReadAfterAFailedForceIsWrittenAgainBeforeItCounts() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        log.append(entries(1, 1, 3, 100));
        disk.failNextForce();
        assertThatThrownBy(log::sync).isInstanceOf(IOException.class);
        disk.kill();
        SegmentedLog reopened = SegmentedLog.open(disk, LOG, SMALL);
        assertThat(all(reopened)).isEqualTo(entries(1, 1, 3, 100));
        disk.crash(Survival.NONE);
        assertThat(all(SegmentedLog.open(disk, LOG, SMALL))).isEqualTo(entries(1, 1, 3, 100));
    }

    @Test
    void sealedSegmentOfAKilledProcessIsWrittenAgainToo() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        List<Entry> expected = new ArrayList<>();
        while (!disk.files().contains(LOG.resolve("0000000000000002.segment"))) {
            List<Entry> next = entries(1, expected.size() + 1, expected.size() + 1, 100);
            log.append(next);
            expected.addAll(next);
        }
        disk.failNextForce();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 40; i++) {
                        List<Entry> next = entries(1, expected.size() + 1, expected.size() + 1, 100);
                        log.append(next);
                        expected.addAll(next);
                    }
                })
                .isInstanceOf(IOException.class);
        disk.kill();
        List<Entry> found = all(SegmentedLog.open(disk, LOG, SMALL));
        assertThat(found).isEqualTo(expected.subList(0, found.size()));
        assertThat(found.size()).isGreaterThanOrEqualTo(expected.size() - 1);
        disk.crash(Survival.NONE);
        assertThat(all(SegmentedLog.open(disk, LOG, SMALL))).isEqualTo(found);
    }

    @Test
    void eachSyncIsOneForceAndOneMoreForAnotherVote() throws IOException {
        SegmentedLog log = newLog(disk, WalOptions.DEFAULT);
        long forces = disk.forces();
        for (int i = 0; i < 100; i++) {
            log.append(entries(1, 1 + i * 3, 3 + i * 3, 100));
            log.saveHardState(VOTE);
            log.sync();
            log.sync();
        }
        assertThat(disk.forces() - forces).isEqualTo(101);
    }

    @Test
    void whatIsPreparedIsWrittenAPageAtATime() throws IOException {
        List<Long> writes = new ArrayList<>();
        SegmentAllocator.fillWithZeros(new WrittenFile(writes), 0, 3 * SegmentAllocator.PAGE_BYTES + 512);
        long page = SegmentAllocator.PAGE_BYTES;
        assertThat(writes).containsExactly(0L, page, page, page, 2 * page, page, 3 * page, 512L);
    }

    /** A file that notes where and how much is written. */
    private record WrittenFile(List<Long> writes) implements DiskFile {
        @Override
        public int read(ByteBuffer target, long position) {
            return 0;
        }

        @Override
        public void write(ByteBuffer source, long position) {
            writes.add(position);
            writes.add((long) source.remaining());
        }

        @Override
        public void force() {}

        @Override
        public long size() {
            return 0;
        }

        @Override
        public void resize(long size) {}

        @Override
        public void close() {}
    }

    @Test
    void logOfSteadySizeReusesItsFiles() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        long used = 0;
        for (int round = 0; round < 300; round++) {
            log.append(entries(1, 1 + round * 5L, 5 + round * 5L, 200));
            log.sync();
            log.purge(new LogId(1, Math.max(1, round * 5L - 40)));
            if (round == 100) {
                used = disk.usedBytes();
            }
        }
        assertThat(disk.usedBytes()).isLessThanOrEqualTo(used + (16 << 10));
        assertThat(disk.files()).hasSizeLessThan(8);
        log.close();
        assertThat(all(SegmentedLog.open(disk, LOG, SMALL))).hasSize(1500 - 1455);
    }

    /** Appends until there is no space for the next segment. */
    private List<Entry> fillTheDisk(SegmentedLog log) throws IOException {
        List<Entry> expected = new ArrayList<>();
        disk.capacityBytes(80 << 10);
        try {
            while (true) {
                List<Entry> next = entries(1, expected.size() + 1, expected.size() + 2, 150);
                log.append(next);
                log.sync();
                expected.addAll(next);
            }
        } catch (StorageFullException e) {
            assertThat(expected.size()).isGreaterThan(200);
            return expected;
        }
    }

    @Test
    void crashAnywhereInAPurgeLeavesTheLogBeforeOrAfterItAndIsCompleted() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            for (long change = 1; ; change++) {
                SimDisk each = new SimDisk(seed * 100L + change);
                SegmentedLog log = newLog(each, SMALL);
                for (int i = 0; i < 60; i++) {
                    log.append(entries(1, 1 + i * 5L, 5 + i * 5L, 100));
                    log.sync();
                }
                assertThat(segments(each)).isGreaterThan(3);
                each.crashAfter(change);
                boolean done;
                try {
                    log.purge(new LogId(1, 290));
                    done = true;
                } catch (IOException e) {
                    done = false;
                }
                each.crash();
                SegmentedLog reopened = SegmentedLog.open(each, LOG, SMALL);
                long purged = reopened.purged().index();
                assertThat(purged).as("seed %d, change %d", seed, change).isIn(done ? 290L : 0L, 290L);
                assertThat(all(reopened)).isEqualTo(entries(1, purged + 1, 300, 100));
                reopened.purge(new LogId(1, 299));
                assertThat(segments(each))
                        .as("seed %d, change %d", seed, change)
                        .isLessThanOrEqualTo(2);
                reopened.append(entries(2, 301, 380, 100));
                reopened.sync();
                each.crash();
                assertThat(all(SegmentedLog.open(each, LOG, SMALL))).hasSize(81);
                if (done) {
                    assertThat(change).isGreaterThan(6);
                    break;
                }
            }
        }
    }

    private static long segments(SimDisk disk) {
        return disk.files().stream()
                .map(Path::toString)
                .filter(name -> name.endsWith(".segment"))
                .count();
    }

    /**
     * A new segment that has begun to grow may be overtaken by an old one that is ready at once, and then get its file
     * name taken by that one's end.
     */
    @Test
    void segmentsAreUsedAgainWhileANewOneGrowsWhateverThePace() throws IOException {
        WalOptions slow = new WalOptions(4 << 10, 4 << 10, 512, 512, 2);
        for (int seed = 1; seed <= 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            SimDisk own = new SimDisk(seed);
            SegmentedLog log = newLog(own, slow);
            long last = 0;
            for (int round = 0; round < 120; round++) {
                int count = 1 + random.nextInt(8);
                log.append(entries(1, last + 1, last + count, 1 + random.nextInt(900)));
                last += count;
                log.sync();
                if (random.nextInt(4) == 0) {
                    log.purge(new LogId(1, Math.max(1, last - random.nextInt(5))));
                }
            }
            assertThat(log.last().index()).isEqualTo(last);
            assertThat(all(log)).hasSize((int) (last - log.purged().index()));
        }
    }
}
