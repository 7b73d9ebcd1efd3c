package dev.quorate.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What the disk can do: one block of 4 KiB written over and over somewhere in a file that was written before, and
 * synced each time.
 */
public final class RawSync {
    private static final int BLOCK_BYTES = 4096;
    private static final int BLOCKS = 4096;

    private RawSync() {}

    /**
     * Writes and syncs for a while.
     *
     * @param directory where the file is made and deleted again
     */
    public static Result measure(Path directory, Duration time) throws IOException {
        Files.createDirectories(directory);
        Path file = directory.resolve("raw-sync");
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
            for (int i = 0; i < BLOCKS; i++) {
                channel.write(block.clear(), (long) i * BLOCK_BYTES);
            }
            channel.force(true);
            return measure(channel, block, time.toNanos());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Result measure(FileChannel channel, ByteBuffer block, long nanos) throws IOException {
        Histogram histogram = new Histogram(Latencies.NANOS_MAX, 3);
        long began = System.nanoTime();
        long now = began;
        for (int i = 0; now - began < nanos; i++) {
            block.clear().putInt(0, i);
            channel.write(block, (long) (i % BLOCKS) * BLOCK_BYTES);
            channel.force(false);
            long then = now;
            now = System.nanoTime();
            histogram.recordValue(Math.min(now - then, Latencies.NANOS_MAX));
        }
        return new Result(
                histogram.getTotalCount() * 1e9 / (now - began),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99));
    }

    /** Syncs in a second, and how long one takes. */
    public record Result(double rate, long p50Nanos, long p99Nanos) {}
}
