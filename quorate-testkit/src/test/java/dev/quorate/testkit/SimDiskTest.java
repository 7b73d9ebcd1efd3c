package dev.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.DirectoryInUseException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.StorageFullException;
import dev.quorate.testkit.SimDisk.Survival;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SimDiskTest extends DiskContract {
    private static final Path ROOT = Path.of("sim");
    private static final Path A = ROOT.resolve("a");
    private static final Path B = ROOT.resolve("b");

    private SimDisk sim = fresh(1);

    @Override
    protected Disk disk() {
        return sim;
    }

    @Override
    protected Path root() {
        return ROOT;
    }

    @Test
    void forcedContentUnderAForcedNameSurvives() throws IOException {
        for (int seed = 0; seed < 100; seed++) {
            sim = fresh(seed);
            create(A, 3000, 'x', true);
            sim.forceDirectory(ROOT);
            sim.crash();
            assertThat(text(A)).isEqualTo("x".repeat(3000));
        }
    }

    @Test
    void forcedContentIsLostWithItsName() throws IOException {
        TreeSet<Boolean> seen = new TreeSet<>();
        for (int seed = 0; seed < 100; seed++) {
            sim = fresh(seed);
            create(A, 3000, 'x', true);
            sim.crash();
            seen.add(sim.exists(A));
        }
        assertThat(seen).containsExactly(false, true);
    }

    @Test
    void unforcedSectorsSurviveEachForItself() throws IOException {
        TreeSet<String> seen = new TreeSet<>();
        for (int seed = 0; seed < 400; seed++) {
            sim = fresh(seed);
            create(A, 3 * 512, 'o', true);
            sim.forceDirectory(ROOT);
            overwrite(A, 0, "n".repeat(3 * 512), false);
            sim.crash();
            String text = text(A);
            StringBuilder shape = new StringBuilder();
            for (int sector = 0; sector < 3; sector++) {
                String each = text.substring(sector * 512, sector * 512 + 512);
                shape.append(each.equals("n".repeat(512)) ? 'n' : each.equals("o".repeat(512)) ? 'o' : 't');
            }
            seen.add(shape.toString());
        }
        assertThat(seen).contains("ooo", "nnn", "non", "ono", "noo", "onn", "nno", "oon");
        assertThat(seen).anyMatch(shape -> shape.contains("t"));
    }

    @Test
    void forceMakesEarlierWritesDurableAndNotLaterOnes() throws IOException {
        create(A, 10, 'o', true);
        sim.forceDirectory(ROOT);
        overwrite(A, 0, "1", true);
        overwrite(A, 1, "2", false);
        sim.crash(Survival.NONE);
        assertThat(text(A)).isEqualTo("1ooooooooo");
    }

    @Test
    void sizeThatWasNotForcedMayBeAnyOfThose() throws IOException {
        TreeSet<Integer> seen = new TreeSet<>();
        for (int seed = 0; seed < 200; seed++) {
            sim = fresh(seed);
            create(A, 10, 'o', true);
            sim.forceDirectory(ROOT);
            overwrite(A, 10, "123", false);
            overwrite(A, 13, "45", false);
            sim.crash();
            seen.add(text(A).length());
        }
        assertThat(seen).containsExactly(10, 13, 15);
    }

    @Test
    void renameIsAtomicAndLostWithoutAForce() throws IOException {
        TreeSet<String> seen = new TreeSet<>();
        for (int seed = 0; seed < 100; seed++) {
            sim = fresh(seed);
            create(A, 1, 'a', true);
            create(B, 1, 'b', true);
            sim.forceDirectory(ROOT);
            sim.rename(A, B);
            sim.crash();
            seen.add(sim.exists(A) ? text(A) + text(B) : text(B));
        }
        assertThat(seen).containsExactly("a", "ab");
    }

    @Test
    void namesMaySurviveOutOfOrder() throws IOException {
        TreeSet<String> seen = new TreeSet<>();
        for (int seed = 0; seed < 200; seed++) {
            sim = fresh(seed);
            create(A, 1, 'a', true);
            create(B, 1, 'b', true);
            sim.crash();
            seen.add((sim.exists(A) ? "a" : "") + (sim.exists(B) ? "b" : ""));
        }
        assertThat(seen).containsExactly("", "a", "ab", "b");
    }

    @Test
    void renamedFileWithoutAForceOfItsContentMayBeEmpty() throws IOException {
        create(A, 700, 'a', false);
        sim.rename(A, B);
        sim.forceDirectory(ROOT);
        sim.crash(Survival.NONE);
        assertThat(text(B)).isEmpty();
    }

    @Test
    void deletedFileMayComeBack() throws IOException {
        create(A, 1, 'a', true);
        sim.forceDirectory(ROOT);
        sim.delete(A);
        sim.crash(Survival.NONE);
        assertThat(text(A)).isEqualTo("a");
    }

    @Test
    void forceOfADirectoryCommitsItsNames() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            sim = fresh(seed);
            create(A, 1, 'a', true);
            sim.rename(A, B);
            create(A, 2, 'c', true);
            sim.forceDirectory(ROOT);
            sim.crash();
            assertThat(text(B) + text(A)).isEqualTo("acc");
        }
    }

    @Test
    void crashEndsOpenFilesAndLocks() throws IOException {
        DiskFile file = sim.open(A, Open.CREATE);
        sim.lock(B);
        assertThatThrownBy(() -> sim.lock(B)).isInstanceOf(DirectoryInUseException.class);
        sim.crash();
        assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1), 0)).isInstanceOf(IOException.class);
        sim.lock(B);
    }

    @Test
    void killLeavesUnforcedWritesButNoLocks() throws IOException {
        create(A, 100, 'a', false);
        sim.lock(B);
        sim.kill();
        assertThat(text(A)).isEqualTo("a".repeat(100));
        sim.lock(B);
    }

    @Test
    void pagesOfAFailedForceReadBackButAreNeverWritten() throws IOException {
        create(A, 10, 'o', true);
        sim.forceDirectory(ROOT);
        sim.failNextForce();
        assertThatThrownBy(() -> overwrite(A, 0, "new", true)).isInstanceOf(IOException.class);
        assertThat(text(A)).isEqualTo("newooooooo");
        sim.open(A, Open.WRITE).force();
        sim.crash(Survival.NONE);
        assertThat(text(A)).isEqualTo("oooooooooo");
    }

    @Test
    void pagesOfAFailedForceAreWrittenAfterANewWriteOfTheSameBytes() throws IOException {
        create(A, 10, 'o', true);
        sim.forceDirectory(ROOT);
        sim.failNextForce();
        assertThatThrownBy(() -> overwrite(A, 0, "new", true)).isInstanceOf(IOException.class);
        overwrite(A, 0, "new", true);
        sim.crash(Survival.NONE);
        assertThat(text(A)).isEqualTo("newooooooo");
    }

    @Test
    void machineStopsAtTheChangeAskedForAndComesBack() throws IOException {
        create(A, 10, 'o', true);
        sim.forceDirectory(ROOT);
        sim.crashAfter(2);
        overwrite(A, 0, "1", false);
        assertThat(sim.isDown()).isFalse();
        assertThatThrownBy(() -> overwrite(A, 1, "2", false)).isInstanceOf(IOException.class);
        assertThat(sim.isDown()).isTrue();
        assertThatThrownBy(() -> sim.exists(A)).isInstanceOf(IOException.class);
        sim.crash(Survival.ALL);
        assertThat(text(A)).isEqualTo("12oooooooo");
    }

    @Test
    void forceAtTheMomentOfTheCrashIsNotDone() throws IOException {
        create(A, 10, 'o', true);
        sim.forceDirectory(ROOT);
        overwrite(A, 0, "1", false);
        sim.crashAfter(1);
        assertThatThrownBy(() -> sim.open(A, Open.WRITE).force()).isInstanceOf(IOException.class);
        sim.crash(Survival.NONE);
        assertThat(text(A)).isEqualTo("oooooooooo");
    }

    @Test
    void fullDiskRefusesNewSectorsAndTakesOldOnes() throws IOException {
        create(A, 1024, 'o', true);
        sim.capacityBytes(1024 + 512);
        assertThatThrownBy(() -> overwrite(A, 1024, "n".repeat(1024), true)).isInstanceOf(StorageFullException.class);
        assertThat(sim.usableBytes(ROOT)).isZero();
        overwrite(A, 0, "n".repeat(1024), true);
        sim.delete(A);
        assertThat(sim.usableBytes(ROOT)).isEqualTo(1536);
        create(B, 1536, 'b', true);
    }

    @Test
    void resizeTakesNoSpaceUntilItIsWritten() throws IOException {
        sim.capacityBytes(512);
        try (DiskFile file = sim.open(A, Open.CREATE)) {
            file.resize(10_000);
            assertThat(sim.usedBytes()).isZero();
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(1024), 0)).isInstanceOf(StorageFullException.class);
        }
    }

    @Test
    void flippedBitStaysFlipped() throws IOException {
        create(A, 10, 'o', true);
        sim.forceDirectory(ROOT);
        sim.flipBit(A, 8 * 3);
        assertThat(text(A)).isEqualTo("ooonoooooo");
        sim.crash(Survival.NONE);
        assertThat(text(A)).isEqualTo("ooonoooooo");
    }

    @Test
    void unreadableSectorsFailUntilTheyAreWritten() throws IOException {
        create(A, 2000, 'o', true);
        sim.failReads(A, 600, 700);
        DiskFile file = sim.open(A, Open.WRITE);
        assertThat(file.read(ByteBuffer.allocate(512), 0)).isEqualTo(512);
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(512), 500)).isInstanceOf(IOException.class);
        file.write(ByteBuffer.allocate(512), 512);
        assertThat(file.read(ByteBuffer.allocate(512), 500)).isEqualTo(512);
    }

    @Test
    void failedWriteLeavesAPart() throws IOException {
        create(A, 1000, 'o', true);
        sim.failNextWrite();
        assertThatThrownBy(() -> overwrite(A, 0, "n".repeat(1000), false)).isInstanceOf(IOException.class);
        assertThat(text(A)).matches("n*o*").hasSize(1000);
        overwrite(A, 0, "n".repeat(1000), false);
        assertThat(text(A)).matches("n*");
    }

    @Test
    void countsForces() throws IOException {
        create(A, 10, 'o', true);
        overwrite(A, 0, "1", true);
        sim.forceDirectory(ROOT);
        assertThat(sim.forces()).isEqualTo(2);
        assertThat(sim.directoryForces()).isEqualTo(1);
    }

    @Test
    void sameSeedGivesTheSameCrash() throws IOException {
        Bytes first = null;
        for (int run = 0; run < 5; run++) {
            sim = fresh(99);
            create(A, 100_000, 'o', true);
            sim.forceDirectory(ROOT);
            overwrite(A, 50, "n".repeat(90_000), false);
            sim.crash(Survival.ANY);
            first = first == null ? sim.content(A) : first;
            assertThat(sim.content(A)).isEqualTo(first);
        }
    }

    private static SimDisk fresh(long seed) {
        SimDisk disk = new SimDisk(seed);
        try {
            disk.createDirectories(ROOT);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return disk;
    }

    private void create(Path path, int size, char fill, boolean force) throws IOException {
        try (DiskFile file = sim.open(path, Open.CREATE)) {
            file.write(Bytes.utf8(String.valueOf(fill).repeat(size)).asByteBuffer(), 0);
            if (force) {
                file.force();
            }
        }
    }

    private void overwrite(Path path, long position, String text, boolean force) throws IOException {
        try (DiskFile file = sim.open(path, Open.WRITE)) {
            file.write(Bytes.utf8(text).asByteBuffer(), position);
            if (force) {
                file.force();
            }
        }
    }

    private String text(Path path) throws IOException {
        return sim.content(path).toUtf8();
    }
}
