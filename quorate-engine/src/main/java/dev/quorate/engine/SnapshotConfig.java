package dev.quorate.engine;

import java.time.Duration;

/**
 * The limits of a snapshot transfer.
 *
 * @param chunkBytes the size of the chunks of new snapshots, 4 KiB to 16 MiB
 * @param receiveChunkTimeout the longest silence of a sender before the receiver gives up
 * @param checksumRetriesMax how often one chunk is asked again after a wrong CRC
 * @param windowChunks the most chunks that are sent and not answered
 * @param transferBytesPerSecondMax the bandwidth limit of each transfer, 0 for none
 */
public record SnapshotConfig(
        int chunkBytes,
        Duration receiveChunkTimeout,
        int checksumRetriesMax,
        int windowChunks,
        long transferBytesPerSecondMax) {

    /** Chunks of 1 MiB, 10 s of silence, 3 retries, a window of 4 chunks, no bandwidth limit. */
    public static final SnapshotConfig DEFAULTS = new SnapshotConfig(1 << 20, Duration.ofSeconds(10), 3, 4, 0);

    public SnapshotConfig {
        require(chunkBytes >= 4096 && chunkBytes <= 16 << 20, "chunkBytes", chunkBytes, "from 4096 to 16777216");
        require(
                receiveChunkTimeout.toMillis() > 0,
                "receiveChunkTimeout in ms",
                receiveChunkTimeout.toMillis(),
                "above 0");
        require(checksumRetriesMax >= 0, "checksumRetriesMax", checksumRetriesMax, "at least 0");
        require(windowChunks > 0, "windowChunks", windowChunks, "above 0");
        require(transferBytesPerSecondMax >= 0, "transferBytesPerSecondMax", transferBytesPerSecondMax, "at least 0");
        double chunksPerTimeout = receiveChunkTimeout.toMillis() / 1e3 * transferBytesPerSecondMax / chunkBytes;
        require(
                transferBytesPerSecondMax == 0 || chunksPerTimeout >= 2,
                "transferBytesPerSecondMax",
                transferBytesPerSecondMax,
                "enough for two chunks within receiveChunkTimeout");
    }

    private static void require(boolean holds, String name, long value, String bound) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + value + ", must be " + bound);
        }
    }
}
