package dev.quorate.wal;

import static dev.quorate.wal.LogFixture.DATA;
import static dev.quorate.wal.LogFixture.LOG;
import static dev.quorate.wal.LogFixture.all;
import static dev.quorate.wal.LogFixture.contents;
import static dev.quorate.wal.LogFixture.diskOf;
import static dev.quorate.wal.LogFixture.entries;
import static dev.quorate.wal.LogFixture.newLog;
import static dev.quorate.wal.LogFixture.overwrite;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.raft.HardState;
import dev.quorate.raft.LogId;
import dev.quorate.raft.NodeId;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptLogException;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.Entry;
import dev.quorate.testkit.SimDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a log makes of damage, and what of a torn write: the first is never cut, the second always. */
class LogDamageTest {
    private static final WalOptions SMALL = new WalOptions(8 << 10, 4 << 10, 4 << 10, 4 << 10, 1);
    private static final Path SEGMENT_1 = LOG.resolve("0000000000000001.segment");
    private static final HardState VOTE = new HardState(9, Optional.of(NodeId.of(3)));

    private final SimDisk disk = new SimDisk(1);

    @Test
    void everyFlippedBitOfAClosedLogIsToldOrHarmless() throws IOException {
        List<Entry> expected = fillAndClose();
        long bytes = 0;
        long told = 0;
        for (Path file : disk.files()) {
            long size = disk.content(file).length();
            for (long at = 0; at < size; at++) {
                long bit = at * 8 + at % 8;
                disk.flipBit(file, bit);
                bytes++;
                told += isToldOrHarmless(expected, file, at) ? 1 : 0;
                disk.flipBit(file, bit);
            }
        }
        assertThat(bytes).isGreaterThan(20_000);
        assertThat(told).isGreaterThan(8_000);
        assertThat(isToldOrHarmless(expected, SEGMENT_1, -1)).isFalse();
    }

    private boolean isToldOrHarmless(List<Entry> expected, Path file, long at) throws IOException {
        LogState state = new LogState();
        try (LogScan scan = LogScan.open(disk, new LogFiles(LOG), Open.READ)) {
            scan.run(state);
            state.checkWhole(scan.segments().get(0));
            LogReader reader = new LogReader(() -> state.index().view(Long.MAX_VALUE));
            assertThat(reader.read(state.purged().index() + 1, Long.MAX_VALUE, Long.MAX_VALUE))
                    .as("flipped in %s at %d", file, at)
                    .isEqualTo(expected);
            assertThat(state.hardState()).as("flipped in %s at %d", file, at).isEqualTo(VOTE);
            return false;
        } catch (CorruptLogException e) {
            assertThat(e.file()).isNotEmpty();
            return true;
        }
    }

    @Test
    void flippedBitInTheLastSyncedWriteOfARunningLogIsToldOrLooksTorn() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        log.append(entries(1, 1, 3, 100));
        log.sync();
        long synced = 64 + 88 + 48 + 3 * 152;
        log.append(entries(1, 4, 6, 100));
        log.sync();
        disk.crash();
        List<Entry> whole = entries(1, 1, 6, 100);
        assertThat(all(SegmentedLog.open(diskOf(contents(disk)), LOG, SMALL))).isEqualTo(whole);
        for (long at = 0; at < 4096; at++) {
            disk.flipBit(SEGMENT_1, at * 8);
            LogReport report = new LogInspector(disk, DATA).verify();
            if (report.isSound()) {
                long torn = at < synced ? 6 : 3 + (at - synced) / 152;
                assertThat(report.last().index()).as("flipped at %d", at).isIn(6L, torn);
            }
            disk.flipBit(SEGMENT_1, at * 8);
        }
        assertThat(all(SegmentedLog.open(disk, LOG, SMALL))).isEqualTo(whole);
    }

    @Test
    void damageBelowTheWatermarkNamesFileOffsetAndIndexAndCutsNothing() throws IOException {
        fillAndClose();
        Path third = LOG.resolve("0000000000000003.segment");
        disk.flipBit(third, 1000 * 8);
        Map<Path, Bytes> before = contents(disk);
        assertThatThrownBy(() -> SegmentedLog.open(disk, LOG, SMALL))
                .isInstanceOfSatisfying(CorruptLogException.class, e -> {
                    assertThat(e.file()).isEqualTo(third.toString());
                    assertThat(e.offset()).isBetween(1000L - 200, 1000L);
                    assertThat(e.index()).isPositive();
                    assertThat(e).hasMessageContaining("synced");
                });
        assertThat(contents(disk)).isEqualTo(before);
        LogReport report = new LogInspector(disk, DATA).verify();
        assertThat(report.isSound()).isFalse();
        assertThat(report.last().index())
                .isEqualTo(report.damage().orElseThrow().index() - 1);
        assertThat(contents(disk)).isEqualTo(before);
    }

    @Test
    void damageAtTheEndOfASealedSegmentIsSeenByTheNext() throws IOException {
        fillAndClose();
        List<LogRecord> records = new ArrayList<>();
        new LogInspector(disk, DATA).dump(records::add);
        LogRecord seal = records.stream()
                .filter(record -> record.kind() == RecordKind.SEAL)
                .findFirst()
                .orElseThrow();
        disk.flipBit(seal.file(), (seal.offset() + 25) * 8);
        assertThatThrownBy(() -> SegmentedLog.open(disk, LOG, SMALL))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("was written later");
    }

    @Test
    void missingSegmentIsDamage() throws IOException {
        fillAndClose();
        for (Path file : disk.files()) {
            if (LogFiles.sequenceOf(String.valueOf(file.getFileName())).isPresent()) {
                disk.rename(file, file.resolveSibling("aside"));
                assertThatThrownBy(() -> SegmentedLog.open(disk, LOG, SMALL))
                        .isInstanceOf(CorruptLogException.class)
                        .hasMessageContaining("is missing");
                disk.rename(file.resolveSibling("aside"), file);
            }
        }
        SegmentedLog.open(disk, LOG, SMALL);
    }

    @Test
    void segmentUnderTheNameOfAnotherIsDamage() throws IOException {
        fillAndClose();
        Path second = LOG.resolve("0000000000000002.segment");
        disk.rename(second, LOG.resolve("0000000000000003.segment"));
        overwriteWithCopy(second);
        assertThatThrownBy(() -> SegmentedLog.open(disk, LOG, SMALL)).isInstanceOf(CorruptLogException.class);
    }

    private void overwriteWithCopy(Path path) throws IOException {
        Bytes other = disk.content(LOG.resolve("0000000000000003.segment"));
        disk.open(path, Open.CREATE).close();
        overwrite(disk, path, 0, other);
    }

    @Test
    void segmentThatDoesNotContinueTheOneBeforeItIsDamage() throws IOException {
        fillAndClose();
        Path third = LOG.resolve("0000000000000003.segment");
        List<LogRecord> records = new ArrayList<>();
        new LogInspector(disk, DATA).dump(records::add);
        LogRecord seal = records.stream()
                .filter(record ->
                        record.kind() == RecordKind.SEAL && !record.file().equals(SEGMENT_1))
                .findFirst()
                .orElseThrow();
        int link = disk.content(seal.file())
                .slice((int) seal.offset())
                .asByteBuffer()
                .getInt();
        try (Segment segment = Segment.open(disk, third, 3, Open.WRITE)) {
            SegmentWriter writer = new SegmentWriter(4096, segment, 64, 64, link);
            HardState other = new HardState(8, Optional.empty());
            writer.put(RecordKind.START, 1, 50, 0, RecordFormat.startPayload(other, LogId.ZERO));
            writer.force();
        }
        assertThatThrownBy(() -> SegmentedLog.open(disk, LOG, SMALL))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("does not continue the one before it");
    }

    @Test
    void segmentThatIsMissingInTheManifestIsDamage() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        for (int i = 0; i < 30; i++) {
            log.append(entries(1, 1 + i * 4L, 4 + i * 4L, 120));
            log.sync();
        }
        log.close();
        try (LogManifest manifest = LogManifest.open(disk, LOG.resolve("MANIFEST"), Open.WRITE)) {
            manifest.update(manifest.state().withFirst(2));
        }
        assertThatThrownBy(() -> SegmentedLog.open(disk, LOG, SMALL))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("begins after 0/0, but its first entry is");
    }

    @Test
    void sectorThatCannotBeReadIsDamage() throws IOException {
        fillAndClose();
        disk.failReads(SEGMENT_1, 1024, 1025);
        assertThatThrownBy(() -> SegmentedLog.open(disk, LOG, SMALL))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("cannot be read");
    }

    @Test
    void manifestSurvivesTheLossOfEitherCopy() throws IOException {
        List<Entry> expected = fillAndClose();
        Path manifest = LOG.resolve("MANIFEST");
        for (int copy = 0; copy < 2; copy++) {
            disk.flipBit(manifest, (copy * 4096 + 20) * 8L);
            SegmentedLog log = SegmentedLog.open(disk, LOG, SMALL);
            assertThat(all(log)).isEqualTo(expected);
            log.close();
        }
        disk.flipBit(manifest, 20 * 8L);
        disk.flipBit(manifest, (4096 + 20) * 8L);
        assertThatThrownBy(() -> SegmentedLog.open(disk, LOG, SMALL))
                .isInstanceOf(CorruptLogException.class)
                .hasMessageContaining("neither of its two copies is whole");
    }

    @Test
    void damagedEntryIsToldWhenItIsRead() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        log.append(entries(1, 1, 5, 100));
        log.sync();
        long third = 64 + 88 + 48 + 2 * 152;
        disk.flipBit(SEGMENT_1, (third + 60) * 8);
        assertThat(log.read(1, 2, 1000)).hasSize(2);
        assertThatThrownBy(() -> log.read(3, 3, 1000)).isInstanceOfSatisfying(CorruptLogException.class, e -> {
            assertThat(e.file()).isEqualTo(SEGMENT_1.toString());
            assertThat(e.offset()).isEqualTo(third);
            assertThat(e.index()).isEqualTo(3);
        });
        disk.failReads(SEGMENT_1, third, third + 1);
        assertThatThrownBy(() -> log.read(3, 3, 1000)).isInstanceOf(CorruptLogException.class);
    }

    @Test
    void everySubsetOfTheSectorsOfATornWriteLeavesAPrefixAndNothingComesBack() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        log.append(entries(1, 1, 2, 100));
        log.sync();
        Map<Path, Bytes> before = contents(disk);
        Bytes segmentBefore = disk.content(SEGMENT_1);
        List<Entry> batch = entries(1, 3, 9, 300);
        log.append(batch);
        log.saveHardState(VOTE);
        log.sync();
        Bytes after = disk.content(SEGMENT_1);
        int first = firstDifference(segmentBefore, after) / 512;
        int sectors = 6;
        int cuts = 0;
        for (int subset = 0; subset < 1 << sectors; subset++) {
            SimDisk torn = diskOf(before);
            for (int i = 0; i < sectors; i++) {
                if ((subset & 1 << i) != 0) {
                    int at = (first + i) * 512;
                    overwrite(torn, SEGMENT_1, at, after.slice(at, at + 512));
                }
            }
            SegmentedLog reopened = SegmentedLog.open(torn, LOG, SMALL);
            List<Entry> left = all(reopened);
            assertThat(left).as("subset %d", subset).isEqualTo(entriesUpTo(batch, left.size()));
            cuts += reopened.recovered().tornBytes() > 0 ? 1 : 0;
            writeOverTheCut(reopened, torn, left);
        }
        assertThat(cuts).isGreaterThan(20);
    }

    /** Entries of the same sizes as those that were cut off, but of another term; then a crash. */
    private void writeOverTheCut(SegmentedLog reopened, SimDisk torn, List<Entry> left) throws IOException {
        List<Entry> expected = new ArrayList<>(left);
        for (int i = 0; i < 5; i++) {
            List<Entry> next = entries(2, expected.size() + 1, expected.size() + 1, 300);
            reopened.append(next);
            reopened.sync();
            expected.addAll(next);
            torn.crash();
            SegmentedLog again = SegmentedLog.open(torn, LOG, SMALL);
            assertThat(all(again)).isEqualTo(expected);
            assertThat(again.recovered().tornBytes()).isZero();
            reopened = again;
        }
    }

    private static List<Entry> entriesUpTo(List<Entry> batch, int count) {
        List<Entry> expected = new ArrayList<>(entries(1, 1, 2, 100));
        expected.addAll(batch.subList(0, Math.max(0, count - 2)));
        return expected;
    }

    private static int firstDifference(Bytes one, Bytes two) {
        int at = 0;
        while (one.at(at) == two.at(at)) {
            at++;
        }
        return at;
    }

    /** A log of several segments, with purged and truncated parts; its last segment is not full. */
    private List<Entry> fillAndClose() throws IOException {
        SegmentedLog log = newLog(disk, SMALL);
        log.saveHardState(VOTE);
        long next = 1;
        for (int batch = 0; batch < 28; batch++) {
            log.append(entries(1, next, next + 3, 120));
            next += 4;
            log.sync();
        }
        log.truncateFrom(next - 6);
        log.append(entries(2, next - 6, next, 90));
        log.sync();
        log.purge(new LogId(1, 10));
        List<Entry> expected = all(log);
        log.close();
        assertThat(disk.files()).hasSizeBetween(4, 6);
        assertThat(expected).hasSize((int) next - 10);
        return expected;
    }
}
