package dev.quorate.wal;

import dev.quorate.spi.Bytes;
import dev.quorate.wal.SnapshotFormat.ChunkChecksums;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The checksums of a content that passes by: SHA-256 over all of it and CRC-32C over each chunk. One thread. */
final class ContentChecksums {
    private final int chunkBytes;
    private final MessageDigest sha256 = sha256();
    private final CRC32C crc = new CRC32C();
    private final ChunkChecksums chunks = new ChunkChecksums();
    private int inChunk;
    private long size;
    private @Nullable Bytes finished;

    ContentChecksums(int chunkBytes) {
        this.chunkBytes = chunkBytes;
    }

    /** The number of bytes that passed. */
    long size() {
        return size;
    }

    void update(byte[] bytes, int offset, int length) {
        sha256.update(bytes, offset, length);
        size += length;
        for (int at = offset; at < offset + length; ) {
            int part = Math.min(chunkBytes - inChunk, offset + length - at);
            crc.update(bytes, at, part);
            at += part;
            inChunk += part;
            if (inChunk == chunkBytes) {
                endChunk();
            }
        }
    }

    /** Ends the content and returns its SHA-256, each time the same; {@link #chunks} is complete then. */
    Bytes finish() {
        Bytes digest = finished;
        if (digest == null) {
            if (inChunk > 0 || chunks.count() == 0) {
                endChunk();
            }
            digest = Bytes.wrap(sha256.digest());
            finished = digest;
        }
        return digest;
    }

    ChunkChecksums chunks() {
        return chunks;
    }

    static int crcOf(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    private void endChunk() {
        chunks.add((int) crc.getValue());
        crc.reset();
        inChunk = 0;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
