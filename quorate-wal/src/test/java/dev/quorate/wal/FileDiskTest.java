package dev.quorate.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.spi.DirectoryInUseException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.StorageFullException;
import dev.quorate.testkit.DiskContract;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest extends DiskContract {
    private final FileDisk disk = new FileDisk();

    @TempDir
    private Path directory = Path.of("");

    @Override
    protected Disk disk() {
        return disk;
    }

    @Override
    protected Path root() {
        return directory;
    }

    @Test
    void readerThatIsInterruptedReadsOnAndStaysInterrupted() throws IOException {
        try (DiskFile file = disk.open(directory.resolve("a"), Open.CREATE)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 0);
            Thread.currentThread().interrupt();
            ByteBuffer target = ByteBuffer.allocate(3);
            assertThat(file.read(target, 0)).isEqualTo(3);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(file.read(target.clear(), 0)).isEqualTo(3);
            file.write(ByteBuffer.wrap(new byte[] {9}), 0);
            file.force();
        }
    }

    @Test
    void writerThatWasInterruptedBeforeWritesAndStaysInterrupted() throws IOException {
        try (DiskFile file = disk.open(directory.resolve("a"), Open.CREATE)) {
            Thread.currentThread().interrupt();
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 0);
            file.force();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(file.size()).isEqualTo(3);
        }
    }

    @Test
    void fullDeviceIsToldFromOtherErrors() throws IOException {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "needs /dev/full");
        try (DiskFile file = disk.open(full, Open.WRITE)) {
            assertThatThrownBy(() -> file.write(ByteBuffer.allocate(10), 0)).isInstanceOf(StorageFullException.class);
        }
    }

    @Test
    void lockThatAnotherProcessHoldsNamesIt() throws Exception {
        Path file = directory.resolve("LOCK");
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).isEqualTo("locked");
            assertThatThrownBy(() -> disk.lock(file))
                    .isInstanceOf(DirectoryInUseException.class)
                    .hasMessageContaining("process " + other.pid());
            assertThatThrownBy(() -> disk.lock(file)).isInstanceOf(DirectoryInUseException.class);
        } finally {
            other.destroyForcibly();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        disk.lock(file).close();
    }

    @Test
    void refusedSecondOwnerDoesNotReleaseTheLockTowardsOtherProcesses() throws Exception {
        Path file = directory.resolve("LOCK");
        AutoCloseable lock = disk.lock(file);
        assertThatThrownBy(() -> disk.lock(file)).isInstanceOf(DirectoryInUseException.class);
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockHolder.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine())
                    .contains("in use by process " + ProcessHandle.current().pid());
        } finally {
            other.destroyForcibly();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        lock.close();
    }

    /** Takes the lock of the file in its first argument and waits to be ended. */
    static final class LockHolder {
        private LockHolder() {}

        public static void main(String[] args) throws Exception {
            try (AutoCloseable lock = new FileDisk().lock(Path.of(args[0]))) {
                say(lock instanceof DirectoryLock ? "locked" : "no lock");
                System.in.read();
            } catch (DirectoryInUseException e) {
                say(String.valueOf(e.getMessage()));
            }
        }

        private static void say(String line) throws IOException {
            try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
    }
}
