package dev.quorate.server.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quorate.spi.Disk;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.NanoClock;
import dev.quorate.spi.StorageFullException;
import dev.quorate.wal.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FaultyServerTest {
    private static final long WALL_MILLIS = 1_000_000;

    private final FaultyDisk disk = new FaultyDisk(new FileDisk());
    private final SteppedClock clock = new SteppedClock(new NanoClock() {
        @Override
        public long nanoTime() {
            return 7;
        }

        @Override
        public long wallMillis() {
            return WALL_MILLIS;
        }
    });
    private final FaultyServer server = new FaultyServer(disk, clock);

    @TempDir
    private Path directory = Path.of("");

    private Path file = Path.of("");

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("file");
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count);
    }

    @Test
    void aFullDiskTakesWhatNeedsNoSpaceAndNothingElse() throws IOException {
        try (DiskFile open = disk.open(file, Disk.Open.CREATE)) {
            open.resize(100);
            server.obey(new Order.FullDisk(true));
            open.write(bytes(100), 0);
            assertThatThrownBy(() -> open.write(bytes(2), 99)).isInstanceOf(StorageFullException.class);
            assertThatThrownBy(() -> open.resize(101)).isInstanceOf(StorageFullException.class);
            assertThatThrownBy(() -> disk.open(directory.resolve("other"), Disk.Open.CREATE))
                    .isInstanceOf(StorageFullException.class);
            assertThat(disk.usableBytes(directory)).isZero();
            open.resize(50);
            assertThat(open.size()).isEqualTo(50);
        }
    }

    @Test
    void aDiskThatHasSpaceAgainTakesEverything() throws IOException {
        server.obey(new Order.FullDisk(true));
        server.obey(new Order.FullDisk(false));
        try (DiskFile open = disk.open(file, Disk.Open.CREATE)) {
            open.write(bytes(10), 0);
            assertThat(open.size()).isEqualTo(10);
            assertThat(disk.usableBytes(directory)).isPositive();
        }
    }

    @Test
    void eachSyncOfASlowDiskTakesItsTime() throws IOException {
        server.obey(new Order.SlowDisk(30));
        try (DiskFile open = disk.open(file, Disk.Open.CREATE)) {
            long began = System.nanoTime();
            open.force();
            disk.forceDirectory(directory);
            assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(60));
        }
    }

    @Test
    void stepsOfTheClockAddUpAndLeaveTheTimeForTimeoutsAlone() {
        server.obey(new Order.StepClock(5_000));
        server.obey(new Order.StepClock(-7_000));
        assertThat(clock.wallMillis()).isEqualTo(WALL_MILLIS - 2_000);
        assertThat(clock.nanoTime()).isEqualTo(7);
    }
}
