package dev.quorate.wal;

import dev.quorate.raft.LogId;
import dev.quorate.raft.Membership;
import dev.quorate.spi.Bytes;
import dev.quorate.spi.Disk;
import dev.quorate.spi.Disk.Open;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore.Writer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Writes a snapshot under a temporary name and gives it its own when it is durable; owned by one thread. */
final class SnapshotWriter implements Writer {
    private static final int BUFFER_BYTES = 1 << 18;

    private final Disk disk;
    private final FileSnapshotStore store;
    private final Path temporary;
    private final LogId lastIncluded;
    private final long timeMillis;
    private final Membership membership;
    private final Bytes stateDigest;
    private final int chunkBytes;
    private final DiskFile file;
    private final ContentChecksums checksums;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final OutputStream content = new Content();
    private int buffered;
    private boolean closed;
    private boolean committed;

    SnapshotWriter(
            Disk disk,
            FileSnapshotStore store,
            Path temporary,
            LogId lastIncluded,
            long timeMillis,
            Membership membership,
            Bytes stateDigest,
            int chunkBytes)
            throws IOException {
        this.disk = disk;
        this.store = store;
        this.temporary = temporary;
        this.lastIncluded = lastIncluded;
        this.timeMillis = timeMillis;
        this.membership = membership;
        this.stateDigest = stateDigest;
        this.chunkBytes = chunkBytes;
        this.checksums = new ContentChecksums(chunkBytes);
        this.file = disk.open(temporary, Open.CREATE);
    }

    Path temporary() {
        return temporary;
    }

    @Override
    public OutputStream content() {
        return content;
    }

    @Override
    public SnapshotMetadata commit() throws IOException {
        flush();
        Bytes checksum = checksums.finish();
        SnapshotMetadata metadata = new SnapshotMetadata(
                lastIncluded, timeMillis, membership, stateDigest, checksums.size(), chunkBytes, checksum);
        file.write(SnapshotFormat.footer(metadata, checksums.chunks()), checksums.size());
        file.force();
        closed = true;
        file.close();
        disk.rename(temporary, store.pathOf(metadata));
        disk.forceDirectory(store.directory());
        committed = true;
        store.finished(metadata);
        return metadata;
    }

    @Override
    public void close() throws IOException {
        try {
            if (!closed) {
                closed = true;
                file.close();
            }
            if (!committed) {
                disk.delete(temporary);
            }
        } finally {
            store.writerClosed(this);
        }
    }

    private void flush() throws IOException {
        if (buffered > 0) {
            file.write(ByteBuffer.wrap(buffer, 0, buffered), checksums.size());
            checksums.update(buffer, 0, buffered);
            buffered = 0;
        }
    }

    /** Gathers the content in the buffer. */
    private final class Content extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            if (buffered == buffer.length) {
                SnapshotWriter.this.flush();
            }
            buffer[buffered++] = (byte) b;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            for (int at = offset; at < offset + length; ) {
                if (buffered == buffer.length) {
                    SnapshotWriter.this.flush();
                }
                int part = Math.min(buffer.length - buffered, offset + length - at);
                System.arraycopy(bytes, at, buffer, buffered, part);
                buffered += part;
                at += part;
            }
        }
    }
}
