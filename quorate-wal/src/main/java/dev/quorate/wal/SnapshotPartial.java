package dev.quorate.wal;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore.Partial;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A snapshot that comes in chunk by chunk; owned by one thread.
 *
 * <p>Chunks are not synced one by one. Beside the content a second file says what is received and notes the checksum of
 * each chunk; after a restart a chunk counts if its bytes match. The content has to be read then anyway, because the
 * SHA-256 over all of it must go on. So a power cut costs the chunks that were not written back yet, and nothing costs
 * a sync for each.
 */
final class SnapshotPartial implements Partial {
    private final Disk disk;
    private final FileSnapshotStore store;
    private final SnapshotMetadata metadata;
    private final Path contentPath;
    private final Path chunksPath;
    private final DiskFile content;
    private final DiskFile chunks;
    private final int headerBytes;
    private final ContentChecksums checksums;
    private int nextSeq;
    private boolean closed;

    private SnapshotPartial(
            Disk disk,
            FileSnapshotStore store,
            SnapshotMetadata metadata,
            Path contentPath,
            Path chunksPath,
            DiskFile content,
            DiskFile chunks,
            int headerBytes) {
        this.disk = disk;
        this.store = store;
        this.metadata = metadata;
        this.contentPath = contentPath;
        this.chunksPath = chunksPath;
        this.content = content;
        this.chunks = chunks;
        this.headerBytes = headerBytes;
        this.checksums = new ContentChecksums(metadata.chunkBytes());
    }

    /** Begins anew, or goes on when both files are there and are of this snapshot. */
    static SnapshotPartial open(
            Disk disk, FileSnapshotStore store, SnapshotMetadata metadata, Path contentPath, Path chunksPath)
            throws IOException {
        ByteBuffer header = SnapshotFormat.partialHeader(metadata);
        int headerBytes = header.remaining();
        boolean resumed = isPartialOf(disk, metadata, contentPath, chunksPath);
        if (!resumed) {
            disk.delete(contentPath);
            disk.delete(chunksPath);
        }
        Open how = resumed ? Open.WRITE : Open.CREATE;
        DiskFile chunks = disk.open(chunksPath, how);
        boolean opened = false;
        try {
            DiskFile content = disk.open(contentPath, how);
            SnapshotPartial partial =
                    new SnapshotPartial(disk, store, metadata, contentPath, chunksPath, content, chunks, headerBytes);
            if (resumed) {
                partial.countChunks();
            } else {
                chunks.write(header, 0);
                chunks.force();
                disk.forceDirectory(store.directory());
            }
            opened = true;
            return partial;
        } finally {
            if (!opened) {
                chunks.close();
            }
        }
    }

    @Override
    public SnapshotMetadata metadata() {
        return metadata;
    }

    @Override
    public int nextSeq() {
        return nextSeq;
    }

    @Override
    public void add(Bytes chunk) throws IOException {
        if (nextSeq >= metadata.totalChunks() || chunk.length() != metadata.chunkLength(nextSeq)) {
            throw new IllegalArgumentException(
                    "chunk " + nextSeq + " of " + metadata.totalChunks() + " with " + chunk.length() + " bytes");
        }
        byte[] bytes = chunk.toByteArray();
        content.write(ByteBuffer.wrap(bytes), (long) nextSeq * metadata.chunkBytes());
        chunks.write(checksum(ContentChecksums.crcOf(bytes, 0, bytes.length)), checksumAt(nextSeq));
        checksums.update(bytes, 0, bytes.length);
        nextSeq++;
    }

    @Override
    public void commit() throws IOException {
        if (nextSeq < metadata.totalChunks()) {
            throw new IllegalStateException(nextSeq + " of " + metadata.totalChunks() + " chunks are here");
        }
        Bytes checksum = checksums.finish();
        if (!checksum.equals(metadata.checksum())) {
            discard();
            throw new CorruptSnapshotException("what was received is not the snapshot at " + metadata.lastIncluded()
                    + ": its SHA-256 is " + checksum + " instead of " + metadata.checksum());
        }
        content.write(SnapshotFormat.footer(metadata, checksums.chunks()), metadata.sizeBytes());
        content.force();
        close();
        disk.rename(contentPath, store.pathOf(metadata));
        disk.forceDirectory(store.directory());
        store.finished(metadata);
        disk.delete(chunksPath);
    }

    @Override
    public void discard() throws IOException {
        close();
        disk.delete(contentPath);
        disk.delete(chunksPath);
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            try (content;
                    chunks) {
                store.partialClosed(this);
            }
        }
    }

    private static boolean isPartialOf(Disk disk, SnapshotMetadata metadata, Path contentPath, Path chunksPath)
            throws IOException {
        if (!disk.exists(contentPath) || !disk.exists(chunksPath)) {
            return false;
        }
        try (DiskFile chunks = disk.open(chunksPath, Open.READ)) {
            return SnapshotFormat.readPartialHeader(chunks).equals(Optional.of(metadata));
        }
    }

    /** Counts the chunks from the first on whose bytes match what was noted, and goes on behind them. */
    private void countChunks() throws IOException {
        ByteBuffer noted = ByteBuffer.allocate(Integer.BYTES);
        while (nextSeq < metadata.totalChunks()) {
            byte[] bytes = new byte[metadata.chunkLength(nextSeq)];
            int read = content.read(ByteBuffer.wrap(bytes), (long) nextSeq * metadata.chunkBytes());
            int readNote = chunks.read(noted.clear(), checksumAt(nextSeq));
            if (read < bytes.length
                    || readNote < Integer.BYTES
                    || ContentChecksums.crcOf(bytes, 0, bytes.length) != noted.getInt(0)) {
                break;
            }
            checksums.update(bytes, 0, bytes.length);
            nextSeq++;
        }
        long behind = Math.min(metadata.sizeBytes(), (long) nextSeq * metadata.chunkBytes());
        if (content.size() > behind) {
            content.resize(behind);
        }
    }

    private long checksumAt(int seq) {
        return headerBytes + (long) seq * Integer.BYTES;
    }

    private static ByteBuffer checksum(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).flip();
    }
}
