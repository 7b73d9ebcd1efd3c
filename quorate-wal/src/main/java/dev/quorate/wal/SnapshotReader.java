package dev.quorate.wal;

import dev.quorate.spi.Bytes;
import dev.quorate.spi.ChunkOutOfRangeException;
import dev.quorate.spi.CorruptSnapshotException;
import dev.quorate.spi.DiskFile;
import dev.quorate.spi.SnapshotMetadata;
import dev.quorate.spi.SnapshotStore.Reader;
import dev.quorate.wal.SnapshotFormat.ChunkChecksums;
import dev.quorate.wal.SnapshotFormat.Footer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Reads a finished snapshot; every chunk is compared with its checksum before it is handed out. Any thread, one at a
 * time.
 */
final class SnapshotReader implements Reader {
    private final FileSnapshotStore store;
    private final DiskFile file;
    private final SnapshotMetadata metadata;
    private final ChunkChecksums checksums;
    private boolean closed;

    SnapshotReader(FileSnapshotStore store, DiskFile file, Footer footer) {
        this.store = store;
        this.file = file;
        this.metadata = footer.metadata();
        this.checksums = footer.checksums();
    }

    @Override
    public SnapshotMetadata metadata() {
        return metadata;
    }

    @Override
    public Bytes chunk(int seq) throws IOException {
        if (seq < 0 || seq >= metadata.totalChunks()) {
            throw new ChunkOutOfRangeException(seq, metadata.totalChunks());
        }
        byte[] chunk = new byte[metadata.chunkLength(seq)];
        int read = file.read(ByteBuffer.wrap(chunk), (long) seq * metadata.chunkBytes());
        if (read < chunk.length || ContentChecksums.crcOf(chunk, 0, chunk.length) != checksums.at(seq)) {
            String what = "chunk " + seq + " does not match its checksum";
            store.damaged(metadata, what);
            throw new CorruptSnapshotException(store.pathOf(metadata) + ": " + what);
        }
        return Bytes.wrap(chunk);
    }

    @Override
    public InputStream content() {
        return new Content();
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            store.unpin(metadata.lastIncluded());
            file.close();
        }
    }

    /** The chunks one after the other. */
    private final class Content extends InputStream {
        private Bytes chunk = Bytes.EMPTY;
        private int at;
        private int next;

        @Override
        public int read() throws IOException {
            return hasMore() ? chunk.at(at++) & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!hasMore()) {
                return -1;
            }
            int part = Math.min(length, chunk.length() - at);
            chunk.slice(at, at + part).copyTo(target, offset);
            at += part;
            return part;
        }

        private boolean hasMore() throws IOException {
            while (at == chunk.length() && next < metadata.totalChunks()) {
                chunk = chunk(next++);
                at = 0;
            }
            return at < chunk.length();
        }
    }
}
