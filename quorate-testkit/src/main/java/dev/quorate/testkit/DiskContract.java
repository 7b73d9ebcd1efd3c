package dev.quorate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.DirectoryInUseException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Disk} must do, one test a sentence of its contract. What a crash may take cannot be tested here:
 * that needs a power cut, or a simulated disk.
 */
public abstract class DiskContract {
    /** For subclasses. */
    protected DiskContract() {}

    /** The disk under test; the same one during a test. */
    protected abstract Disk disk();

    /** A directory of the disk that exists and is empty when a test starts. */
    protected abstract Path root();

    @Test
    public void opensForReadingOnlyWhatExists() {
        assertThatThrownBy(() -> disk().open(file("a"), Open.READ)).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    public void opensForWritingOnlyWhatExists() throws IOException {
        assertThatThrownBy(() -> disk().open(file("a"), Open.WRITE)).isInstanceOf(NoSuchFileException.class);
        assertThat(disk().exists(file("a"))).isFalse();
    }

    @Test
    public void createsOnlyWhatDoesNotExist() throws IOException {
        write("a", "1");
        assertThatThrownBy(() -> disk().open(file("a"), Open.CREATE)).isInstanceOf(FileAlreadyExistsException.class);
        assertThat(content("a")).isEqualTo("1");
    }

    @Test
    public void createsNothingInAMissingDirectory() {
        assertThatThrownBy(() -> disk().open(root().resolve("missing").resolve("a"), Open.CREATE))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    public void readsBackWhatWasWritten() throws IOException {
        write("a", "hello");
        assertThat(content("a")).isEqualTo("hello");
    }

    @Test
    public void fileOpenedForReadingRefusesWrites() throws IOException {
        write("a", "hello");
        try (DiskFile file = disk().open(file("a"), Open.READ)) {
            assertThatThrownBy(() -> file.write(buffer("x"), 0))
                    .isInstanceOfAny(IOException.class, RuntimeException.class);
        }
        assertThat(content("a")).isEqualTo("hello");
    }

    @Test
    public void readsAtAPositionUntilTheBufferIsFull() throws IOException {
        write("a", "0123456789");
        try (DiskFile file = disk().open(file("a"), Open.READ)) {
            ByteBuffer target = ByteBuffer.allocate(4);
            assertThat(file.read(target, 3)).isEqualTo(4);
            assertThat(target.hasRemaining()).isFalse();
            assertThat(text(target)).isEqualTo("3456");
        }
    }

    @Test
    public void readsLessAtTheEndAndNothingBehindIt() throws IOException {
        write("a", "0123456789");
        try (DiskFile file = disk().open(file("a"), Open.READ)) {
            ByteBuffer target = ByteBuffer.allocate(4);
            assertThat(file.read(target, 8)).isEqualTo(2);
            assertThat(text(target)).isEqualTo("89");
            assertThat(file.read(ByteBuffer.allocate(4), 10)).isZero();
            assertThat(file.read(ByteBuffer.allocate(4), 1000)).isZero();
        }
    }

    @Test
    public void readsIntoDirectAndHeapBuffersFromTheirPosition() throws IOException {
        write("a", "0123456789");
        try (DiskFile file = disk().open(file("a"), Open.READ)) {
            for (ByteBuffer target : new ByteBuffer[] {ByteBuffer.allocate(6), ByteBuffer.allocateDirect(6)}) {
                target.put((byte) 'x');
                file.read(target, 0);
                assertThat(text(target)).isEqualTo("x01234");
            }
        }
    }

    @Test
    public void writesAtAPositionAndGrowsTheFile() throws IOException {
        write("a", "0123456789");
        try (DiskFile file = disk().open(file("a"), Open.WRITE)) {
            ByteBuffer source = buffer("abcd");
            file.write(source, 8);
            assertThat(source.hasRemaining()).isFalse();
            assertThat(file.size()).isEqualTo(12);
        }
        assertThat(content("a")).isEqualTo("01234567abcd");
    }

    @Test
    public void writesOnlyWhatRemainsInTheBuffer() throws IOException {
        write("a", "0123456789");
        try (DiskFile file = disk().open(file("a"), Open.WRITE)) {
            ByteBuffer direct = ByteBuffer.allocateDirect(8);
            direct.put(buffer("abcdefgh")).flip().position(2).limit(5);
            file.write(direct, 0);
        }
        assertThat(content("a")).isEqualTo("cde3456789");
    }

    @Test
    public void growsBetweenWithZeros() throws IOException {
        write("a", "x");
        try (DiskFile file = disk().open(file("a"), Open.WRITE)) {
            file.write(buffer("y"), 5000);
        }
        assertThat(content("a")).isEqualTo("x" + "\0".repeat(4999) + "y");
    }

    @Test
    public void writesAndReadsMoreThanOneBlock() throws IOException {
        byte[] large = new byte[3_000_001];
        for (int i = 0; i < large.length; i++) {
            large[i] = (byte) (i * 31 + (i >> 8));
        }
        try (DiskFile file = disk().open(file("a"), Open.CREATE)) {
            file.write(ByteBuffer.wrap(large), 0);
            ByteBuffer back = ByteBuffer.allocate(large.length);
            assertThat(file.read(back, 0)).isEqualTo(large.length);
            assertThat(back.array()).isEqualTo(large);
        }
    }

    @Test
    public void resizesDownAndUpWithZeros() throws IOException {
        write("a", "0123456789");
        try (DiskFile file = disk().open(file("a"), Open.WRITE)) {
            file.resize(4);
            assertThat(file.size()).isEqualTo(4);
            file.resize(8);
            assertThat(file.size()).isEqualTo(8);
        }
        assertThat(content("a")).isEqualTo("0123\0\0\0\0");
    }

    @Test
    public void forcesAsOftenAsAsked() throws IOException {
        try (DiskFile file = disk().open(file("a"), Open.CREATE)) {
            file.force();
            file.write(buffer("0123"), 0);
            file.force();
            file.write(buffer("4"), 0);
            file.force();
            file.force();
        }
        disk().forceDirectory(root());
        assertThat(content("a")).isEqualTo("4123");
    }

    @Test
    public void closedFileRefusesEverything() throws IOException {
        write("a", "1");
        DiskFile file = disk().open(file("a"), Open.WRITE);
        file.close();
        file.close();
        assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> file.write(buffer("x"), 0)).isInstanceOf(IOException.class);
        assertThatThrownBy(file::force).isInstanceOf(IOException.class);
    }

    @Test
    public void listsTheNamesInADirectorySorted() throws IOException {
        write("b", "1");
        write("a", "1");
        disk().createDirectories(root().resolve("c").resolve("d"));
        assertThat(disk().list(root())).containsExactly("a", "b", "c");
        assertThat(disk().list(root().resolve("c"))).containsExactly("d");
    }

    @Test
    public void listOfAMissingDirectoryIsEmpty() throws IOException {
        assertThat(disk().list(root().resolve("missing"))).isEmpty();
    }

    @Test
    public void listOfAFileIsRefused() throws IOException {
        write("a", "1");
        assertThatThrownBy(() -> disk().list(file("a"))).isInstanceOf(NotDirectoryException.class);
    }

    @Test
    public void existsKnowsFilesAndDirectories() throws IOException {
        write("a", "1");
        disk().createDirectories(root().resolve("b"));
        assertThat(disk().exists(file("a"))).isTrue();
        assertThat(disk().exists(file("b"))).isTrue();
        assertThat(disk().exists(file("c"))).isFalse();
    }

    @Test
    public void makesADirectoryWithItsParentsAndAgain() throws IOException {
        Path deep = root().resolve("x").resolve("y").resolve("z");
        disk().createDirectories(deep);
        disk().createDirectories(deep);
        assertThat(disk().exists(deep)).isTrue();
    }

    @Test
    public void makesNoDirectoryWhereAFileIs() throws IOException {
        write("a", "1");
        assertThatThrownBy(() -> disk().createDirectories(file("a"))).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    public void renameReplacesWhatHadTheName() throws IOException {
        write("a", "new");
        write("b", "old");
        disk().rename(file("a"), file("b"));
        assertThat(disk().exists(file("a"))).isFalse();
        assertThat(content("b")).isEqualTo("new");
    }

    @Test
    public void renameKeepsOpenFilesUsable() throws IOException {
        write("a", "1");
        try (DiskFile file = disk().open(file("a"), Open.WRITE)) {
            disk().rename(file("a"), file("b"));
            file.write(buffer("2"), 0);
        }
        assertThat(content("b")).isEqualTo("2");
    }

    @Test
    public void renameOfAMissingFileFails() {
        assertThatThrownBy(() -> disk().rename(file("a"), file("b"))).isInstanceOf(NoSuchFileException.class);
    }

    @Test
    public void deletesAFileAndNothingWhenItIsMissing() throws IOException {
        write("a", "1");
        disk().delete(file("a"));
        disk().delete(file("a"));
        assertThat(disk().exists(file("a"))).isFalse();
    }

    @Test
    public void forcesADirectoryAfterEachKindOfChange() throws IOException {
        write("a", "1");
        disk().forceDirectory(root());
        disk().rename(file("a"), file("b"));
        disk().forceDirectory(root());
        disk().delete(file("b"));
        disk().forceDirectory(root());
        assertThat(disk().list(root())).isEmpty();
    }

    @Test
    public void tellsTheSpaceLeft() throws IOException {
        assertThat(disk().usableBytes(root())).isPositive();
    }

    @Test
    public void lockIsExclusiveUntilItIsClosed() throws Exception {
        AutoCloseable lock = disk().lock(file("LOCK"));
        assertThatThrownBy(() -> disk().lock(file("LOCK"))).isInstanceOf(DirectoryInUseException.class);
        assertThatThrownBy(() -> disk().lock(file("LOCK"))).isInstanceOf(DirectoryInUseException.class);
        lock.close();
        disk().lock(file("LOCK")).close();
        assertThat(disk().exists(file("LOCK"))).isTrue();
    }

    @Test
    public void lockOfAnotherFileIsFree() throws Exception {
        AutoCloseable one = disk().lock(file("LOCK1"));
        AutoCloseable two = disk().lock(file("LOCK2"));
        one.close();
        one.close();
        assertThatThrownBy(() -> disk().lock(file("LOCK2"))).isInstanceOf(DirectoryInUseException.class);
        two.close();
    }

    private Path file(String name) {
        return root().resolve(name);
    }

    private void write(String name, String text) throws IOException {
        try (DiskFile file = disk().open(file(name), Open.CREATE)) {
            file.write(buffer(text), 0);
            file.force();
        }
    }

    private String content(String name) throws IOException {
        try (DiskFile file = disk().open(file(name), Open.READ)) {
            ByteBuffer all = ByteBuffer.allocate((int) file.size());
            file.read(all, 0);
            return text(all);
        }
    }

    private static ByteBuffer buffer(String text) {
        return Bytes.utf8(text).asByteBuffer();
    }

    private static String text(ByteBuffer written) {
        return Bytes.copyOf(written.flip()).toUtf8();
    }
}
